// SPDX-License-Identifier: GPL-2.0-only
#include <stdlib.h>
#include <string.h>

#include "kaudit.h"

const char *const outcome_names[OUTCOMES] = { "pass", "fail", "not-applicable", "waived",
					      "unknown" };

static bool is_listed(const char *list, const char *name)
{
	const size_t len = strlen(name);

	for (const char *s = list; s; s = strchr(s, ',') ? strchr(s, ',') + 1 : NULL)
		if (!strncmp(s, name, len) && (!s[len] || s[len] == ','))
			return true;
	return !list;
}

struct collect {
	struct audit *a;
	struct verdict *v;
};

static void add_reason(void *ctx, const struct check *test, const char *want)
{
	const struct collect *c = ctx;
	const char *got = facts_get(c->a->facts, test->subject, test->name);
	struct reason r = { .test = check_text(test),
			    .value = mem_strdup(got			? got :
						test->subject == OPTION ? "n" :
									  "not set") };

	if (want && c->a->attain)
		r.facts = attain_facts(c->a->attain, test->name, want);
	grow(c->v->reason, c->v->n, c->v->room);
	c->v->reason[c->v->n++] = r;
}

static void waive(const struct audit *a, struct verdict *v)
{
	for (size_t i = 0; a->attain && i < a->attain->n; i++) {
		struct waiver *w = &a->attain->waiver[i];

		if (strcmp(w->rule, v->rule->id))
			continue;
		w->used = true;
		v->outcome = WAIVED;
		v->waiver = w;
	}
}

static void judge(struct audit *a, struct verdict *v)
{
	static const enum outcome outcomes[] = { [YES] = PASS, [NO] = FAIL, [UNKNOWN] = NOT_KNOWN };
	struct collect c = { a, v };

	v->text = rule_excluded(v->rule, a->facts->arch, a->facts->release);
	if (!v->text && v->rule->when && check_truth(v->rule->when, a->facts) == NO)
		v->text = mem_printf("only when %s", v->rule->when_text);
	if (v->text) {
		v->outcome = NOT_APPLICABLE;
		return;
	}
	v->outcome = outcomes[check_truth(v->rule->check, a->facts)];
	if (v->outcome == NOT_KNOWN)
		v->text = mem_strdup("no command line or sysctls were given");
	if (v->outcome != FAIL)
		return;
	check_wants(v->rule->check, a->facts, add_reason, &c);
	waive(a, v);
}

static void report_stale(struct audit *a, const struct policies *p, const char *only)
{
	for (size_t i = 0; a->attain && i < a->attain->n; i++) {
		const struct waiver *w = &a->attain->waiver[i];
		const struct rule *rule = policy_find(p, w->rule);

		if (w->used || (rule && !is_listed(only, rule->policy)))
			continue;
		if (rule)
			complain(w->file, w->line,
				 "the waiver of %s is not needed [stale-waiver]; remove it",
				 w->rule);
		else
			complain(w->file, w->line,
				 "no policy has the rule '%s' [unknown-rule]: expected the "
				 "id of one",
				 w->rule);
		a->stale++;
	}
}

void audit_run(struct audit *a, const struct policies *p, const char *only)
{
	a->verdict = mem_zalloc(p->n * sizeof(*a->verdict));
	for (size_t i = 0; i < p->n; i++) {
		struct verdict *v = &a->verdict[a->n];

		if (!is_listed(only, p->rule[i].policy))
			continue;
		v->rule = &p->rule[i];
		judge(a, v);
		a->n++;
		a->count[v->outcome]++;
		if (v->outcome == FAIL)
			a->failed[v->rule->level]++;
	}
	report_stale(a, p, only);
}

int audit_status(const struct audit *a)
{
	for (int level = 0; level < LEVELS && a->fail_on != FAIL_NONE; level++)
		if (level <= a->fail_on && a->failed[level])
			return FINDING;
	return a->stale ? FINDING : DONE;
}

void audit_free(struct audit *a)
{
	for (size_t i = 0; i < a->n; i++) {
		struct verdict *v = &a->verdict[i];

		for (size_t j = 0; j < v->n; j++) {
			free(v->reason[j].test);
			free(v->reason[j].value);
		}
		free(v->reason);
		free(v->text);
	}
	free(a->verdict);
}

const char *verdict_place(const struct verdict *v, int *line)
{
	for (size_t i = 0; i < v->n; i++) {
		const json_t *asked = json_object_get(v->reason[i].facts, "asked");

		if (!json_is_string(json_object_get(asked, "file")))
			continue;
		*line = (int)json_integer_value(json_object_get(asked, "line"));
		return json_string_value(json_object_get(asked, "file"));
	}
	*line = v->rule->line;
	return v->rule->file;
}
