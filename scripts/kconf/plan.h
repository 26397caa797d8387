/* SPDX-License-Identifier: GPL-2.0-only */
/* Plans: the requests that would give an option a value. */
#ifndef KCONF_PLAN_H
#define KCONF_PLAN_H

#include "kconf.h"
#include "tree.h"

enum { PLAN_MAX = 24, PLAN_CONTRADICTS = 1024 /* the cost of one contradicted request */ };

/* Assignments that together should give an option its value. */
struct plan {
	size_t n;
	size_t cost; /* only to compare plans of one search */
	struct {
		struct symbol *sym;
		tristate value;
	} step[PLAN_MAX];
};

/*
 * Find a small set of assignments that gives SYM the value WANT in the resolved tree. False if
 * the search finds none. A plan is a conjecture until plan_try().
 */
bool plan_find(struct symbol *sym, tristate want, struct plan *plan);
/*
 * The same over the requests of F: prefers a plan that contradicts none of them, and a module to a
 * built-in option. No plan assigns AVOID. For a number or a string, the plan makes the prompt
 * visible. F and AVOID may be NULL.
 */
bool plan_find_over(const struct fragments *f, const struct symbol *avoid, struct symbol *sym,
		    tristate want, struct plan *plan);

/* Must advice avoid SYM? Options that depend on COMPILE_TEST are not meant to run. */
bool plan_never(const struct symbol *sym);

/* The result of resolving the tree with a plan on top of the fragments. */
struct trial {
	bool works; /* the option has the value; of a number or string, its request holds */
	bool holds; /* each step has its planned value */
	tristate came[PLAN_MAX]; /* the value of each step */
	size_t changes; /* other options whose value changed */
	size_t lost; /* requests that held before and are lost now, without replaced ones */
	const char *first_lost[4]; /* the first of them */
};

/* The values of all options, to compare with; plan_settle() goes back to them. */
void plan_mark(const struct fragments *f);
/* The marked value of the Nth of kc_for_all_symbols(). */
const char *plan_marked(size_t n);
/* Leaves the tree resolved with the plan. False with errno set. */
bool plan_try(const struct fragments *f, const struct plan *plan, struct symbol *sym,
	      tristate want, struct trial *trial);
bool plan_settle(const struct fragments *f);
/* tree_resolve() without Kconfig's warnings, for configs that are only tried. */
bool plan_resolve(const struct fragments *f, const struct assignment *extra, size_t n);

#endif
