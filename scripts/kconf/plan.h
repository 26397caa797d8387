/* SPDX-License-Identifier: GPL-2.0-only */
/* What would have to be asked for, so that an option gets a value. */
#ifndef KCONF_PLAN_H
#define KCONF_PLAN_H

#include "kconf.h"
#include "tree.h"

enum { PLAN_MAX = 24 };

/* Assignments that together should give an option its value. */
struct plan {
	size_t n;
	struct {
		struct symbol *sym;
		tristate value;
	} step[PLAN_MAX];
};

/*
 * Find a small set of assignments that gives SYM, as the tree stands resolved, the value
 * WANT. False if there seems to be none. A plan is a conjecture until plan_try().
 */
bool plan_find(struct symbol *sym, tristate want, struct plan *plan);

/* What came of resolving the tree with a plan on top of the fragments. */
struct trial {
	bool works; /* the option has the value */
	size_t changes; /* options of other values than before, itself not counted */
	size_t lost; /* requests that held before and don't any more */
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
/* tree_resolve() without Kconfig's warnings, for configs that nobody will have. */
bool plan_resolve(const struct fragments *f, const struct assignment *extra, size_t n);

#endif
