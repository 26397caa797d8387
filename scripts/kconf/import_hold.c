// SPDX-License-Identifier: GPL-2.0-only
/*
 * The printed fragment holds: over ours, each of its requests has its value, and so has each
 * request of the fragments that had its value before.
 */
#include <stdlib.h>
#include <string.h>

#include "import.h"
#include "origin.h"
#include "plan.h"

/* Rounds, each of which drops or adds a request; a few are usual. */
enum { ROUNDS_MAX = 200 };

static bool is_added(const struct import *im, const struct request *r)
{
	return r->para == im->added;
}

static bool holds(const struct request *r)
{
	return kc_holds(sym_find(r->name), r->value);
}

static struct dropped *find_dropped(const struct import *im, const char *name)
{
	for (size_t i = 0; i < im->n_dropped; i++)
		if (!strcmp(im->dropped[i].name, name))
			return &im->dropped[i];
	return NULL;
}

static void drop(struct import *im, const struct request *r, const struct request *against)
{
	struct dropped *d = find_dropped(im, r->name);

	if (d) {
		d->against = d->against ?: against;
		return;
	}
	grow(im->dropped, im->n_dropped, im->max_dropped);
	im->dropped[im->n_dropped++] =
		(struct dropped){ mem_strdup(r->name), mem_strdup(r->value), against, false };
}

/* A module may hold where a built-in option fails: make R of the additions one. */
static bool lower(struct import *im, const struct request *r)
{
	const struct symbol *sym = sym_find(r->name);

	if (strcmp(r->value, "y") || sym->type != S_TRISTATE || frag_find(im->ours, r->name))
		return false;
	frag_set(&im->joined, im->added, r->name, "m", r->line);
	return true;
}

void import_keep(struct import *im, const bool *keep)
{
	struct fragments f;
	struct paragraph *p;

	frag_init(&f, im->joined.arch, im->joined.release);
	p = frag_paragraph(&f, im->config);
	for (size_t i = 0; i < im->joined.n_req; i++) {
		const struct request *r = im->joined.req[i];

		if (!is_added(im, r))
			frag_set(&f, r->para, r->name, r->value, r->line);
		else if (keep[i])
			frag_set(&f, p, r->name, r->value, r->line);
		else if (frag_find(im->ours, r->name))
			frag_set(&f, frag_find(im->ours, r->name)->para, r->name,
				 frag_find(im->ours, r->name)->value, r->line);
	}
	frag_free(&im->joined);
	im->joined = f;
	im->added = p;
}

/* Does R of the fragments hold with the first N of the additions alone? */
static bool holds_with(const struct import *im, const struct request *r, size_t n)
{
	struct fragments f;
	bool held;

	frag_init(&f, im->joined.arch, im->joined.release);
	for (size_t i = 0; i < im->joined.n_req; i++) {
		const struct request *j = im->joined.req[i];

		if (!is_added(im, j) || n > 0)
			frag_set(&f, j->para, j->name, j->value, j->line);
		n -= is_added(im, j) && n > 0;
	}
	held = plan_resolve(&f, NULL, 0) && holds(r);
	frag_free(&f);
	return held;
}

/* The addition that makes R of the fragments fail: its index in JOINED. */
static size_t culprit(const struct import *im, const struct request *r)
{
	size_t low = 0, high = 0, seen = 0, i;

	for (i = 0; i < im->joined.n_req; i++)
		high += is_added(im, im->joined.req[i]);
	while (high - low > 1) {
		size_t middle = low + (high - low) / 2;

		if (holds_with(im, r, middle))
			low = middle;
		else
			high = middle;
	}
	for (i = 0; i < im->joined.n_req; i++)
		if (is_added(im, im->joined.req[i]) && ++seen == high)
			break;
	return i;
}

/* With --exact such a request stays lost, and an override says so. */
static void override(struct import *im, const struct request *r)
{
	struct symbol *sym = sym_find(r->name);

	import_add(im, sym, kc_value(sym));
}

/* Drop, or lower, the additions that fail; how many? */
static size_t leave_out(struct import *im)
{
	bool *keep = mem_realloc(NULL, im->joined.n_req + 1);
	size_t n = 0;

	for (size_t i = 0; i < im->joined.n_req; i++) {
		const struct request *r = im->joined.req[i];

		keep[i] = true;
		if (!is_added(im, r) || holds(r))
			continue;
		n++;
		if (sym_find(r->name)->visible == mod && lower(im, r))
			continue;
		drop(im, r, NULL);
		keep[i] = false;
	}
	if (n)
		import_keep(im, keep);
	free(keep);
	return n;
}

/* The first of the OR-ed terms of E above ABOVE whose selector is an addition. */
static const struct request *selector(const struct import *im, struct expr *e, tristate above)
{
	const struct symbol *sym;
	const struct request *r;

	if (!e || expr_calc_value(e) <= above)
		return NULL;
	if (e->type == E_OR)
		return selector(im, e->left.expr, above) ?: selector(im, e->right.expr, above);
	sym = origin_selector(e);
	r = sym && sym->name ? frag_find(&im->joined, sym->name) : NULL;
	return r && is_added(im, r) ? r : NULL;
}

/* The addition that makes R fail by R's definition, through a select or its choice; or none. */
static const struct request *plain_culprit(const struct import *im, const struct request *r)
{
	struct symbol *sym = sym_find(r->name), *winner;

	if (!kc_is_tristate(sym))
		return NULL;
	if (kc_in_choice(sym)) {
		const struct request *other;

		winner = kc_choice_winner(sym);
		other = winner && winner != sym ? frag_find(&im->joined, winner->name) : NULL;
		return other && is_added(im, other) ? other : NULL;
	}
	return selector(im, sym->rev_dep.expr, kc_tristate(r->value));
}

/* Drop, or lower, the additions that make R of the fragments fail. */
static bool settle(struct import *im, const struct request *r, const struct request *by)
{
	bool *keep;

	drop(im, by, r);
	if (lower(im, by))
		return true;
	keep = mem_realloc(NULL, im->joined.n_req + 1);
	for (size_t i = 0; i < im->joined.n_req; i++)
		keep[i] = im->joined.req[i] != by;
	import_keep(im, keep);
	free(keep);
	return true;
}

/*
 * Drop or lower the additions that make requests of the fragments fail, or override the requests;
 * did one fail? First those whose cause the definition shows, since the search is slow.
 */
static bool settle_all(struct import *im, const bool *held)
{
	const struct request *first = NULL;
	bool settled = false;
	size_t i;

	for (i = 0; i < im->ours->n_req; i++) {
		const struct request *r = im->ours->req[i], *by;

		if (!held[i] || is_added(im, frag_find(&im->joined, r->name)) || holds(r))
			continue;
		by = im->exact ? NULL : plain_culprit(im, r);
		if (im->exact)
			override(im, r);
		else if (by)
			settle(im, r, by);
		else
			first = first ?: r;
		settled |= im->exact || by;
	}
	if (settled || !first)
		return settled;
	i = culprit(im, first);
	return i < im->joined.n_req && settle(im, first, im->joined.req[i]);
}

static bool has_visible_prompt(struct symbol *sym)
{
	struct property *prop;

	for_all_prompts(sym, prop)
		if (expr_calc_value(prop->visible.expr) != no)
			return true;
	return false;
}

/* Does the option of G have its value? A string's has no quotes. */
static bool has_value(const struct goal *g)
{
	return g->sym->type == S_STRING ? !strcmp(kc_value(g->sym), g->value) :
					  kc_holds(g->sym, g->value);
}

/* Add the options that differ from theirs because theirs had another default. */
static bool add_missing(struct import *im)
{
	size_t before = im->joined.n_req;

	for (size_t i = 0; i < im->n_goal; i++) {
		const struct goal *g = &im->goal[i];
		struct dropped *d = find_dropped(im, g->sym->name);

		if (has_value(g) || !has_visible_prompt(g->sym) ||
		    (kc_is_tristate(g->sym) && kc_tristate(g->value) < g->sym->curr.tri) ||
		    frag_find(&im->joined, g->sym->name) || (d && (d->against || d->retried)))
			continue;
		if (d)
			d->retried = true;
		import_add(im, g->sym, g->value);
	}
	return im->joined.n_req > before;
}

bool import_hold(struct import *im)
{
	bool *held = mem_realloc(NULL, im->ours->n_req + 1);
	int rounds = 0;
	bool again = true;

	again = plan_resolve(im->ours, NULL, 0);
	for (size_t i = 0; again && i < im->ours->n_req; i++)
		held[i] = holds(im->ours->req[i]);
	while (again && rounds++ < ROUNDS_MAX && (again = plan_resolve(&im->joined, NULL, 0)))
		if (!leave_out(im) && !settle_all(im, held) && !add_missing(im))
			break;
	free(held);
	if (!again || rounds >= ROUNDS_MAX)
		complain(im->config, 0,
			 "no fragment was found that holds [no-fragment]: start from a smaller .config");
	return again && rounds < ROUNDS_MAX;
}
