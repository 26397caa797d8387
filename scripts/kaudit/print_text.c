// SPDX-License-Identifier: GPL-2.0-only
/* For a person at a terminal: failures first, then waived and unknown rules, then counts. */
#include <stdlib.h>
#include <string.h>

#include "clean.h"
#include "kaudit.h"

/* Text of others may have anything in it. */
static void put(FILE *out, const char *before, const char *text)
{
	char *shown = visible(text);

	fprintf(out, "%s%s\n", before, shown);
	free(shown);
}

static void put_own(FILE *out, const char *before, char *text)
{
	put(out, before, text);
	free(text);
}

static void print_reasons(FILE *out, const struct verdict *v)
{
	for (size_t i = 0; i < v->n; i++) {
		const struct reason *r = &v->reason[i];

		put_own(out, "    ", mem_printf("%s: is %s", r->test, r->value));
		if (strncmp(r->test, "CONFIG_", 7) || !r->facts)
			continue;
		put_own(out, "      set by: ", attain_who(r->facts));
		put_own(out, "      ", attain_how(r->facts));
	}
	if (v->n && !v->reason[0].facts && !strncmp(v->reason[0].test, "CONFIG_", 7))
		put_own(out, "      ", attain_how(NULL));
}

static void print_fail(FILE *out, const struct verdict *v)
{
	int line;
	const char *file = verdict_place(v, &line);

	put_own(out, "",
		mem_printf("FAIL %s %s  %s:%d", level_names[v->rule->level], v->rule->id, file,
			   line));
	print_reasons(out, v);
	put(out, "    why: ", v->rule->why);
	if (v->rule->cost)
		put(out, "    cost: ", v->rule->cost);
	put(out, "    ref: ", v->rule->ref);
}

static void print_waived(FILE *out, const struct verdict *v)
{
	const struct waiver *w = v->waiver;

	put_own(out, "",
		mem_printf("WAIVED %s %s  %s:%d: until %s by %s: %s", level_names[v->rule->level],
			   v->rule->id, w->file, w->line, w->until, w->owner, w->reason));
}

static void print_policy(FILE *out, const struct audit *a, const char *policy)
{
	size_t count[OUTCOMES] = { 0 };

	for (size_t i = 0; i < a->n; i++)
		if (!strcmp(a->verdict[i].rule->policy, policy))
			count[a->verdict[i].outcome]++;
	fprintf(out, "%-12s", policy);
	for (int o = 0; o < OUTCOMES; o++)
		fprintf(out, " %4zu %s", count[o], outcome_names[o]);
	fputc('\n', out);
}

void print_text(FILE *out, const struct audit *a)
{
	const char *policy = "";

	for (int level = 0; level < LEVELS; level++)
		for (size_t i = 0; i < a->n; i++)
			if (a->verdict[i].outcome == FAIL &&
			    a->verdict[i].rule->level == (enum level)level)
				print_fail(out, &a->verdict[i]);
	for (size_t i = 0; i < a->n; i++) {
		if (a->verdict[i].outcome == WAIVED)
			print_waived(out, &a->verdict[i]);
		if (a->verdict[i].outcome == NOT_KNOWN)
			put_own(out, "",
				mem_printf("UNKNOWN %s %s  %s",
					   level_names[a->verdict[i].rule->level],
					   a->verdict[i].rule->id, a->verdict[i].text));
	}
	for (size_t i = 0; i < a->n; i++) {
		if (strcmp(a->verdict[i].rule->policy, policy))
			print_policy(out, a, a->verdict[i].rule->policy);
		policy = a->verdict[i].rule->policy;
	}
	put_own(out, "",
		mem_printf("audit: %s: %zu rules, %zu fail: %zu required, %zu recommended, "
			   "%zu tradeoff; %zu waived, %zu unknown",
			   a->title, a->n, a->count[FAIL], a->failed[REQUIRED],
			   a->failed[RECOMMENDED], a->failed[TRADEOFF], a->count[WAIVED],
			   a->count[NOT_KNOWN]));
}
