/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Why an option has its value: facts, as JSON, and their one rendering as text.
 *
 * The facts of an option: symbol, value, and where there is such a thing type, prompt,
 * defined (places), asked (value, file, line, reason), code, because (causes of what is
 * on), unmet (text), missing (facts of what keeps it off), refusal (a probe that said
 * no), winner, allowed, nearest, elsewhere, and fix (set, works, changes, lost).
 */
#ifndef KCONF_EXPLAIN_H
#define KCONF_EXPLAIN_H

#include <jansson.h>

#include "kconf.h"
#include "plan.h"

struct explanation {
	json_t *facts;
	struct symbol *sym; /* NULL if the tree does not have it */
	tristate want;
	bool planned;
	struct plan plan;
};

/*
 * What is known of option NAME in the resolved tree. WANT is the value to look for a way
 * to: that of the request if there is one, otherwise y for what is off.
 */
void explain(struct explanation *x, const struct fragments *f, const char *name);
/*
 * Try the plans of N explanations, and add what came of them. The tree is then as it
 * was. False with errno set.
 */
bool explain_try(struct explanation *x, size_t n, const struct fragments *f);
void explain_print(const json_t *facts, FILE *out);

/* The outcome code alone, of a request that does not hold. */
const char *explain_code(const struct explanation *x);

#endif
