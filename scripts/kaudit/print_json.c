// SPDX-License-Identifier: GPL-2.0-only
/* All that is known, for programs: docs/kaudit.1 has the members. */
#include <stdlib.h>

#include "clean.h"
#include "kaudit.h"

/* A string of text that may not be UTF-8. */
static json_t *string(const char *text)
{
	char *shown = visible(text);
	json_t *json = json_string(shown);

	free(shown);
	return json;
}

static json_t *own_string(char *text)
{
	json_t *json = string(text);

	free(text);
	return json;
}

static json_t *reasons(const struct verdict *v)
{
	json_t *list = json_array();

	for (size_t i = 0; i < v->n; i++) {
		const struct reason *r = &v->reason[i];
		json_t *one = json_pack("{s:o, s:o, s:s}", "test", string(r->test), "value",
					string(r->value), "attainable", attain_code(r->facts));

		if (r->facts) {
			json_object_set_new(one, "set_by", own_string(attain_who(r->facts)));
			json_object_set_new(one, "how", own_string(attain_how(r->facts)));
			json_object_set(one, "facts", (json_t *)(uintptr_t)r->facts);
		}
		json_array_append_new(list, one);
	}
	return list;
}

static json_t *place(const char *file, int line)
{
	return json_pack("{s:o, s:i}", "file", string(file), "line", line);
}

static json_t *verdict(const struct verdict *v)
{
	const struct rule *r = v->rule;
	json_t *one = json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:o}", "rule", r->id, "policy",
				r->policy, "level", level_names[r->level], "verdict",
				outcome_names[v->outcome], "check", r->check_text, "why", r->why,
				"ref", r->ref, "defined", place(r->file, r->line));
	int line;
	const char *file = verdict_place(v, &line);

	if (r->cost)
		json_object_set_new(one, "cost", json_string(r->cost));
	if (v->text)
		json_object_set_new(one, "because", json_string(v->text));
	if (v->n) {
		json_object_set_new(one, "reasons", reasons(v));
		json_object_set_new(one, "place", place(file, line));
	}
	if (v->waiver)
		json_object_set_new(one, "waiver",
				    json_pack("{s:s, s:s, s:s, s:o}", "until", v->waiver->until,
					      "owner", v->waiver->owner, "reason",
					      v->waiver->reason, "place",
					      place(v->waiver->file, v->waiver->line)));
	return one;
}

void print_json(FILE *out, const struct audit *a)
{
	json_t *list = json_array(), *counts = json_object(), *all;

	for (size_t i = 0; i < a->n; i++)
		json_array_append_new(list, verdict(&a->verdict[i]));
	for (int o = 0; o < OUTCOMES; o++)
		json_object_set_new(counts, outcome_names[o],
				    json_integer((json_int_t)a->count[o]));
	for (int l = 0; l < LEVELS; l++)
		json_object_set_new(counts, level_names[l], json_integer((json_int_t)a->failed[l]));
	all = json_pack("{s:o, s:s, s:s, s:o, s:o}", "audited", string(a->title), "arch",
			a->facts->arch, "release", a->facts->release, "counts", counts, "verdicts",
			list);
	json_dumpf(all, out, JSON_INDENT(1));
	fputc('\n', out);
	json_decref(all);
}
