// SPDX-License-Identifier: GPL-2.0-only
/* The report as text. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "ksize.h"

/* The widths of the columns, and the output. */
struct page {
	FILE *out;
	int name, where;
};

static char *where_from(const struct setting *o)
{
	if (o->origin == ORIGIN_ASKED)
		return mem_printf("%s", o->where);
	return mem_printf("%s%s%s", origin_names[o->origin], *o->where ? " " : "", o->where);
}

static void heading(const struct page *p, const char *what, const char *where)
{
	fprintf(p->out, "%-*s %-*s %9s %9s %9s %9s %9s %7s\n", p->name, what, p->where, where,
		"text", "data", "bss", "init", "modules", "objects");
}

static void sizes(const struct page *p, const char *name, const char *where, const struct sizes *s)
{
	fprintf(p->out, "%-*s %-*s", p->name, name, p->where, where);
	for (size_t i = 0; i < N_COLUMNS; i++)
		fprintf(p->out, " %9" PRId64, s->of[i]);
}

static void row(const struct page *p, const char *name, const char *where, const struct sum *s)
{
	sizes(p, name, where, &s->vmlinux);
	fprintf(p->out, " %9" PRId64 " %7zu\n", sizes_total(&s->modules), s->objects);
}

static void measure_page(struct page *p, const struct build *b, const struct sums *s)
{
	for (size_t i = 0; i < s->options.n; i++) {
		char *where = where_from(&b->config.option[s->options.sum[i].option]);
		int n = (int)strlen(s->options.sum[i].name), w = (int)strlen(where);

		p->name = n > p->name ? n : p->name;
		p->where = w > p->where ? w : p->where;
		free(where);
	}
}

static void options(const struct page *p, const struct build *b, const struct sums *s)
{
	heading(p, "option", "origin");
	for (size_t i = 0; i < s->options.n; i++) {
		const struct sum *sum = &s->options.sum[i];
		char *where = where_from(&b->config.option[sum->option]);

		row(p, sum->name, where, sum);
		free(where);
	}
}

static void unrequested(const struct page *p, const struct sums *s)
{
	heading(p, "no request", "");
	for (size_t i = 0; i < ORIGIN_COUNT; i++)
		if (i != ORIGIN_ASKED && sum_total(&s->origins[i]))
			row(p, s->origins[i].name, "", &s->origins[i]);
	row(p, "no request, all", "", &s->unrequested);
}

/* Sums of one kind, and their own sum. */
static void list(const struct page *p, const char *what, const struct sum_list *l,
		 const char *all_name, const struct sum *all)
{
	heading(p, what, "");
	for (size_t i = 0; i < l->n; i++)
		row(p, l->sum[i].name, "", &l->sum[i]);
	row(p, all_name, "", all);
}

static int by_gap(const void *a, const void *b)
{
	const struct part *x = *(const struct part *const *)a, *y = *(const struct part *const *)b;
	int64_t p = llabs(x->size - x->used), q = llabs(y->size - y->used);

	return p == q ? strcmp(x->name, y->name) : (p < q) - (p > q);
}

/* The remainder by section: most is padding; it is negative where the linker merged strings. */
static void gaps(const struct page *p, const struct build *b, const struct sums *s)
{
	enum { SHOWN = 8 };
	const struct part **part = mem_realloc(NULL, b->parts * sizeof(*part));

	fprintf(p->out, "%-*s %-*s %9s %9s %9s %9s\n", p->name, "remainder", p->where, "", "text",
		"data", "bss", "init");
	sizes(p, "linker, padding, tables", "", &s->remainder);
	fputc('\n', p->out);
	for (size_t i = 0; i < b->parts; i++)
		part[i] = &b->part[i];
	qsort(part, b->parts, sizeof(*part), by_gap);
	for (size_t i = 0; i < b->parts && i < SHOWN && part[i]->size != part[i]->used; i++) {
		struct sizes gap = { 0 };

		gap.of[part[i]->column] = part[i]->size - part[i]->used;
		sizes(p, "", part[i]->name, &gap);
		fputc('\n', p->out);
	}
	free(part);
}

static double percent(int64_t part, int64_t whole)
{
	return whole ? 100.0 * (double)part / (double)whole : 100;
}

static void share(FILE *out, const struct sums *s)
{
	int64_t linked = s->vmlinux.of[TEXT], known = linked - s->remainder.of[TEXT];

	fprintf(out, "\nrules account for %.2f %% of the text of vmlinux's objects",
		percent(s->ruled_text, s->object_text));
	fprintf(out, " (%" PRId64 " of %" PRId64 " bytes)\n", s->ruled_text, s->object_text);
	fprintf(out, "options and core are %.2f %% of vmlinux's text as linked, padding and all\n",
		percent(known, linked));
	fprintf(out, "no rule was found for %zu objects of %" PRId64 " bytes, counted as core\n",
		s->unruled.objects, sum_total(&s->unruled));
}

void text_write(FILE *out, const struct build *b, const struct sums *s)
{
	struct page p = { .out = out, .name = 23, .where = 18 };
	struct sum kernel = { .vmlinux = s->vmlinux,
			      .modules = s->total.modules,
			      .objects = s->total.objects };

	measure_page(&p, b, s);
	fprintf(out, "kernel %s: bytes in vmlinux, by the options that add them, and in modules\n\n",
		b->release);
	options(&p, b, s);
	fputc('\n', out);
	list(&p, "fragment", &s->fragments, "asked, all", &s->origins[ORIGIN_ASKED]);
	fputc('\n', out);
	unrequested(&p, s);
	fputc('\n', out);
	list(&p, "core", &s->core, "core, all", &s->core_total);
	fputc('\n', out);
	gaps(&p, b, s);
	fputc('\n', out);
	heading(&p, "kernel", "");
	row(&p, "all", "", &kernel);
	share(out, s);
}
