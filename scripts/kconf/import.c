// SPDX-License-Identifier: GPL-2.0-only
/*
 * kconf import: anybody's .config to the smallest fragment over ours that has what it has.
 *
 * What is taken of it is what it asks by prompts and gets on this tree, and ours lacks.
 * What ours has and it has not stays on: a board's own fragment says what is off.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "dotconfig.h"
#include "explain.h"
#include "session.h"

static const char usage[] =
	"usage: kconf import [options] --config FILE LAYER:FRAGMENT...\n"
	"\n"
	"Prints the fragment that makes a kernel of the given fragments have what one of the\n"
	"full .config FILE would have of this tree, and on standard error what of FILE is\n"
	"lost: why, and what would bring it.\n"
	"\n" SESSION_USAGE
	"  --config FILE       anybody's .config, of any release\n"
	"  --exact             also turn off what FILE has off, and change what it has other\n"
	"                      values of, though the fragments ask for it\n"
	"\n"
	"Exit status: 0 nothing is lost, 1 something is, 2 could not run.\n";

/* What theirs has on in this tree, by the symbols' order; the goal. */
struct goal {
	struct symbol *sym;
	tristate value;
};

struct import {
	const char *config;
	bool exact; /* take what theirs has off, and what ours settles, too */
	struct fragments *ours;
	struct dotconfig theirs;
	struct fragments joined; /* ours, and what is to be added */
	struct paragraph *added; /* whose requests in JOINED those are */
	struct goal *goal;
	size_t n_goal, max_goal;
	struct symbol **on; /* all that is on with theirs in this tree, by address */
	size_t n_on, max_on;
};

/* Is SYM what it is by its user's value, and not by a select or a default? */
static bool is_chosen(struct symbol *sym)
{
	if (sym->visible == no || !(sym->flags & SYMBOL_WRITE))
		return false;
	if (!kc_is_tristate(sym)) {
		const char *by_default = sym_get_string_default(sym);

		return strcmp(by_default ?: "", kc_value(sym)) != 0;
	}
	return sym->curr.tri != no && sym->rev_dep.tri < sym->curr.tri;
}

/* A string as .config writes it; the caller frees it. */
static char *quote(const char *text)
{
	char *out = kc_realloc(NULL, 2 * strlen(text) + 3), *o = out;

	*o++ = '"';
	for (; *text; text++) {
		if (*text == '"' || *text == '\\')
			*o++ = '\\';
		*o++ = *text;
	}
	*o++ = '"';
	*o = '\0';
	return out;
}

static void add(struct import *im, struct symbol *sym, const char *value)
{
	char *quoted = sym->type == S_STRING ? quote(value) : NULL;

	/* what ours asks is settled */
	if (im->exact || !frag_find(im->ours, sym->name))
		frag_set(&im->joined, im->added, sym->name, quoted ?: value, 1);
	free(quoted);
}

static int by_address(const void *a, const void *b)
{
	const struct symbol *const *sa = a, *const *sb = b;

	return (*sa > *sb) - (*sa < *sb);
}

/* With the tree resolved as theirs: the goal, and what of it they chose and ours lacks. */
static void gather(struct import *im)
{
	struct symbol *sym;
	size_t i = 0;

	kc_for_all_symbols(sym) {
		const char *ours = plan_marked(i++);
		const struct request *r;

		if (!kc_defined(sym) || kc_transitional(sym))
			continue;
		if (sym->curr.tri != no) {
			grow(im->on, im->n_on, im->max_on);
			im->on[im->n_on++] = sym;
		}
		r = frag_find(&im->theirs.f, sym->name);
		if (im->exact && r && strcmp(ours, kc_value(sym)) &&
		    (!strcmp(r->value, "n") || frag_find(im->ours, sym->name)))
			add(im, sym, kc_value(sym));
		if (!r || !strcmp(r->value, "n"))
			continue;
		if (kc_is_tristate(sym) && sym->curr.tri != no) {
			grow(im->goal, im->n_goal, im->max_goal);
			im->goal[im->n_goal++] = (struct goal){ sym, sym->curr.tri };
		}
		if (is_chosen(sym) && strcmp(ours, kc_value(sym)) &&
		    !(kc_is_tristate(sym) && *ours == 'y'))
			add(im, sym, kc_value(sym));
	}
	qsort(im->on, im->n_on, sizeof(*im->on), by_address);
}

/* Does PLAN take only what theirs has too? A driver that selects what is wanted is none. */
static bool is_theirs(const struct import *im, const struct plan *plan)
{
	for (size_t i = 0; i < plan->n; i++)
		if (plan->step[i].value != no && !bsearch(&plan->step[i].sym, im->on, im->n_on, sizeof(*im->on), by_address))
			return false;
	return true;
}

/*
 * Gates that theirs has by default, or under another name: ask for what brings the goals
 * that are not reached. A few rounds, since one gate may stand behind another.
 */
static bool open_gates(struct import *im)
{
	static const char *const values[] = { [no] = "n", [mod] = "m", [yes] = "y" };

	for (int round = 0; round < 4; round++) {
		size_t before = im->joined.n_req;

		if (!tree_resolve(&im->joined, NULL, 0))
			return false;
		for (size_t i = 0; i < im->n_goal; i++) {
			struct plan plan;

			if (im->goal[i].sym->curr.tri != no ||
			    !plan_find(im->goal[i].sym, im->goal[i].value, &plan) || !is_theirs(im, &plan))
				continue;
			for (size_t j = 0; j < plan.n; j++)
				if (plan.step[j].value != no)
					add(im, plan.step[j].sym, values[plan.step[j].value]);
		}
		if (im->joined.n_req == before)
			break;
	}
	return true;
}

static size_t reached(const struct import *im)
{
	size_t n = 0;

	for (size_t i = 0; i < im->n_goal; i++)
		n += im->goal[i].sym->curr.tri != no;
	return n;
}

/* Take out, all at once, what the rest selects; take back what then falls. */
static bool minimise(struct import *im)
{
	struct fragments small;
	struct paragraph *p;
	bool whole = false;
	size_t goal;

	if (!tree_resolve(&im->joined, NULL, 0))
		return false;
	goal = reached(im);
	while (!whole) {
		frag_init(&small, im->joined.arch, im->joined.release);
		p = frag_paragraph(&small, im->config);
		for (size_t i = 0; i < im->joined.n_req; i++) {
			const struct request *r = im->joined.req[i];
			struct symbol *sym = sym_find(r->name);

			/* an option marked with line 2 has fallen once */
			if (r->para != im->added || r->line == 2 || !kc_is_tristate(sym) ||
			    !strcmp(r->value, "n") || sym->rev_dep.tri < kc_tristate(r->value))
				frag_set(&small, r->para == im->added ? p : r->para, r->name,
					 r->value, r->line);
		}
		if (!tree_resolve(&small, NULL, 0))
			return false;
		whole = reached(im) == goal;
		for (size_t i = 0; i < im->joined.n_req && !whole; i++) {
			struct request *r = im->joined.req[i];

			if (r->para == im->added && !kc_holds(sym_find(r->name), r->value))
				r->line = 2;
		}
		if (!whole) {
			frag_free(&small);
			if (!tree_resolve(&im->joined, NULL, 0))
				return false;
		}
	}
	frag_free(&im->joined);
	im->joined = small;
	im->added = p;
	return true;
}

static int by_place(const void *a, const void *b)
{
	const struct request *const *ra = a, *const *rb = b;
	struct kc_place pa = { "", 0, 0 }, pb = { "", 0, 0 };
	int order;

	kc_places(sym_find((*ra)->name), &pa, 1);
	kc_places(sym_find((*rb)->name), &pb, 1);
	order = strcmp(pa.file, pb.file);
	return order ? order : pa.first - pb.first;
}

static void print_request(const struct request *r)
{
	if (strcmp(r->value, "n"))
		printf("CONFIG_%s=%s\n", r->name, r->value);
	else
		printf("# CONFIG_%s is not set\n", r->name);
}

static void print_fragment(const struct import *im)
{
	struct request **list = kc_realloc(NULL, (im->joined.n_req + 1) * sizeof(*list));
	const char *base = strrchr(im->config, '/'), *last = "";
	size_t n = 0, overrides = 0;

	for (size_t i = 0; i < im->joined.n_req; i++)
		if (im->joined.req[i]->para == im->added)
			list[n++] = im->joined.req[i];
	qsort(list, n, sizeof(*list), by_place);
	for (size_t i = 0; i < n; i++) {
		struct kc_place at = { "", 0, 0 };

		if (frag_find(im->ours, list[i]->name)) {
			overrides++;
			continue;
		}
		kc_places(sym_find(list[i]->name), &at, 1);
		if (strcmp(at.file, last))
			printf("%s# %s has these of %s. What for? Say so right above them.\n\n",
			       *last ? "\n" : "", base ? base + 1 : im->config, at.file);
		last = at.file;
		print_request(list[i]);
	}
	if (overrides)
		printf("%s# %s has these otherwise than other fragments ask. Why? Say so right "
		       "above them.\n\n#: override\n", *last ? "\n" : "", base ? base + 1 : im->config);
	for (size_t i = 0; i < n; i++)
		if (frag_find(im->ours, list[i]->name))
			print_request(list[i]);
	fprintf(stderr, "kconf: %zu requests bring %zu of the options that are on in %s\n", n,
		reached(im), im->config);
	free(list);
}

static bool has_prompt(struct symbol *sym)
{
	struct property *prop;

	for_all_prompts(sym, prop)
		return true;
	return false;
}

/* How many of their options that are on ended up off, by why. */
struct tally {
	size_t lost, unknown, follow, settled;
};

static bool asks_on(const struct request *r)
{
	return !strcmp(r->value, "y") || !strcmp(r->value, "m");
}

static bool is_on(struct symbol *sym)
{
	return kc_defined(sym) && !kc_transitional(sym) && sym->curr.tri != no;
}

/* What nothing that is on brings, in one line: it has no prompt to ask it by. */
static void tell_following(const struct import *im, struct tally *t)
{
	for (size_t i = 0; i < im->theirs.f.n_req; i++) {
		const struct request *r = im->theirs.f.req[i];
		struct symbol *sym = sym_find(r->name);

		if (!asks_on(r) || is_on(sym) || !kc_defined(sym) || has_prompt(sym))
			continue;
		fprintf(stderr, "%s %s",
			t->follow++ ? "" : "kconf: off, since nothing that is on brings them:", r->name);
	}
	if (t->follow)
		fputc('\n', stderr);
}

/* With the tree resolved as joined: what of theirs is on and here is not, and why. */
static void tell_lost(const struct import *im, struct tally *t)
{
	struct explanation *x = NULL;
	const struct request **asked = NULL;
	size_t n = 0, max = 0, n_asked = 0, max_asked = 0;

	tell_following(im, t);
	for (size_t i = 0; i < im->theirs.f.n_req; i++) {
		const struct request *r = im->theirs.f.req[i], *ours = frag_find(im->ours, r->name);
		struct symbol *sym = sym_find(r->name);

		if (!asks_on(r) || is_on(sym) || (kc_defined(sym) && !has_prompt(sym)))
			continue;
		if (ours && !strcmp(ours->value, "n")) {
			fprintf(stderr, "%s:%d: CONFIG_%s=%s is off by request of %s:%d: %s\n",
				im->config, r->line, r->name, r->value, ours->para->file, ours->line,
				ours->para->reason ? ours->para->reason : "");
			t->settled++;
			continue;
		}
		grow(asked, n_asked, max_asked);
		asked[n_asked++] = r;
		grow(x, n, max);
		explain(&x[n++], &im->joined, r->name);
		*(x[n - 1].sym ? &t->lost : &t->unknown) += 1;
	}
	if (!explain_try(x, n, &im->joined))
		complain(im->config, 0, "what would bring the lost options could not be tried");
	for (size_t i = 0; i < n; i++) {
		fprintf(stderr, "%s:%d: CONFIG_%s=%s is lost [%s]\n", im->config, asked[i]->line,
			asked[i]->name, asked[i]->value, explain_code(&x[i]));
		explain_print(x[i].facts, stderr);
		json_decref(x[i].facts);
	}
	free(x);
	free(asked);
}

static bool work(struct import *im)
{
	if (!dotconfig_read(&im->theirs, im->config))
		return false;
	for (size_t i = 0; i < im->ours->n_req; i++)
		frag_set(&im->joined, im->ours->req[i]->para, im->ours->req[i]->name,
			 im->ours->req[i]->value, im->ours->req[i]->line);
	im->theirs.f.defaults = true; /* as 'make olddefconfig' would have it */
	plan_mark(im->ours);
	if (!tree_resolve(&im->theirs.f, NULL, 0))
		return false;
	gather(im);
	return open_gates(im) && minimise(im);
}

static int run(struct session *s, const char *config, bool exact)
{
	struct import im = { .config = config, .exact = exact, .ours = &s->f };
	struct tally t = { 0 };
	int status = CANNOT_RUN;

	frag_init(&im.theirs.f, s->tree.arch, s->tree.release);
	frag_init(&im.joined, s->tree.arch, s->tree.release);
	im.added = frag_paragraph(&im.joined, config);
	if (work(&im)) {
		print_fragment(&im);
		tell_lost(&im, &t);
		fprintf(stderr,
			"kconf: of %s, %zu options are lost that this tree has and %zu that it has not; "
			"%zu are off by request, %zu follow from others\n",
			config, t.lost, t.unknown, t.settled, t.follow);
		status = t.lost || t.unknown || im.theirs.unread ? FINDING : HELD;
	}
	free(im.on);
	free(im.goal);
	frag_free(&im.theirs.f);
	frag_free(&im.joined);
	return status;
}

int cmd_import(int argc, char **argv)
{
	static const struct option options[] = {
		SESSION_OPTIONS,
		{ "exact", no_argument, NULL, 'x' },
		{ "config", required_argument, NULL, 'f' },
		{ "help", no_argument, NULL, 'h' },
		{ 0 },
	};
	struct session s = { 0 };
	const char *config = NULL;
	bool exact = false;
	int c, status;

	while ((c = getopt_long(argc, argv, "h", options, NULL)) != -1) {
		switch (c) {
		case 'x':
			exact = true;
			break;
		case 'f':
			config = optarg;
			break;
		case 'h':
			fputs(usage, stdout);
			return HELD;
		default:
			if (session_option(&s, c, optarg))
				break;
			if (c == '?')
				fputs(usage, stderr);
			return CANNOT_RUN;
		}
	}
	if (!config) {
		fputs(usage, stderr);
		return CANNOT_RUN;
	}
	status = session_open(&s, argc - optind, argv + optind, usage) ? run(&s, config, exact) : CANNOT_RUN;
	session_close(&s);
	return status;
}
