// SPDX-License-Identifier: GPL-2.0-only
/*
 * Advice: the lines that give an option another value. They are tried as they are printed:
 * each line must hold over the fragments, and each loss is reported. When a plan fails, its result
 * corrects it, or a new search avoids one of its steps.
 */
#include <stdlib.h>
#include <string.h>

#include "explain.h"

enum {
	ROUNDS_MAX = 4, /* corrections of one plan */
	DETOURS_MAX = 6, /* plans that avoid one step of the first */
	EXTRA_MAX = 120 /* trials beyond the first of each option, in one explain_try() */
};

static const char value_letter[] = "nmy";

/* A plan and its result. */
struct attempt {
	tristate want;
	struct plan plan;
	struct trial trial;
	bool made;
};

/* ---- finding -------------------------------------------------------------------- */

static size_t find_step(const struct plan *p, const struct symbol *sym)
{
	size_t i = 0;

	while (i < p->n && p->step[i].sym != sym)
		i++;
	return i;
}

/* The option's own request is lost, or disables it: in both cases the request must change. */
static void add_own_step(struct plan *p, struct symbol *sym, tristate want, const struct request *r)
{
	if (!r || !kc_is_tristate(sym) || *r->value == value_letter[want] || p->n == PLAN_MAX ||
	    find_step(p, sym) < p->n)
		return;
	p->step[p->n].sym = sym;
	p->step[p->n++].value = want;
}

static void add_way(struct explanation *x, const struct fragments *f, tristate want)
{
	struct plan *p = &x->way[x->n_ways].plan;

	if (!plan_find_over(f, NULL, x->sym, want, p))
		return;
	add_own_step(p, x->sym, want, frag_find(f, x->sym->name));
	if (p->n)
		x->way[x->n_ways++].want = want;
}

static size_t contradicted(const struct explanation *x, size_t way)
{
	return x->way[way].plan.cost / PLAN_CONTRADICTS;
}

void explain_find(struct explanation *x, const struct fragments *f)
{
	bool modules = x->sym->type == S_TRISTATE && modules_sym && modules_sym->curr.tri != no;

	x->n_ways = 0;
	if (x->aim == AIM_OFF || x->aim == AIM_ASKED)
		add_way(x, f, no);
	if (x->aim == AIM_M || (x->aim == AIM_ON && modules))
		add_way(x, f, mod);
	if (x->aim == AIM_M || x->aim == AIM_ON || x->aim == AIM_Y)
		add_way(x, f, yes);
	/* A module, if only the option's own request must change for that. */
	if (x->aim == AIM_Y && modules && x->n_ways && contradicted(x, 0)) {
		add_way(x, f, mod);
		if (x->n_ways == 2 && contradicted(x, 1) <= contradicted(x, 0))
			x->way[0] = x->way[1];
		x->n_ways = 1;
	}
}

/* ---- trying --------------------------------------------------------------------- */

static bool is_clean(const struct attempt *a)
{
	return a->made && a->trial.works && a->trial.holds && !a->trial.lost;
}

static bool is_better(const struct attempt *a, const struct attempt *b)
{
	bool good_a = a->trial.works && a->trial.holds, good_b = b->trial.works && b->trial.holds;

	if (!b->made || good_a != good_b)
		return !b->made || good_a;
	return a->trial.lost < b->trial.lost;
}

static void drop(struct plan *p, size_t i)
{
	p->n--;
	memmove(&p->step[i], &p->step[i + 1], (p->n - i) * sizeof(*p->step));
}

/*
 * Correct the steps with another result than planned: one with a higher value, by a select, needs
 * no line, or a line with that value; one with a lower value gets that value. False if none is.
 */
static bool mend(struct attempt *a, const struct fragments *f, const struct symbol *sym, bool first)
{
	bool mended = false;

	for (size_t i = a->plan.n; i-- > 0;) {
		const struct symbol *s = a->plan.step[i].sym;
		tristate came = a->trial.came[i];
		bool needed = s == sym || frag_find(f, s->name);

		if (came == a->plan.step[i].value)
			continue;
		mended = true;
		if (!needed && (came == no || (first && came > a->plan.step[i].value)))
			drop(&a->plan, i);
		else
			a->plan.step[i].value = came;
	}
	return mended && a->plan.n;
}

static bool may_try(size_t *extra)
{
	return *extra && (*extra)--;
}

/* Try A, and correct it as often as that helps; BEST is the best so far. False with errno set. */
static bool try_one(struct explanation *x, const struct fragments *f, struct attempt *a,
		    struct attempt *best, size_t *extra)
{
	bool on = x->aim == AIM_ON;

	for (int round = 0; round < ROUNDS_MAX; round++) {
		size_t own;

		if (!plan_try(f, &a->plan, x->sym, a->want, &a->trial))
			return false;
		a->made = true;
		own = find_step(&a->plan, x->sym);
		/* A planned module may be built in. */
		if (on && own == a->plan.n && x->sym->curr.tri != no)
			a->trial.works = true;
		if (is_better(a, best))
			*best = *a;
		if (is_clean(a) || !may_try(extra) || !mend(a, f, x->sym, round == 0))
			break;
		own = find_step(&a->plan, x->sym);
		if (on && own < a->plan.n && a->plan.step[own].value != no)
			a->want = a->plan.step[own].value;
	}
	return true;
}

/* Try plans that avoid one step of BEST. The tree is resolved with some plan afterwards. */
static bool try_detours(struct explanation *x, const struct fragments *f, struct attempt *best,
			size_t *extra)
{
	struct attempt *way = mem_zalloc(DETOURS_MAX * sizeof(*way));
	size_t n = 0;
	bool done = !*extra || plan_settle(f);

	for (size_t i = 0; done && *extra && i < best->plan.n && n < DETOURS_MAX; i++) {
		if (best->plan.step[i].sym == x->sym)
			continue;
		way[n].want = best->want;
		if (plan_find_over(f, best->plan.step[i].sym, x->sym, best->want, &way[n].plan)) {
			add_own_step(&way[n].plan, x->sym, best->want, frag_find(f, x->sym->name));
			n += way[n].plan.n != 0;
		}
	}
	for (size_t i = 0; done && i < n && !is_clean(best) && may_try(extra); i++)
		done = try_one(x, f, &way[i], best, extra);
	free(way);
	return done;
}

/*
 * Options that BEST selects although a fragment disables them: override each such request, if
 * they are few and no other request is lost.
 */
static bool try_overrides(struct explanation *x, const struct fragments *f, struct attempt *best,
			  size_t *extra)
{
	struct attempt a = { .want = best->want, .plan = best->plan };
	const struct trial *t = &best->trial;

	if (!t->works || !t->holds || t->lost > sizeof(t->first_lost) / sizeof(*t->first_lost) ||
	    a.plan.n + t->lost > PLAN_MAX || !may_try(extra))
		return true;
	for (size_t i = 0; i < t->lost; i++) {
		struct symbol *sym = sym_find(t->first_lost[i]);

		if (strcmp(frag_find(f, t->first_lost[i])->value, "n") || !kc_is_tristate(sym))
			return true;
		a.plan.step[a.plan.n].sym = sym;
		a.plan.step[a.plan.n++].value = sym->type == S_BOOLEAN ? yes : mod;
	}
	return try_one(x, f, &a, best, extra);
}

/* ---- as facts ------------------------------------------------------------------- */

static json_t *line_of(const char *name, tristate value)
{
	return value == no ? json_sprintf("# CONFIG_%s is not set", name) :
			     json_sprintf("CONFIG_%s=%c", name, value_letter[value]);
}

static json_t *directive_of(const struct fragments *f, const struct request *r)
{
	char *text = frag_override(f, r);
	json_t *directive = json_string(text);

	free(text);
	return directive;
}

static json_t *at_request(json_t *line, const struct request *r)
{
	return json_pack("{s:o, s:s, s:s, s:i, s:s*}", "line", line, "value", r->value, "file",
			 r->para->file, "at", r->line, "reason", r->para->reason);
}

/*
 * Must R change in its file? Yes if it is in the last layer, or in the layer of a lost request,
 * which then cannot override it.
 */
static bool is_to_change(const struct explanation *x, const struct request *own,
			 const struct request *r)
{
	bool lost = own && x->aim != AIM_ON;

	return r->para->layer == LAYER_FLAVOUR || (lost && r->para->layer == own->para->layer);
}

/* The option's own request, if it stays: the lines to add belong beside it. */
static void add_own(const struct explanation *x, const struct request *own, const struct plan *p,
		    json_t *fix)
{
	size_t i = find_step(p, x->sym);

	if (own && kc_is_tristate(x->sym) && *own->value != 'n' &&
	    (i == p->n || p->step[i].value == kc_tristate(own->value)))
		json_object_set_new(fix, "own", line_of(x->sym->name, kc_tristate(own->value)));
}

/* Sort the steps into add, override and change; true if all are additions that enable options. */
static bool add_lines(const struct explanation *x, const struct fragments *f, const struct plan *p,
		      json_t *fix)
{
	json_t *set = json_array(), *add = json_array(), *over = json_array(), *change = json_array();
	const struct request *own = frag_find(f, x->sym->name);
	bool plain = true;

	for (size_t i = 0; i < p->n; i++) {
		struct symbol *sym = p->step[i].sym;
		const struct request *r = frag_find(f, sym->name);
		json_t *line = line_of(sym->name, p->step[i].value), *item;

		if (r && *r->value == value_letter[p->step[i].value] && !r->value[1]) {
			json_decref(line);
			continue;
		}
		json_array_append(set, line);
		plain &= !r && p->step[i].value != no;
		if (!r) {
			json_array_append_new(add, line);
			continue;
		}
		item = at_request(line, r);
		if (is_to_change(x, own, r)) {
			json_array_append_new(change, item);
			continue;
		}
		json_object_set_new(item, "directive", directive_of(f, r));
		json_array_append_new(over, item);
	}
	add_own(x, own, p, fix);
	json_object_set_new(fix, "set", set);
	json_object_set_new(fix, "add", add);
	json_object_set_new(fix, "override", over);
	json_object_set_new(fix, "change", change);
	return plain;
}

static json_t *facts_of(struct explanation *x, const struct fragments *f, const struct attempt *best)
{
	const struct trial *t = &best->trial;
	json_t *fix = json_object(), *lost;

	x->planned = best->made && t->works && t->holds;
	if (x->planned)
		x->plain = add_lines(x, f, &best->plan, fix);
	if (!json_array_size(json_object_get(fix, "set")))
		x->planned = false;
	json_object_set_new(fix, "works", json_boolean(x->planned));
	if (!x->planned)
		return fix;
	x->plan = best->plan;
	lost = json_array();
	for (size_t j = 0; j < sizeof(t->first_lost) / sizeof(*t->first_lost) && t->first_lost[j]; j++)
		json_array_append_new(lost, json_string(t->first_lost[j]));
	json_object_set_new(fix, "changes", json_integer((json_int_t)t->changes));
	json_object_set_new(fix, "lost", json_integer((json_int_t)t->lost));
	json_object_set_new(fix, "first_lost", lost);
	return fix;
}

bool explain_try(struct explanation *x, size_t n, const struct fragments *f)
{
	size_t extra = EXTRA_MAX;
	bool tried = false;

	for (size_t i = 0; i < n; i++) {
		struct attempt best = { 0 };

		for (size_t j = 0; j < x[i].n_ways && !is_clean(&best); j++) {
			struct attempt a = { .want = x[i].way[j].want, .plan = x[i].way[j].plan };

			if (!tried)
				plan_mark(f);
			tried = true;
			if (!try_one(&x[i], f, &a, &best, &extra))
				return false;
		}
		if (best.made && !is_clean(&best) && !try_detours(&x[i], f, &best, &extra))
			return false;
		if (best.made && !is_clean(&best) && !try_overrides(&x[i], f, &best, &extra))
			return false;
		if (x[i].aim != AIM_NONE)
			json_object_set_new(x[i].facts, "fix", facts_of(&x[i], f, &best));
	}
	return !tried || plan_settle(f);
}
