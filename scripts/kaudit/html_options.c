// SPDX-License-Identifier: GPL-2.0-only
/* The options of a page: those that have a value, and those that a rule names. */
#include <stdlib.h>
#include <string.h>

#include "html.h"

void html_names(struct html_names *names, const struct check *check)
{
	if (check->left)
		html_names(names, check->left);
	if (check->right)
		html_names(names, check->right);
	if (check->type != TEST || check->subject != OPTION)
		return;
	for (size_t i = 0; i < names->n; i++)
		if (!strcmp(names->name[i], check->name))
			return;
	grow(names->name, names->n, names->room);
	names->name[names->n++] = check->name;
}

/* A mention of an option: a value of it, or a rule that names it. */
struct mention {
	const char *name;
	const char *value; /* or NULL */
	const struct verdict *verdict; /* or NULL */
	size_t n; /* keeps the order of the files */
};

struct mentions {
	struct mention *mention;
	size_t n, room;
};

static void add(struct mentions *m, struct mention one)
{
	grow(m->mention, m->n, m->room);
	one.n = m->n;
	m->mention[m->n++] = one;
}

static int by_name(const void *a, const void *b)
{
	const struct mention *x = a, *y = b;
	const int names = strcmp(x->name, y->name);

	return names ? names : (x->n > y->n) - (x->n < y->n);
}

static void collect(struct mentions *m, const struct audit *a)
{
	for (size_t i = 0; i < a->facts->n[OPTION]; i++) {
		const struct fact *f = &a->facts->fact[OPTION][i];

		if (strcmp(f->value, "n") != 0)
			add(m, (struct mention){ .name = f->name, .value = f->value });
	}
	for (size_t i = 0; i < a->n; i++) {
		struct html_names names = { 0 };

		html_names(&names, a->verdict[i].rule->check);
		for (size_t j = 0; j < names.n; j++)
			add(m,
			    (struct mention){ .name = names.name[j], .verdict = &a->verdict[i] });
		free(names.name);
	}
	if (m->n)
		qsort(m->mention, m->n, sizeof(*m->mention), by_name);
}

static int by_option(const void *key, const void *option)
{
	return strcmp(key, ((const struct resolved_option *)option)->name);
}

static void put_origin(FILE *out, const struct resolved_option *o)
{
	static const char *const texts[ORIGIN_COUNT] = {
		[ORIGIN_ASKED] = "requested in ",
		[ORIGIN_SELECT] = "selected by ",
		[ORIGIN_IMPLY] = "implied by ",
		[ORIGIN_CHOICE] = "the default of its choice",
		[ORIGIN_DEFAULT] = "its default, in ",
		[ORIGIN_TOOLCHAIN] = "set by the compiler, in ",
		[ORIGIN_UNTOLD] = "not known",
	};
	const bool option = o->origin == ORIGIN_SELECT || o->origin == ORIGIN_IMPLY;

	fprintf(out, "<dt>Set by</dt><dd>%s", texts[o->origin]);
	if (option)
		html_put(out, "<a href=\"#o-", o->who, "\">");
	html_put(out, "<code>", o->who, option ? "</code></a></dd>\n" : "</code></dd>\n");
}

/* The mentions of one option, N from M on. */
static void put_option(FILE *out, const struct mention *m, size_t n, const struct resolved *r)
{
	const struct resolved_option *o =
		r->n ? bsearch(m->name, r->option, r->n, sizeof(*r->option), by_option) : NULL;
	const char *value = NULL;
	bool rules = false;

	for (size_t i = 0; i < n; i++)
		value = m[i].value ? m[i].value : value;
	fprintf(out, "<details%s%s%s", o ? " data-o=\"" : "", o ? origin_names[o->origin] : "",
		o ? "\"" : "");
	html_put(out, " id=\"o-", m->name, "\"><summary><code>");
	html_put(out, "", m->name, "=");
	html_put(out, "", value ? value : "n", "</code>");
	if (o)
		fprintf(out, "<span class=\"t\">%s</span>", origin_names[o->origin]);
	fputs("</summary>", out);
	if (!r->n && !m[n - 1].verdict) {
		fputs("</details>\n", out);
		return;
	}
	fputs("<dl>\n", out);
	if (o)
		put_origin(out, o);
	else if (r->n)
		fputs("<dt>Set by</dt><dd>no fragment and no other option</dd>\n", out);
	for (size_t i = 0; i < n; i++) {
		if (!m[i].verdict)
			continue;
		html_put(out, rules ? ", <a href=\"#r-" : "<dt>Rules</dt><dd><a href=\"#r-",
			 m[i].verdict->rule->id, "\">");
		html_put(out, "<code>", m[i].verdict->rule->id, "</code></a> ");
		fputs(outcome_names[m[i].verdict->outcome], out);
		rules = true;
	}
	fputs(rules ? "</dd></dl></details>\n" : "</dl></details>\n", out);
}

void html_options(FILE *out, const struct audit *a)
{
	struct mentions m = { 0 };
	size_t names = 0, next;

	collect(&m, a);
	for (size_t i = 0; i < m.n; i++)
		names += !i || strcmp(m.mention[i].name, m.mention[i - 1].name) != 0;
	fprintf(out,
		"<section class=\"g\"><h2 id=\"options\">Options (%zu)</h2>\n"
		"<p>Those that have a value, and those that a rule names.%s</p>\n",
		names,
		a->page->resolved.n ? "" : " Who set them is not known: no kernel tree was read.");
	for (size_t i = 0; i < m.n; i = next) {
		for (next = i + 1; next < m.n && !strcmp(m.mention[next].name, m.mention[i].name);)
			next++;
		put_option(out, &m.mention[i], next - i, &a->page->resolved);
	}
	fputs("</section>\n", out);
	free(m.mention);
}
