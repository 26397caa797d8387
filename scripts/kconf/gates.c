// SPDX-License-Identifier: GPL-2.0-only
/*
 * Like the plan search, this goes from an option backwards through the expressions that disable
 * it, but without selects, and only to the first options that can be requested. Thousands of
 * options often share one gate.
 */
#include <stdlib.h>
#include <string.h>

#include "gates.h"

enum { DEPTH_MAX = 8, VISITS_MAX = 400 };

/* How hard a gate is to open. */
static const int cost[] = {
	[GATE_ASK] = 1,	     [GATE_CHOICE] = 3,	   [GATE_ON] = 3,	  [GATE_NO_PROMPT] = 10,
	[GATE_COMPARED] = 20, [GATE_TOOLCHAIN] = 20, [GATE_ABSENT] = 50, [GATE_COMPILE_TEST] = 100,
};

struct walk {
	struct gate gates[GATES_MAX + 1]; /* one more than a result holds, to see that there are too many */
	size_t n;
};

static size_t visits;

static void expression(struct walk *w, struct expr *e, tristate want, size_t depth);

static void add(struct walk *w, struct symbol *sym, enum gate_kind kind, tristate want)
{
	if (kind == GATE_ASK && sym->name && !strcmp(sym->name, "COMPILE_TEST"))
		kind = GATE_COMPILE_TEST;
	for (size_t i = 0; i < w->n; i++)
		if (w->gates[i].sym == sym)
			return;
	if (w->n <= GATES_MAX)
		w->gates[w->n++] = (struct gate){ sym, kind, want };
}

static int cost_of(const struct walk *w)
{
	int sum = w->n > GATES_MAX ? 1000 : 0;

	for (size_t i = 0; i < w->n; i++)
		sum += cost[w->gates[i].kind];
	return sum;
}

/* Did a probe fail? The option that has its answer is the better name of the gate. */
static bool refused(const struct walk *w)
{
	for (size_t i = 0; i < w->n; i++)
		if (w->gates[i].kind == GATE_TOOLCHAIN)
			return true;
	return false;
}

/* Keep the cheaper of BEST and W in BEST; FOUND says whether BEST is set. */
static void keep(struct walk *best, bool *found, const struct walk *w)
{
	if (!*found || cost_of(w) < cost_of(best))
		*best = *w;
	*found = true;
}

static void alternatives(struct walk *w, struct expr *e, tristate want, size_t depth)
{
	struct walk left = *w, right = *w;

	expression(&left, e->left.expr, want, depth);
	expression(&right, e->right.expr, want, depth);
	*w = cost_of(&right) < cost_of(&left) ? right : left;
}

/* The gates of SYM, a dependency that is below WANT. */
static void symbol(struct walk *w, struct symbol *sym, tristate want, size_t depth)
{
	struct property *prop;
	struct walk best = *w;
	bool found = false;

	if (!kc_defined(sym) || !kc_is_tristate(sym)) {
		add(w, sym,
		    sym->flags & SYMBOL_CONST ? GATE_TOOLCHAIN :
		    kc_defined(sym)	      ? GATE_COMPARED :
					      GATE_ABSENT,
		    want);
		return;
	}
	if (sym->type == S_BOOLEAN && want == yes)
		want = mod; /* of its dependencies */
	for_all_prompts(sym, prop) {
		struct walk candidate = *w;

		if (expr_calc_value(prop->visible.expr) >= want && !kc_in_choice(sym))
			add(&candidate, sym, GATE_ASK, want);
		else if (expr_calc_value(prop->visible.expr) >= want)
			add(&candidate, kc_choice_winner(sym) ?: sym, GATE_CHOICE, want);
		else if (depth < DEPTH_MAX && visits++ < VISITS_MAX)
			expression(&candidate, prop->visible.expr, want, depth + 1);
		keep(&best, &found, &candidate);
	}
	for_all_defaults(sym, prop) {
		struct walk candidate = *w;

		if (found || depth >= DEPTH_MAX || visits++ >= VISITS_MAX)
			break;
		expression(&candidate, prop->visible.expr, want, depth + 1);
		expression(&candidate, prop->expr, want, depth + 1);
		if (candidate.n > w->n && !refused(&candidate))
			keep(&best, &found, &candidate);
	}
	if (found)
		*w = best;
	else
		add(w, sym, GATE_NO_PROMPT, want);
}

/* The enabled symbols of E that must be disabled. */
static void negated(struct walk *w, struct expr *e, tristate most, size_t depth)
{
	if (!e || expr_calc_value(e) <= most)
		return;
	switch (e->type) {
	case E_OR:
		negated(w, e->left.expr, most, depth);
		negated(w, e->right.expr, most, depth);
		break;
	case E_AND:
		negated(w, expr_calc_value(e->left.expr) > most ? e->left.expr : e->right.expr, most,
			depth);
		break;
	case E_NOT:
		expression(w, e->left.expr, (tristate)(yes - most), depth);
		break;
	case E_SYMBOL:
		add(w, e->left.sym, GATE_ON, no);
		break;
	default:
		add(w, e->left.sym, GATE_COMPARED, no);
	}
}

static void expression(struct walk *w, struct expr *e, tristate want, size_t depth)
{
	if (!e || expr_calc_value(e) >= want)
		return;
	switch (e->type) {
	case E_AND:
		expression(w, e->left.expr, want, depth);
		expression(w, e->right.expr, want, depth);
		break;
	case E_OR:
		alternatives(w, e, want, depth);
		break;
	case E_NOT:
		negated(w, e->left.expr, (tristate)(yes - want), depth);
		break;
	case E_SYMBOL:
		symbol(w, e->left.sym, want, depth);
		break;
	default:
		add(w, e->left.sym, GATE_COMPARED, want);
	}
}

static int by_name(const void *a, const void *b)
{
	const struct gate *ga = a, *gb = b;

	return strcmp(ga->sym->name ?: "", gb->sym->name ?: "");
}

size_t gates_of(struct symbol *sym, tristate want, struct gate gates[GATES_MAX])
{
	struct walk w = { .n = 0 };

	visits = 0;
	symbol(&w, sym, want, 0);
	if (w.n > GATES_MAX)
		w.n = GATES_MAX;
	if (w.n == 1 && w.gates[0].sym == sym && w.gates[0].kind == GATE_ASK)
		return 0;
	memcpy(gates, w.gates, w.n * sizeof(*gates));
	qsort(gates, w.n, sizeof(*gates), by_name);
	return w.n;
}
