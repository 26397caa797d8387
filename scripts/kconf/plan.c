// SPDX-License-Identifier: GPL-2.0-only
/*
 * The search goes from the option backwards through the expressions that keep it where
 * it is, takes the cheapest alternative at each OR, and never asks for what holds
 * already. It trusts the values of the resolved tree, which its own assignments may
 * change; so what it finds is tried before it is told.
 */
#include <stdlib.h>
#include <string.h>

#include "plan.h"

/* Deeper chains of dependencies than these have not been seen to lead anywhere. */
enum { DEPTH_MAX = 20, VISITS_MAX = 20000 };

struct search {
	struct symbol *path[DEPTH_MAX]; /* what is being worked on, against circles */
	size_t depth;
	size_t visits;
};

static bool raise_to(struct search *s, struct expr *e, tristate want, struct plan *p);
static bool lower_to(struct search *s, struct expr *e, tristate most, struct plan *p);

/* Note SYM=VALUE; false if it contradicts what the plan says already. */
static bool assign(struct plan *p, struct symbol *sym, tristate value)
{
	if (!sym->name) /* a choice is had by asking for one of its members */
		return true;
	for (size_t i = 0; i < p->n; i++) {
		if (p->step[i].sym != sym)
			continue;
		if ((p->step[i].value == no) != (value == no))
			return false;
		if (value > p->step[i].value)
			p->step[i].value = value;
		return true;
	}
	if (p->n == PLAN_MAX)
		return false;
	p->step[p->n].sym = sym;
	p->step[p->n++].value = value;
	return true;
}

static bool enter(struct search *s, struct symbol *sym)
{
	if (s->depth == DEPTH_MAX || s->visits == VISITS_MAX)
		return false;
	for (size_t i = 0; i < s->depth; i++)
		if (s->path[i] == sym)
			return false;
	s->path[s->depth++] = sym;
	s->visits++;
	return true;
}

/* Keep the cheaper of two plans; FOUND says whether there is a best one yet. */
static void keep(struct plan *best, bool *found, const struct plan *candidate)
{
	if (!*found || candidate->n < best->n)
		*best = *candidate;
	*found = true;
}

/* Ask for one of the OR-ed terms of a reverse dependency. */
static void raise_by_select(struct search *s, struct expr *e, tristate want,
			    const struct plan *from, struct plan *best, bool *found)
{
	struct plan candidate = *from;

	if (!e || (*found && best->n <= from->n + 1))
		return;
	if (e->type == E_OR) {
		raise_by_select(s, e->left.expr, want, from, best, found);
		raise_by_select(s, e->right.expr, want, from, best, found);
	} else if (raise_to(s, e, want, &candidate)) {
		keep(best, found, &candidate);
	}
}

static bool raise_symbol(struct search *s, struct symbol *sym, tristate want, struct plan *p)
{
	struct plan best = { 0 };
	struct property *prop;
	tristate need = want;
	bool found = false;

	if (sym->curr.tri >= want)
		return true;
	if ((sym->flags & SYMBOL_CONST) || !kc_is_tristate(sym))
		return false;
	/* A bool becomes y where a tristate would be m. */
	if (sym->type == S_BOOLEAN) {
		want = yes;
		need = mod;
	}
	for (size_t i = 0; i < p->n; i++)
		if (p->step[i].sym == sym && p->step[i].value >= want)
			return true;
	if (!enter(s, sym))
		return false;
	for_all_prompts(sym, prop) {
		struct plan candidate = *p;

		if (raise_to(s, prop->visible.expr, need, &candidate) &&
		    assign(&candidate, sym, want))
			keep(&best, &found, &candidate);
	}
	for_all_defaults(sym, prop) {
		struct plan candidate = *p;

		/* With a prompt its default is not taken: it is n until asked for. */
		if (!found && raise_to(s, prop->visible.expr, need, &candidate) &&
		    raise_to(s, prop->expr, need, &candidate))
			keep(&best, &found, &candidate);
	}
	raise_by_select(s, sym->rev_dep.expr, need, p, &best, &found);
	s->depth--;
	if (found)
		*p = best;
	return found;
}

static bool lower_symbol(struct search *s, struct symbol *sym, tristate most, struct plan *p)
{
	struct property *prop;
	bool lowered, prompt = false;

	if (sym->curr.tri <= most)
		return true;
	if ((sym->flags & SYMBOL_CONST) || !kc_is_tristate(sym) || !enter(s, sym))
		return false;
	/* What is less than y of a bool is n. */
	if (sym->type == S_BOOLEAN)
		most = no;
	lowered = !sym->rev_dep.expr || lower_to(s, sym->rev_dep.expr, most, p);
	for_all_prompts(sym, prop)
		prompt |= expr_calc_value(prop->visible.expr) != no;
	if (lowered && prompt) {
		lowered = assign(p, sym, most);
	} else if (lowered) {
		for_all_defaults(sym, prop) {
			struct plan candidate = *p;

			if (lower_to(s, prop->expr, most, &candidate) ||
			    (candidate = *p, lower_to(s, prop->visible.expr, most, &candidate)))
				*p = candidate;
			else
				lowered = false;
		}
	}
	s->depth--;
	return lowered;
}

/* The cheaper of two ways; both arms are tried on plans of their own. */
static bool either(struct search *s, struct expr *e, tristate value, struct plan *p,
		   bool (*way)(struct search *, struct expr *, tristate, struct plan *))
{
	struct plan left = *p, right = *p, best = *p;
	bool found = false;

	if (way(s, e->left.expr, value, &left))
		keep(&best, &found, &left);
	if ((!found || best.n > p->n) && way(s, e->right.expr, value, &right))
		keep(&best, &found, &right);
	if (found)
		*p = best;
	return found;
}

static bool raise_to(struct search *s, struct expr *e, tristate want, struct plan *p)
{
	if (!e || expr_calc_value(e) >= want)
		return true;
	switch (e->type) {
	case E_AND:
		return raise_to(s, e->left.expr, want, p) && raise_to(s, e->right.expr, want, p);
	case E_OR:
		return either(s, e, want, p, raise_to);
	case E_NOT:
		return lower_to(s, e->left.expr, (tristate)(yes - want), p);
	case E_SYMBOL:
		return raise_symbol(s, e->left.sym, want, p);
	case E_EQUAL:
		if (e->right.sym == &symbol_yes)
			return raise_symbol(s, e->left.sym, yes, p);
		return e->right.sym == &symbol_no && lower_symbol(s, e->left.sym, no, p);
	case E_UNEQUAL:
		if (e->right.sym == &symbol_no)
			return raise_symbol(s, e->left.sym, mod, p);
		return (e->right.sym == &symbol_yes || e->right.sym == &symbol_mod) &&
		       lower_symbol(s, e->left.sym, no, p);
	default: /* comparisons of numbers: a compiler's version, a page's size */
		return false;
	}
}

static bool lower_to(struct search *s, struct expr *e, tristate most, struct plan *p)
{
	if (!e)
		return most == yes;
	if (expr_calc_value(e) <= most)
		return true;
	switch (e->type) {
	case E_OR:
		return lower_to(s, e->left.expr, most, p) && lower_to(s, e->right.expr, most, p);
	case E_AND:
		return either(s, e, most, p, lower_to);
	case E_NOT:
		return raise_to(s, e->left.expr, (tristate)(yes - most), p);
	case E_SYMBOL:
		return lower_symbol(s, e->left.sym, most, p);
	case E_UNEQUAL:
		return e->right.sym == &symbol_no && lower_symbol(s, e->left.sym, no, p);
	default:
		return false;
	}
}

bool plan_find(struct symbol *sym, tristate want, struct plan *plan)
{
	struct search s = { 0 };

	plan->n = 0;
	if (!kc_defined(sym) || !kc_is_tristate(sym))
		return false;
	if (want == mod && sym->type == S_BOOLEAN)
		return false;
	return sym->curr.tri < want ? raise_symbol(&s, sym, want, plan) :
				      lower_symbol(&s, sym, want, plan);
}

/* ---- trying --------------------------------------------------------------------- */

static char **marked; /* the value of each symbol, in the table's order */
static bool *met; /* which requests held */

void plan_mark(const struct fragments *f)
{
	struct symbol *sym;
	size_t n = 0, i = 0;

	kc_for_all_symbols(sym)
		n++;
	if (marked)
		for (size_t j = 0; j < n; j++)
			free(marked[j]);
	marked = kc_realloc(marked, n * sizeof(*marked));
	kc_for_all_symbols(sym)
		marked[i++] = kc_strdup(sym->name ? kc_value(sym) : "");
	met = kc_realloc(met, f->n_req + 1);
	for (size_t j = 0; j < f->n_req; j++)
		met[j] = kc_holds(sym_find(f->req[j]->name), f->req[j]->value);
}

const char *plan_marked(size_t n)
{
	return marked[n];
}

bool plan_resolve(const struct fragments *f, const struct assignment *extra, size_t n)
{
	FILE *said = stderr, *null = fopen("/dev/null", "w");
	bool done;

	if (null)
		stderr = null; /* a variable, in glibc */
	done = tree_resolve(f, extra, n);
	stderr = said;
	if (null)
		fclose(null);
	return done;
}

bool plan_try(const struct fragments *f, const struct plan *plan, struct symbol *sym,
	      tristate want, struct trial *trial)
{
	static const char *const values[] = { [no] = "n", [mod] = "m", [yes] = "y" };
	struct assignment extra[PLAN_MAX];
	struct symbol *s;
	size_t i = 0;

	*trial = (struct trial){ 0 };
	for (size_t j = 0; j < plan->n; j++)
		extra[j] = (struct assignment){ plan->step[j].sym->name,
						values[plan->step[j].value] };
	if (!plan_resolve(f, extra, plan->n))
		return false;
	trial->works = sym->curr.tri == want;
	kc_for_all_symbols(s) {
		if (s->name && s != sym && strcmp(marked[i], kc_value(s)))
			trial->changes++;
		i++;
	}
	for (size_t j = 0; j < f->n_req; j++) {
		const struct request *r = f->req[j];

		if (!met[j] || kc_holds(sym_find(r->name), r->value))
			continue;
		if (trial->lost < sizeof(trial->first_lost) / sizeof(*trial->first_lost))
			trial->first_lost[trial->lost] = r->name;
		trial->lost++;
	}
	return true;
}

bool plan_settle(const struct fragments *f)
{
	return plan_resolve(f, NULL, 0);
}
