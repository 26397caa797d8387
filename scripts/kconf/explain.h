/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Why an option has its value: facts as JSON, and the same as text.
 *
 * The facts of an option: symbol, value, and where there is such a thing type, prompt,
 * defined (places), asked (value, file, line, reason), code, because (causes of an option that is
 * on), unmet (text), missing (facts of what keeps it off), refusal (a probe that said
 * no), winner, allowed, expected, nearest, elsewhere, and fix: works, and if it does set
 * (the lines of fragments), which are add, override (line, directive, value, file, at,
 * reason) and change (line, value, file, at), and changes, lost, first_lost.
 */
#ifndef KCONF_EXPLAIN_H
#define KCONF_EXPLAIN_H

#include <jansson.h>

#include "kconf.h"
#include "plan.h"

/* The value to search a plan for. */
enum aim {
	AIM_NONE,
	AIM_ON, /* m or y, whichever loses no request; m if both */
	AIM_M, /* m, or y if m is not possible */
	AIM_Y,
	AIM_OFF,
	AIM_ASKED /* the number or string that is requested */
};

struct explanation {
	json_t *facts;
	struct symbol *sym; /* NULL if the tree does not have it */
	tristate want; /* the requested value, or the value to request */
	enum aim aim;
	struct {
		tristate want;
		struct plan plan;
	} way[2]; /* conjectures, the best first */
	size_t n_ways;
	bool planned; /* after explain_try(): PLAN works */
	bool plain; /* it only adds lines */
	struct plan plan;
};

/*
 * The facts about option NAME in the resolved tree, and ways to the value that its
 * request has if it is lost, otherwise to enable it.
 */
void explain(struct explanation *x, const struct fragments *f, const char *name);
/*
 * Try the plans of N explanations, and add their results. The tree is then as it
 * was. False with errno set.
 */
bool explain_try(struct explanation *x, size_t n, const struct fragments *f);
/* Look for a way to AIM, of a tristate, in the place of what explain() aims at. */
void explain_aim(struct explanation *x, const struct fragments *f, enum aim aim);
/* The ways to X's aim, in the tree as it stands; explain() calls it. */
void explain_find(struct explanation *x, const struct fragments *f);
void explain_print(const json_t *facts, FILE *out);

/* The outcome code alone, of a request that is lost. */
const char *explain_code(const struct explanation *x);

#endif
