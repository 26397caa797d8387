// SPDX-License-Identifier: GPL-2.0-only
/* Markdown, for a review or a ticket. */
#include <stdlib.h>
#include <string.h>

#include "clean.h"
#include "kaudit.h"

/* A cell of a table: what Markdown or a browser would obey is escaped. */
static void cell(FILE *out, const char *text)
{
	char *shown = visible(text);

	for (const char *c = shown; *c; c++) {
		if (strchr("|\\`*_[]<>", *c))
			fputc('\\', out);
		fputc(*c, out);
	}
	fputs(" | ", out);
	free(shown);
}

static void print_how(FILE *out, const struct verdict *v)
{
	struct buffer b = { 0 };

	for (size_t i = 0; i < v->n; i++) {
		char *how = attain_how(v->reason[i].facts), *text;

		text = mem_printf("%s%s is %s: %s", i ? "; " : "", v->reason[i].test,
				  v->reason[i].value, how);
		buffer_puts(&b, text);
		free(text);
		free(how);
	}
	cell(out, b.text ? b.text : "");
	buffer_free(&b);
}

static void print_row(FILE *out, const struct verdict *v)
{
	char *where;
	int line;
	const char *file = v->waiver ? v->waiver->file : verdict_place(v, &line);

	where = mem_printf("%s:%d", file, v->waiver ? v->waiver->line : line);
	fputs("| ", out);
	cell(out, v->rule->id);
	cell(out, level_names[v->rule->level]);
	cell(out, where);
	if (v->waiver)
		cell(out, v->waiver->reason);
	else
		print_how(out, v);
	cell(out, v->waiver ? v->waiver->until : v->rule->why);
	fputc('\n', out);
	free(where);
}

static void print_table(FILE *out, const struct audit *a, enum outcome outcome, const char *head)
{
	if (!a->count[outcome])
		return;
	fputs(head, out);
	for (size_t i = 0; i < a->n; i++)
		if (a->verdict[i].outcome == outcome)
			print_row(out, &a->verdict[i]);
}

void print_md(FILE *out, const struct audit *a)
{
	fputs("# Audit: ", out);
	cell(out, a->title);
	fprintf(out, "%s %s\n\n| verdict | rules |\n|---|---|\n", a->facts->arch,
		a->facts->release);
	for (int o = 0; o < OUTCOMES; o++)
		fprintf(out, "| %s | %zu |\n", outcome_names[o], a->count[o]);
	print_table(out, a, FAIL,
		    "\n## Failed\n\n| rule | level | place | option and remedy | why |\n"
		    "|---|---|---|---|---|\n");
	print_table(out, a, WAIVED,
		    "\n## Waived\n\n| rule | level | place | reason | until |\n"
		    "|---|---|---|---|---|\n");
}
