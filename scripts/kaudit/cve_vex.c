// SPDX-License-Identifier: GPL-2.0-only
/* The report of `kaudit cve` as OpenVEX 0.2.0 and as a VEX of CycloneDX 1.6. */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "clean.h"
#include "cve.h"

static json_t *own_string(char *text)
{
	char *shown = visible(text);
	json_t *json = json_string(shown);

	free(shown);
	free(text);
	return json;
}

/* The date of the data, which both formats want with a time of the day, else the present. */
static json_t *timestamp(const struct cve_report *r)
{
	const size_t len = r->date ? strlen(r->date) : 0;
	time_t now = time(NULL);
	char text[32];
	struct tm tm;

	if (len == 10)
		return own_string(mem_printf("%sT00:00:00Z", r->date));
	/* A date of the CVE list may lack its zone, which is UTC. */
	if (len)
		return own_string(mem_printf("%s%s", r->date,
					     strpbrk(r->date + 10, "Z+-") ? "" : "Z"));
	strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%SZ", gmtime_r(&now, &tm));
	return json_string(text);
}

static json_t *evidence(const struct cve_report *r, const struct cve_verdict *v)
{
	return own_string(cve_evidence(r, v));
}

/* ---- OpenVEX --------------------------------------------------------------------- */

static json_t *vex_statement(const struct cve_report *r, const struct cve_verdict *v)
{
	static const char *const status[CVE_STATUSES] = {
		[OPEN] = "affected",	    [UNDECIDED] = "under_investigation",
		[NOT_COMPILED] = "not_affected", [PATCHED] = "fixed",
		[FIXED] = "fixed",	    [NOT_AFFECTED] = "not_affected",
	};
	json_t *one = json_pack("{s:{s:s}, s:[{s:s}], s:s, s:o}", "vulnerability", "name",
				v->cve->id, "products", "@id", r->product, "status",
				status[v->status], "status_notes", evidence(r, v));

	if (v->status == NOT_COMPILED || v->status == NOT_AFFECTED) {
		json_object_set_new(one, "justification",
				    json_string("vulnerable_code_not_present"));
		json_object_set_new(one, "impact_statement", evidence(r, v));
	}
	if (v->status == OPEN)
		json_object_set_new(one, "action_statement",
				    own_string(v->release ? mem_printf("update to %s", v->release) :
							    mem_strdup("no release has a fix")));
	return one;
}

void cve_print_openvex(FILE *out, const struct cve_report *r)
{
	json_t *list = json_array(), *all;

	for (size_t i = 0; i < r->all->n; i++)
		json_array_append_new(list, vex_statement(r, &r->verdict[i]));
	all = json_pack("{s:s, s:o, s:s, s:o, s:i, s:s, s:o}", "@context",
			"https://openvex.dev/ns/v0.2.0", "@id",
			own_string(mem_printf("%s#openvex", r->product)), "author", "Keelson",
			"timestamp", timestamp(r), "version", 1, "tooling", "kaudit cve",
			"statements", list);
	json_dumpf(all, out, JSON_INDENT(1));
	fputc('\n', out);
	json_decref(all);
}

/* ---- CycloneDX ------------------------------------------------------------------- */

static json_t *analysis(const struct cve_report *r, const struct cve_verdict *v)
{
	static const char *const state[CVE_STATUSES] = {
		[OPEN] = "exploitable",		 [UNDECIDED] = "in_triage",
		[NOT_COMPILED] = "not_affected", [PATCHED] = "resolved_with_pedigree",
		[FIXED] = "resolved",		 [NOT_AFFECTED] = "not_affected",
	};
	json_t *one = json_pack("{s:s, s:o}", "state", state[v->status], "detail", evidence(r, v));

	if (v->status == NOT_COMPILED || v->status == NOT_AFFECTED)
		json_object_set_new(one, "justification", json_string("code_not_present"));
	if (v->status == OPEN && v->release)
		json_object_set_new(one, "response", json_pack("[s]", "update"));
	return one;
}

static json_t *vulnerability(const struct cve_report *r, const struct cve_verdict *v)
{
	return json_pack("{s:s, s:{s:s, s:o}, s:o, s:[{s:s}]}", "id", v->cve->id, "source", "name",
			 "CVE", "url",
			 own_string(mem_printf("https://www.cve.org/CVERecord?id=%s", v->cve->id)),
			 "analysis", analysis(r, v), "affects", "ref", r->product);
}

void cve_print_cyclonedx(FILE *out, const struct cve_report *r)
{
	json_t *list = json_array(), *all;

	for (size_t i = 0; i < r->all->n; i++)
		json_array_append_new(list, vulnerability(r, &r->verdict[i]));
	all = json_pack("{s:s, s:s, s:i, s:{s:o, s:{s:s, s:s, s:s, s:s, s:s}}, s:o}", "bomFormat",
			"CycloneDX", "specVersion", "1.6", "version", 1, "metadata", "timestamp",
			timestamp(r), "component", "type", "operating-system", "name", "linux",
			"version", r->release, "bom-ref", r->product, "purl", r->product,
			"vulnerabilities", list);
	json_dumpf(all, out, JSON_INDENT(1));
	fputc('\n', out);
	json_decref(all);
}
