// SPDX-License-Identifier: GPL-2.0-only
/* kaudit lint: rules against their examples, and against the options that kernel trees have. */
#include <stdlib.h>
#include <string.h>

#include "file.h"
#include "kaudit.h"

static const struct command command = {
	.synopsis = "kaudit lint [--symbols FILE]... POLICY...",
	.about =
		"Reads policies, runs the examples of each rule, and reports the errors. With the output of\n"
		"'kconf symbols' for trees and architectures, also each option that none of them has, and\n"
		"each rule that can never pass or never fail where it applies.\n",
	.status = "0 no error, 1 some",
	.least = 1,
	.most = ANY,
};

enum { SYMBOLS_MAX = 16 << 20 };

struct symbol {
	char *name;
	bool tristate, number, off, on; /* OFF, ON: it can be so; else a string */
	bool boolean;
};

struct table {
	struct buffer text;
	char *arch, *release;
	struct symbol *symbol; /* sorted by name */
	size_t n, room;
};

struct tables {
	struct table *table;
	size_t n, room;
};

static int by_name(const void *a, const void *b)
{
	return strcmp(((const struct symbol *)a)->name, ((const struct symbol *)b)->name);
}

static const struct symbol *find(const struct table *t, const char *name)
{
	const struct symbol key = { .name = (char *)(uintptr_t)name };

	return t->n ? bsearch(&key, t->symbol, t->n, sizeof(key), by_name) : NULL;
}

static bool add_line(struct table *t, char *line)
{
	const char *name = strsep(&line, " "), *type = line ? strsep(&line, " ") : NULL;
	struct symbol s = { .name = (char *)(uintptr_t)name };

	if (!type || !line)
		return false;
	if (!t->arch) {
		t->arch = (char *)(uintptr_t)type;
		t->release = line;
		return !strcmp(name, "arch") && arch_find(type) >= 0 && is_release(line);
	}
	s.boolean = !strcmp(type, "bool");
	s.tristate = !strcmp(type, "tristate");
	s.number = !strcmp(type, "int") || !strcmp(type, "integer") || !strcmp(type, "hex");
	s.on = strcmp(line, "off") != 0;
	s.off = strcmp(line, "on") != 0;
	grow(t->symbol, t->n, t->room);
	t->symbol[t->n++] = s;
	return true;
}

static bool take_table(void *ctx, const char *path)
{
	struct tables *all = ctx;
	struct table *t;
	const char *why;
	char *rest, *line;
	int n = 0;

	grow(all->table, all->n, all->room);
	t = &all->table[all->n++];
	*t = (struct table){ 0 };
	why = file_read(path, SYMBOLS_MAX, &t->text);
	for (rest = t->text.text; !why && rest && (line = strsep(&rest, "\n"));) {
		n++;
		if (*line && !add_line(t, line))
			why = "is not the output of 'kconf symbols'";
	}
	if (!why && !t->n)
		why = "has no option";
	if (why) {
		complain(path, n, "%s [bad-symbols]", why);
		return false;
	}
	qsort(t->symbol, t->n, sizeof(*t->symbol), by_name);
	return true;
}

/* ---- what a check can be --------------------------------------------------------------- */

struct range {
	bool pass, fail;
};

/* The outcome of TEST for one value of an option; NULL: not set. */
static void with_value(const struct check *test, const char *value, struct range *r)
{
	struct facts f = { .known = { true, true, true } };

	if (value)
		facts_set(&f, OPTION, test->name, value);
	if (check_truth(test, &f) == YES)
		r->pass = true;
	else
		r->fail = true;
	facts_free(&f);
}

static struct range test_range(const struct check *test, const struct table *t)
{
	const struct symbol *s = find(t, test->name);
	struct range r = { false, false };

	if (test->subject != OPTION)
		return (struct range){ true, true };
	if (!s || s->off)
		with_value(test, NULL, &r);
	if (!s || !s->on)
		return r;
	if (s->boolean || s->tristate) {
		with_value(test, "y", &r);
		if (s->tristate)
			with_value(test, "m", &r);
		return r;
	}
	/* A number or a string can be anything, but not y, m or n. */
	r.fail = true;
	for (size_t i = 0; i < test->n; i++)
		r.pass |= !s->number || (strchr("0123456789-", *test->value[i]) && *test->value[i]);
	r.pass |= test->relation == PRESENT;
	return r;
}

static struct range range_of(const struct check *c, const struct table *t)
{
	struct range l, r;

	if (c->type == TEST)
		return test_range(c, t);
	l = range_of(c->left, t);
	if (c->type == NOT)
		return (struct range){ l.fail, l.pass };
	r = range_of(c->right, t);
	if (c->type == AND)
		return (struct range){ l.pass && r.pass, l.fail || r.fail };
	return (struct range){ l.pass || r.pass, l.fail && r.fail };
}

/* ---- rules --------------------------------------------------------------------------- */

/* Does a table to which R applies have the option NAME? */
static bool is_known(const struct rule *r, const struct tables *all, const char *name)
{
	for (size_t i = 0; i < all->n; i++) {
		const struct table *t = &all->table[i];

		if (r->archs & 1u << arch_find(t->arch) && find(t, name) &&
		    !(r->since && release_order(t->release, r->since) < 0) &&
		    !(r->until && release_order(t->release, r->until) >= 0))
			return true;
	}
	return false;
}

static size_t unknown_names(const struct rule *r, const struct check *c, const struct tables *all)
{
	if (c->type != TEST)
		return unknown_names(r, c->left, all) +
		       (c->right ? unknown_names(r, c->right, all) : 0);
	if (c->subject != OPTION || is_known(r, all, c->name))
		return 0;
	complain(r->file, r->line,
		 "%s: no kernel that the rule is for has CONFIG_%s [unknown-name]: rename it, "
		 "or end the rule with 'until'; configs/renames has the new names",
		 r->id, c->name);
	return 1;
}

static void add_cell(struct buffer *b, const struct table *t)
{
	buffer_puts(b, " ");
	buffer_puts(b, t->arch);
	buffer_puts(b, "/");
	buffer_puts(b, t->release);
}

static size_t report(const struct rule *r, struct buffer *cells, const char *what)
{
	const size_t n = cells->size;

	if (n)
		complain(r->file, r->line, "%s: '%s' %s on%s", r->id, r->check_text, what,
			 cells->text);
	buffer_free(cells);
	return n != 0;
}

static size_t lint_rule(const struct rule *r, const struct tables *all)
{
	struct buffer passes = { 0 }, fails = { 0 }, not_always = { 0 };
	size_t applied = 0, errors;

	for (size_t i = 0; i < all->n; i++) {
		const struct table *t = &all->table[i];
		bool always = r->always & 1u << arch_find(t->arch);
		char *why = rule_excluded(r, t->arch, t->release);
		struct range range;

		if (why && strncmp(why, "always", 6)) {
			free(why);
			continue;
		}
		free(why);
		/* Where the condition can't hold, the rule does not apply. */
		if (r->when && !range_of(r->when, t).pass)
			continue;
		range = range_of(r->check, t);
		applied += !always;
		if (always && range.fail)
			add_cell(&not_always, t);
		if (!always && !range.pass)
			add_cell(&fails, t);
		if (!always && !range.fail)
			add_cell(&passes, t);
	}
	errors = report(r, &fails, "can never pass [never-passes]");
	errors += report(r, &passes, "can never fail [never-fails]");
	errors += report(r, &not_always, "can fail, but is said to hold always [not-always]");
	if (all->n && !applied)
		complain(r->file, r->line, "%s: applies to no known kernel [never-applies]", r->id);
	return errors + (all->n && !applied);
}

static int lint(const struct tables *all, int n, char **paths)
{
	struct policies p = { 0 };
	size_t errors;

	for (int i = 0; i < n; i++)
		policy_read(&p, paths[i]);
	policy_examples(&p);
	errors = (size_t)p.errors;
	for (size_t i = 0; all->n && i < p.n; i++) {
		if (!p.rule[i].check)
			continue;
		errors += unknown_names(&p.rule[i], p.rule[i].check, all);
		if (p.rule[i].when)
			errors += unknown_names(&p.rule[i], p.rule[i].when, all);
		errors += lint_rule(&p.rule[i], all);
	}
	printf("%d policies, %zu rules, %zu kernels: %zu errors\n", n, p.n, all->n, errors);
	policies_free(&p);
	return errors ? FINDING : DONE;
}

int cmd_lint(int argc, char **argv)
{
	struct tables all = { 0 };
	const struct opt opts[] = {
		OPT_CALL("symbols", "FILE", take_table, &all,
			 "the output of 'kconf symbols'; may be repeated"),
		OPT_END,
	};
	int status = options_read(&argc, &argv, &command, opts);

	if (status == GO_ON)
		status = lint(&all, argc, argv);
	for (size_t i = 0; i < all.n; i++) {
		buffer_free(&all.table[i].text);
		free(all.table[i].symbol);
	}
	free(all.table);
	return status;
}
