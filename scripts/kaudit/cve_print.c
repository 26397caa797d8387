// SPDX-License-Identifier: GPL-2.0-only
/* The report of `kaudit cve` as text and as JSON; docs/kaudit.1 has the members. */
#include <stdlib.h>
#include <string.h>

#include "clean.h"
#include "cve.h"

/* ---- text ------------------------------------------------------------------------ */

static void print_line(FILE *out, const struct cve_report *r, const struct cve_verdict *v)
{
	char *evidence = cve_evidence(r, v), *shown = visible(evidence);
	char *title = visible(v->cve->title);

	fprintf(out, "%-12s %s  %s\n    %s\n", cve_status_names[v->status], v->cve->id, title, shown);
	free(evidence);
	free(shown);
	free(title);
}

static void print_status(FILE *out, const struct cve_report *r, enum cve_status status)
{
	for (size_t i = 0; i < r->all->n; i++)
		if (r->verdict[i].status == status)
			print_line(out, r, &r->verdict[i]);
}

static void print_step(FILE *out, const struct cve_report *r, const char *what,
		       bool (*is)(const struct cve_verdict *v), size_t n)
{
	fprintf(out, "%s to %s %s %zu:", r->from, r->release, what, n);
	for (size_t i = 0; i < r->all->n; i++)
		if (is(&r->verdict[i]))
			fprintf(out, " %s", r->verdict[i].cve->id);
	fputc('\n', out);
}

void cve_print_text(FILE *out, const struct cve_report *r)
{
	char *title = visible(r->title);
	const size_t *n = r->count;

	print_status(out, r, OPEN);
	print_status(out, r, UNDECIDED);
	print_status(out, r, PATCHED);
	if (r->from) {
		print_step(out, r, "closes", cve_closed, r->closed);
		print_step(out, r, "opens", cve_opened, r->opened);
	}
	if (!r->sources)
		fprintf(out, "No list of compiled files [no-sources]: each CVE in range is "
			     "undecided; build the image.\n");
	fprintf(out, "Limits: a file counts as a whole, and so does a header that is read.\n");
	fprintf(out,
		"cve: %s: %zu CVEs, data of %s: %zu open, %zu undecided, %zu not compiled, "
		"%zu patched, %zu fixed, %zu not affected; %zu damaged\n",
		title, r->all->n, r->date ? r->date : "an unknown date", n[OPEN], n[UNDECIDED],
		n[NOT_COMPILED], n[PATCHED], n[FIXED], n[NOT_AFFECTED], r->all->damaged);
	free(title);
}

/* ---- JSON ------------------------------------------------------------------------ */

/* A string of text that may not be UTF-8. */
static json_t *string(const char *text)
{
	char *shown = visible(text);
	json_t *json = json_string(shown);

	free(shown);
	return json;
}

static void set_text(json_t *object, const char *key, const char *text)
{
	json_object_set_new(object, key, text ? string(text) : json_null());
}

static json_t *files_of(const struct cve *c)
{
	json_t *list = json_array();

	for (size_t i = 0; i < c->files; i++)
		json_array_append_new(list, string(c->file[i]));
	return list;
}

static json_t *verdict(const struct cve_report *r, const struct cve_verdict *v)
{
	char *evidence = cve_evidence(r, v);
	json_t *one = json_object();

	set_text(one, "id", v->cve->id);
	set_text(one, "title", v->cve->title);
	set_text(one, "status", cve_status_names[v->status]);
	set_text(one, "before", r->from ? cve_status_names[v->before] : NULL);
	set_text(one, "release", v->release);
	set_text(one, "commit", v->commit);
	set_text(one, "file", v->file);
	set_text(one, "patch", v->patch);
	set_text(one, "evidence", evidence);
	json_object_set_new(one, "files", files_of(v->cve));
	free(evidence);
	return one;
}

static json_t *step(const struct cve_report *r, bool (*is)(const struct cve_verdict *v))
{
	json_t *list = json_array();

	for (size_t i = 0; i < r->all->n; i++)
		if (is(&r->verdict[i]))
			json_array_append_new(list, json_string(r->verdict[i].cve->id));
	return list;
}

static json_t *damage(const struct cves *all)
{
	json_t *list = json_array();

	for (size_t i = 0; i < all->damaged; i++) {
		json_t *one = json_object();

		set_text(one, "file", all->damage[i].file);
		set_text(one, "fault", all->damage[i].fault);
		json_array_append_new(list, one);
	}
	return list;
}

static json_t *counts(const struct cve_report *r)
{
	json_t *object = json_object();

	for (int s = 0; s < CVE_STATUSES; s++)
		json_object_set_new(object, cve_status_names[s],
				    json_integer((json_int_t)r->count[s]));
	json_object_set_new(object, "rejected", json_integer((json_int_t)r->all->rejected));
	json_object_set_new(object, "damaged", json_integer((json_int_t)r->all->damaged));
	return object;
}

void cve_print_json(FILE *out, const struct cve_report *r)
{
	json_t *all = json_object(), *list = json_array();

	for (size_t i = 0; i < r->all->n; i++)
		json_array_append_new(list, verdict(r, &r->verdict[i]));
	set_text(all, "audited", r->title);
	set_text(all, "release", r->release);
	set_text(all, "from", r->from);
	set_text(all, "date", r->date);
	set_text(all, "sources", r->sources_path);
	json_object_set_new(all, "counts", counts(r));
	json_object_set_new(all, "damaged", damage(r->all));
	json_object_set_new(all, "closed", step(r, cve_closed));
	json_object_set_new(all, "opened", step(r, cve_opened));
	json_object_set_new(all, "cves", list);
	json_dumpf(all, out, JSON_INDENT(1));
	fputc('\n', out);
	json_decref(all);
}
