// SPDX-License-Identifier: GPL-2.0-only
/*
 * The search goes from the option backwards through the expressions that keep it where
 * it is, takes the cheapest alternative at each OR, and never requests a value that holds
 * already. It trusts the values of the resolved tree, which its own assignments may
 * change; so a plan is tried before it is printed.
 */
#include <stdlib.h>
#include <string.h>

#include "plan.h"

/* Deeper chains of dependencies than these have not been seen to lead anywhere. */
enum { DEPTH_MAX = 20, VISITS_MAX = 20000 };

/*
 * The cost of a step: to contradict a request costs more than any number of other steps, and to
 * build in more than to make a module. A value that a fragment requests already costs nothing.
 */
enum { COST_STEP = 16, COST_BUILT_IN = 1, COST_CONTRADICTS = PLAN_CONTRADICTS };

struct search {
	const struct fragments *f; /* whose requests are not to be contradicted, or NULL */
	const struct symbol *avoid; /* not to be assigned, or NULL */
	struct symbol *path[DEPTH_MAX]; /* the options in work, against circles */
	size_t depth;
	size_t visits;
};

static bool raise_to(struct search *s, struct expr *e, tristate want, struct plan *p);
static bool lower_to(struct search *s, struct expr *e, tristate most, struct plan *p);

/* The request for y, m or n that a fragment makes of SYM, a choice or not, or NULL. */
static const struct request *request_of(const struct search *s, const struct symbol *sym)
{
	const struct request *r = s->f && sym->name ? frag_find(s->f, sym->name) : NULL;

	return r && strchr("ymn", *r->value) ? r : NULL;
}

static size_t cost(const struct search *s, const struct symbol *sym, tristate value)
{
	const struct request *r = request_of(s, sym);

	if (r)
		return kc_tristate(r->value) == value ? 0 : COST_CONTRADICTS;
	return COST_STEP + (sym->type == S_TRISTATE && value == yes ? COST_BUILT_IN : 0);
}

/* Note SYM=VALUE; false if it contradicts what the plan says already. */
static bool assign(const struct search *s, struct plan *p, struct symbol *sym, tristate value)
{
	if (!sym->name) /* a choice is enabled by a request for one of its members */
		return true;
	if (sym == s->avoid)
		return false;
	for (size_t i = 0; i < p->n; i++) {
		if (p->step[i].sym != sym)
			continue;
		if ((p->step[i].value == no) != (value == no))
			return false;
		if (value > p->step[i].value) {
			p->cost += cost(s, sym, value) - cost(s, sym, p->step[i].value);
			p->step[i].value = value;
		}
		return true;
	}
	if (p->n == PLAN_MAX)
		return false;
	p->cost += cost(s, sym, value);
	p->step[p->n].sym = sym;
	p->step[p->n++].value = value;
	return true;
}

/* SYM=y for a member of a choice: it replaces another one that is requested. */
static bool assign_member(const struct search *s, struct plan *p, struct symbol *sym,
			  tristate value)
{
	struct symbol *winner = kc_in_choice(sym) ? kc_choice_winner(sym) : NULL;
	const struct request *r = winner && winner != sym ? request_of(s, winner) : NULL;

	return assign(s, p, sym, value) &&
	       (!r || kc_tristate(r->value) != yes || assign(s, p, winner, no));
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
	if (!*found || candidate->cost < best->cost)
		*best = *candidate;
	*found = true;
}

/* A request for SYM with another value than VALUE must change, whatever sets the value. */
static bool change_request(const struct search *s, struct plan *p, struct symbol *sym,
			   tristate value)
{
	const struct request *r = request_of(s, sym);

	return !r || kc_tristate(r->value) == value || assign(s, p, sym, value);
}

/* Raise one of the OR-ed terms of SYM's reverse dependency. */
static void raise_by_select(struct search *s, struct expr *e, struct symbol *sym, tristate want,
			    const struct plan *from, struct plan *best, bool *found)
{
	tristate need = sym->type == S_BOOLEAN ? mod : want;
	struct plan candidate = *from;

	if (!e || (*found && best->cost <= from->cost + COST_STEP))
		return;
	if (e->type == E_OR) {
		raise_by_select(s, e->left.expr, sym, want, from, best, found);
		raise_by_select(s, e->right.expr, sym, want, from, best, found);
	} else if (raise_to(s, e, need, &candidate) && change_request(s, &candidate, sym, want)) {
		keep(best, found, &candidate);
	}
}

/* Plan SYM=WANT by its prompt, its default or an option that selects it. */
static bool raise_by(struct search *s, struct symbol *sym, tristate want, struct plan *p)
{
	/* A bool becomes y where a tristate becomes m. */
	tristate need = sym->type == S_BOOLEAN ? mod : want;
	struct plan best = { 0 };
	struct property *prop;
	bool found = false;

	for_all_prompts(sym, prop) {
		struct plan candidate = *p;

		if (raise_to(s, prop->visible.expr, need, &candidate) &&
		    assign_member(s, &candidate, sym, want))
			keep(&best, &found, &candidate);
	}
	for_all_defaults(sym, prop) {
		struct plan candidate = *p;

		/* With a prompt its default is not taken: it is n until it is requested. */
		if (!found && raise_to(s, prop->visible.expr, need, &candidate) &&
		    raise_to(s, prop->expr, need, &candidate) &&
		    change_request(s, &candidate, sym, want))
			keep(&best, &found, &candidate);
	}
	raise_by_select(s, sym->rev_dep.expr, sym, want, p, &best, &found);
	if (found)
		*p = best;
	return found;
}

bool plan_never(const struct symbol *sym)
{
	return sym->name && !strcmp(sym->name, "COMPILE_TEST");
}

static bool raise_symbol(struct search *s, struct symbol *sym, tristate want, struct plan *p)
{
	const struct request *r;
	bool found;

	if (sym->curr.tri >= want)
		return true;
	if ((sym->flags & SYMBOL_CONST) || !kc_is_tristate(sym) || plan_never(sym))
		return false;
	if (sym->type == S_BOOLEAN)
		want = yes;
	for (size_t i = 0; i < p->n; i++)
		if (p->step[i].sym == sym && p->step[i].value >= want)
			return true;
	if (!enter(s, sym))
		return false;
	/* A request that is lost so far must hold too. */
	r = want == mod && s->depth > 1 ? request_of(s, sym) : NULL;
	found = (r && kc_tristate(r->value) == yes && raise_by(s, sym, yes, p)) ||
		raise_by(s, sym, want, p);
	s->depth--;
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
	/* A bool that is less than y is n. */
	if (sym->type == S_BOOLEAN)
		most = no;
	lowered = !sym->rev_dep.expr || lower_to(s, sym->rev_dep.expr, most, p);
	for_all_prompts(sym, prop)
		prompt |= expr_calc_value(prop->visible.expr) != no;
	if (lowered && prompt) {
		lowered = assign(s, p, sym, most);
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

/* The cheaper of two alternatives; each is tried on a copy of the plan. */
static bool either(struct search *s, struct expr *e, tristate value, struct plan *p,
		   bool (*way)(struct search *, struct expr *, tristate, struct plan *))
{
	struct plan left = *p, right = *p, best = *p;
	bool found = false;

	if (way(s, e->left.expr, value, &left))
		keep(&best, &found, &left);
	if ((!found || best.cost > p->cost) && way(s, e->right.expr, value, &right))
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

bool plan_find_over(const struct fragments *f, const struct symbol *avoid, struct symbol *sym,
		    tristate want, struct plan *plan)
{
	struct search s = { .f = f, .avoid = avoid };
	struct property *prop;

	*plan = (struct plan){ 0 };
	if (!kc_defined(sym))
		return false;
	if (!kc_is_tristate(sym)) {
		for_all_prompts(sym, prop)
			if (raise_to(&s, prop->visible.expr, mod, plan))
				return plan->n != 0;
		return false;
	}
	if (want == mod && sym->type == S_BOOLEAN)
		return false;
	return sym->curr.tri < want ? raise_symbol(&s, sym, want, plan) :
				      lower_symbol(&s, sym, want, plan);
}

bool plan_find(struct symbol *sym, tristate want, struct plan *plan)
{
	return kc_is_tristate(sym) && plan_find_over(NULL, NULL, sym, want, plan);
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
	marked = mem_realloc(marked, n * sizeof(*marked));
	kc_for_all_symbols(sym)
		marked[i++] = mem_strdup(sym->name ? kc_value(sym) : "");
	met = mem_realloc(met, f->n_req + 1);
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

/* A request that the plan replaces is not lost. */
static bool is_replaced(const struct plan *plan, const char *name)
{
	for (size_t i = 0; i < plan->n; i++)
		if (!strcmp(plan->step[i].sym->name, name))
			return true;
	return false;
}

bool plan_try(const struct fragments *f, const struct plan *plan, struct symbol *sym,
	      tristate want, struct trial *trial)
{
	static const char *const values[] = { [no] = "n", [mod] = "m", [yes] = "y" };
	const struct request *own = frag_find(f, sym->name);
	struct assignment extra[PLAN_MAX];
	struct symbol *s;
	size_t i = 0;

	*trial = (struct trial){ .holds = true };
	for (size_t j = 0; j < plan->n; j++)
		extra[j] = (struct assignment){ plan->step[j].sym->name,
						values[plan->step[j].value] };
	if (!plan_resolve(f, extra, plan->n))
		return false;
	trial->works = kc_is_tristate(sym) ? sym->curr.tri == want :
					     own && kc_holds(sym, own->value);
	for (size_t j = 0; j < plan->n; j++) {
		trial->came[j] = plan->step[j].sym->curr.tri;
		trial->holds &= trial->came[j] == plan->step[j].value;
	}
	kc_for_all_symbols(s) {
		if (s->name && s != sym && strcmp(marked[i], kc_value(s)))
			trial->changes++;
		i++;
	}
	for (size_t j = 0; j < f->n_req; j++) {
		const struct request *r = f->req[j];

		if (!met[j] || is_replaced(plan, r->name) || kc_holds(sym_find(r->name), r->value))
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
