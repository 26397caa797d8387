// SPDX-License-Identifier: GPL-2.0-only
/*
 * SARIF 2.1.0 (OASIS, sarif-schema-2.1.0): each failure at the line of the fragment that requests
 * the value, or of the rule where no fragment does; a waived one is suppressed, with its reason.
 */
#include <stdlib.h>

#include "clean.h"
#include "kaudit.h"

static const char *const sarif_levels[LEVELS] = { "error", "warning", "note" };

static json_t *message(const char *text)
{
	char *shown = visible(text);
	json_t *json = json_pack("{s:s}", "text", shown);

	free(shown);
	return json;
}

static json_t *rule(const struct rule *r)
{
	return json_pack("{s:s, s:o, s:o, s:{s:s}, s:{s:s, s:s}}", "id", r->id, "shortDescription",
			 message(r->check_text), "fullDescription", message(r->why),
			 "defaultConfiguration", "level", sarif_levels[r->level], "properties",
			 "policy", r->policy, "reference", r->ref);
}

static json_t *location(const char *file, int line)
{
	return json_pack("{s:{s:{s:s, s:s}, s:{s:i}}}", "physicalLocation", "artifactLocation",
			 "uri", file, "uriBaseId", "%SRCROOT%", "region", "startLine",
			 line > 0 ? line : 1);
}

static char *description(const struct verdict *v)
{
	struct buffer b = { 0 };
	char *text;

	buffer_puts(&b, v->rule->why);
	for (size_t i = 0; i < v->n; i++) {
		char *how = attain_how(v->reason[i].facts);

		text = mem_printf(" %s is %s; %s.", v->reason[i].test, v->reason[i].value, how);
		buffer_puts(&b, text);
		free(text);
		free(how);
	}
	return b.text;
}

static json_t *result(const struct verdict *v, size_t index)
{
	char *text = description(v);
	int line;
	const char *file = verdict_place(v, &line);
	json_t *one =
		json_pack("{s:s, s:I, s:s, s:s, s:o, s:[o]}", "ruleId", v->rule->id, "ruleIndex",
			  (json_int_t)index, "kind", "fail", "level", sarif_levels[v->rule->level],
			  "message", message(text), "locations", location(file, line));

	if (v->waiver) {
		char *why = mem_printf("until %s by %s: %s", v->waiver->until, v->waiver->owner,
				       v->waiver->reason);

		json_object_set_new(one, "suppressions",
				    json_pack("[{s:s, s:s, s:s, s:o}]", "kind", "external",
					      "status", "accepted", "justification", why,
					      "location",
					      location(v->waiver->file, v->waiver->line)));
		free(why);
	}
	free(text);
	return one;
}

void print_sarif(FILE *out, const struct audit *a)
{
	json_t *rules = json_array(), *results = json_array(), *all;

	for (size_t i = 0; i < a->n; i++) {
		const struct verdict *v = &a->verdict[i];

		json_array_append_new(rules, rule(v->rule));
		if (v->outcome == FAIL || v->outcome == WAIVED)
			json_array_append_new(results, result(v, i));
	}
	all = json_pack("{s:s, s:s, s:[{s:{s:{s:s, s:o}}, s:{s:{s:o}}, s:o, s:{s:o, s:s, s:s}}]}",
			"$schema",
			"https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/"
			"sarif-schema-2.1.0.json",
			"version", "2.1.0", "runs", "tool", "driver", "name", "kaudit", "rules",
			rules, "originalUriBaseIds", "%SRCROOT%", "description",
			message("the checkout of Keelson"), "results", results, "properties",
			"audited", message(a->title), "arch", a->facts->arch, "release",
			a->facts->release);
	json_dumpf(all, out, JSON_INDENT(1));
	fputc('\n', out);
	json_decref(all);
}
