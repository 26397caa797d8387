// SPDX-License-Identifier: GPL-2.0-only
/*
 * Two fixpoints over the expressions of Kconfig: the options that may be enabled, starting
 * with none, and then those that must be, starting with none. Options are taken as
 * independent of each other: a contradiction between two of them is not seen, so an answer may
 * be too wide. The answer to a probe is a constant by now, and another compiler may give another
 * one: in a definition with a probe, a constant may be anything.
 */
#include <stdlib.h>

#include "kconf.h"
#include "possible.h"
#include "probe.h"

enum { PLACES_MAX = 16 };

struct state {
	const struct symbol *sym;
	bool on, must, probed;
};

static struct state *states; /* sorted by address */
static size_t n_states, max_states;
static bool probed; /* the definition that is looked at has a probe */

static int by_address(const void *a, const void *b)
{
	const struct symbol *sa = ((const struct state *)a)->sym,
			    *sb = ((const struct state *)b)->sym;

	return sa < sb ? -1 : sa > sb;
}

static struct state *state_of(const struct symbol *sym)
{
	const struct state key = { .sym = sym };

	return bsearch(&key, states, n_states, sizeof(*states), by_address);
}

static bool must(const struct expr *e);

/* A choice is a symbol without a name, in older trees. */
static bool is_defined(const struct symbol *sym)
{
	return sym->type != S_UNKNOWN && !(sym->flags & SYMBOL_CONST);
}

static bool may_symbol(const struct symbol *sym)
{
	const struct state *s = state_of(sym);

	if (s)
		return s->on;
	/* A choice may have no name. */
	return !sym->name || (sym->flags & SYMBOL_CONST && (probed || sym->curr.tri != no));
}

static bool must_symbol(const struct symbol *sym)
{
	const struct state *s = state_of(sym);

	if (s)
		return s->must;
	return sym->flags & SYMBOL_CONST && !probed && sym->curr.tri == yes;
}

/* A comparison: of two constants it is settled. */
static bool may_compare(const struct expr *e)
{
	const struct symbol *l = e->left.sym, *r = e->right.sym;

	if (e->type == E_EQUAL && (r == &symbol_yes || r == &symbol_mod))
		return may_symbol(l);
	if (e->type == E_EQUAL && r == &symbol_no)
		return !must_symbol(l);
	if (e->type == E_UNEQUAL && r == &symbol_no)
		return may_symbol(l);
	return true;
}

static bool may(const struct expr *e)
{
	if (!e)
		return true;
	switch (e->type) {
	case E_OR:
		return may(e->left.expr) || may(e->right.expr);
	case E_AND:
		return may(e->left.expr) && may(e->right.expr);
	case E_NOT:
		return !must(e->left.expr);
	case E_SYMBOL:
		return may_symbol(e->left.sym);
	default:
		return may_compare(e);
	}
}

static bool must(const struct expr *e)
{
	if (!e)
		return true;
	switch (e->type) {
	case E_OR:
		return must(e->left.expr) || must(e->right.expr);
	case E_AND:
		return must(e->left.expr) && must(e->right.expr);
	case E_NOT:
		return !may(e->left.expr);
	case E_SYMBOL:
		return must_symbol(e->left.sym);
	default:
		return false;
	}
}

static bool is_probed(const struct symbol *sym)
{
	struct kc_place at[PLACES_MAX];
	size_t n = kc_places(sym, at, PLACES_MAX);

	for (size_t i = 0; i < n; i++)
		if (probe_asked(at[i].file, at[i].first, at[i].last))
			return true;
	return false;
}

static bool find_on(const struct symbol *sym)
{
	struct property *prop;

	for_all_prompts(sym, prop)
		if (may(prop->visible.expr))
			return true;
	for_all_defaults(sym, prop) if (may(prop->visible.expr) &&
					(!kc_is_tristate(sym) || may(prop->expr))) return true;
	return (sym->rev_dep.expr && may(sym->rev_dep.expr)) ||
	       (sym->implied.expr && may(sym->implied.expr));
}

static bool find_must(const struct symbol *sym)
{
	struct property *prop;
	bool prompt = false;

	if (!kc_is_tristate(sym))
		return false;
	if (sym->rev_dep.expr && must(sym->rev_dep.expr))
		return true;
	for_all_prompts(sym, prop)
		prompt |= may(prop->visible.expr);
	if (prompt)
		return false;
	/* The first default that applies counts. */
	for_all_defaults(sym, prop)
	{
		if (!may(prop->visible.expr))
			continue;
		return must(prop->visible.expr) && must(prop->expr);
	}
	return false;
}

static void settle(bool (*find)(const struct symbol *), size_t member)
{
	bool more = true;

	while (more) {
		more = false;
		for (size_t i = 0; i < n_states; i++) {
			bool *to = (bool *)((char *)&states[i] + member);

			probed = states[i].probed;
			if (*to || !is_defined(states[i].sym) || !find(states[i].sym))
				continue;
			*to = more = true;
		}
	}
}

void possible_find(void)
{
	struct symbol *sym;

	kc_for_all_symbols(sym) {
		if (sym->flags & SYMBOL_CONST)
			continue;
		grow(states, n_states, max_states);
		states[n_states++] = (struct state){ .sym = sym };
	}
	if (n_states)
		qsort(states, n_states, sizeof(*states), by_address);
	for (size_t i = 0; i < n_states; i++)
		states[i].probed = kc_defined(states[i].sym) && is_probed(states[i].sym);
	settle(find_on, offsetof(struct state, on));
	settle(find_must, offsetof(struct state, must));
	/* Now that some must be on, what needs them off cannot be. */
	for (size_t i = 0; i < n_states; i++)
		states[i].on = false;
	settle(find_on, offsetof(struct state, on));
}

bool possible_on(const struct symbol *sym)
{
	const struct state *s = state_of(sym);

	return s && s->on;
}

bool possible_off(const struct symbol *sym)
{
	const struct state *s = state_of(sym);

	return !s || !s->must;
}
