// SPDX-License-Identifier: GPL-2.0-only
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "explain.h"
#include "names.h"
#include "origin.h"
#include "probe.h"
#include "tree.h"

enum { PLACES_MAX = 16, CAUSES_MAX = 4, DEPTH_MAX = 4 };

/* ---- expressions as text -------------------------------------------------------- */

static void print_with_value(void *out, struct symbol *sym, const char *text)
{
	fputs(text, out);
	if (sym && sym->name && !(sym->flags & SYMBOL_CONST))
		fprintf(out, "[=%s]", kc_value(sym));
}

static void print_plain(void *out, struct symbol *sym, const char *text)
{
	(void)sym;
	fputs(text, out);
}

/*
 * What of E falls short of WANT: of an AND the parts that do, of an OR all its parts,
 * each as far as it does.
 */
static void print_shortfall(struct expr *e, tristate want, FILE *out, enum expr_type above)
{
	struct expr *l = e->left.expr, *r = e->right.expr;
	bool bracket = e->type == E_OR && above == E_AND;

	switch (e->type) {
	case E_AND:
		if (expr_calc_value(l) < want && expr_calc_value(r) < want) {
			print_shortfall(l, want, out, E_AND);
			fputs(" && ", out);
			print_shortfall(r, want, out, E_AND);
		} else {
			print_shortfall(expr_calc_value(l) < want ? l : r, want, out, above);
		}
		break;
	case E_OR:
		fputs(bracket ? "(" : "", out);
		print_shortfall(l, want, out, E_OR);
		fputs(" || ", out);
		print_shortfall(r, want, out, E_OR);
		fputs(bracket ? ")" : "", out);
		break;
	default:
		expr_print(e, print_with_value, out, above == E_AND ? E_AND : E_NONE);
	}
}

/* Text of an expression; WANT is no for all of it. */
static json_t *text_of(struct expr *e, tristate want)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);
	json_t *string;

	if (!out)
		return json_null();
	if (!e)
		fputs("y", out);
	else if (want == no)
		expr_print(e, print_plain, out, E_NONE);
	else if (expr_calc_value(e) < want)
		print_shortfall(e, want, out, E_NONE);
	fclose(out);
	string = json_string(text);
	free(text);
	return string;
}

/* ---- places --------------------------------------------------------------------- */

static json_t *place(const char *file, int line)
{
	return json_sprintf("%s:%d", file, line);
}

static json_t *defined(struct symbol *sym)
{
	struct kc_place at[PLACES_MAX];
	size_t n = kc_places(sym, at, PLACES_MAX);
	json_t *list = json_array();

	for (size_t i = 0; i < n; i++)
		json_array_append_new(list, place(at[i].file, at[i].first));
	return list;
}

static json_t *asked(const struct fragments *f, const char *name)
{
	const struct request *r = frag_find(f, name);

	if (!r)
		return NULL;
	return json_pack("{s:s, s:s, s:i, s:s*}", "value", r->value, "file", r->para->file, "line",
			 r->line, "reason", r->para->reason);
}

/* A probe in SYM's definition that said no. */
static json_t *refusal(struct symbol *sym)
{
	struct kc_place at[PLACES_MAX];
	size_t n = kc_places(sym, at, PLACES_MAX);

	for (size_t i = 0; i < n; i++) {
		const struct probe_place *p = probe_refusal(at[i].file, at[i].first, at[i].last);

		if (p)
			return json_pack("{s:s, s:o}", "command", p->probe->command, "at",
					 place(p->file, p->line));
	}
	return NULL;
}

/* ---- what is on ----------------------------------------------------------------- */

static json_t *because(const struct fragments *f, struct symbol *sym, size_t depth);

/* Add the OR-ed terms that are above ABOVE; those whose selector is asked for, or not. */
static size_t selectors(const struct fragments *f, struct expr *e, tristate above, bool is_asked,
			json_t *list, const char *by, size_t depth)
{
	struct symbol *s;

	if (!e || expr_calc_value(e) <= above)
		return 0;
	if (e->type == E_OR)
		return selectors(f, e->left.expr, above, is_asked, list, by, depth) +
		       selectors(f, e->right.expr, above, is_asked, list, by, depth);
	s = origin_selector(e);
	if (!s || (frag_find(f, s->name) != NULL) != is_asked)
		return 0;
	if (json_array_size(list) < CAUSES_MAX)
		json_array_append_new(list, json_pack("{s:s, s:s, s:s, s:o*, s:o*, s:o*}", "by", by,
						      "symbol", s->name, "value", kc_value(s),
						      "term", e->type == E_AND ? text_of(e, no) : NULL,
						      "asked", asked(f, s->name), "because",
						      is_asked ? NULL : because(f, s, depth + 1)));
	return 1;
}

static void add_selectors(const struct fragments *f, struct expr *e, tristate above,
			  json_t *list, const char *by, size_t depth)
{
	size_t n = selectors(f, e, above, true, list, by, depth);

	n += selectors(f, e, above, false, list, by, depth);
	if (n > CAUSES_MAX)
		json_array_append_new(list, json_pack("{s:s, s:i}", "by", "more", "count",
						      (int)(n - CAUSES_MAX)));
}

/* Symbols of E that are on, as far as they have causes worth telling. */
static void conditions(const struct fragments *f, struct expr *e, json_t *list, size_t depth)
{
	struct symbol *s;

	if (!e || json_array_size(list) >= CAUSES_MAX || expr_calc_value(e) == no)
		return;
	if (e->type == E_AND || e->type == E_OR) {
		conditions(f, e->left.expr, list, depth);
		conditions(f, e->right.expr, list, depth);
		return;
	}
	s = e->type == E_SYMBOL ? e->left.sym : NULL;
	if (!s || !kc_defined(s))
		return;
	json_array_append_new(list, json_pack("{s:s, s:s, s:s, s:o*, s:o*}", "by", "condition",
					      "symbol", s->name, "value", kc_value(s), "asked",
					      asked(f, s->name), "because",
					      frag_find(f, s->name) ? NULL :
								      because(f, s, depth + 1)));
}

/* Why an option that nobody asked for, or that is more than was asked for, is on. */
static json_t *because(const struct fragments *f, struct symbol *sym, size_t depth)
{
	const struct request *r = frag_find(f, sym->name);
	tristate above = r ? kc_tristate(r->value) : no;
	struct property *prop;
	json_t *list;

	if (depth > DEPTH_MAX)
		return NULL;
	list = json_array();
	if (kc_is_tristate(sym)) {
		if (sym->rev_dep.tri > above)
			add_selectors(f, sym->rev_dep.expr, above, list, "select", depth);
		else if (kc_in_choice(sym) && !(r && sym->curr.tri == above))
			json_array_append_new(list, json_pack("{s:s}", "by", "choice"));
		else if (sym->implied.tri > above && !(r && sym->curr.tri == above))
			add_selectors(f, sym->implied.expr, above, list, "imply", depth);
	}
	prop = json_array_size(list) || (r && kc_holds(sym, r->value) && sym->visible != no) ?
		       NULL :
		       origin_default(sym);
	if (prop) {
		json_t *on = json_array(), *by_default;

		conditions(f, prop->expr, on, depth);
		conditions(f, prop->visible.expr, on, depth);
		by_default = json_pack("{s:s, s:o, s:o*, s:o, s:o}", "by", "default", "value",
				    text_of(prop->expr, no), "if",
				    prop->visible.expr ? text_of(prop->visible.expr, no) : NULL, "at",
				    place(kc_file(prop), prop->lineno), "because", on);
		json_array_append_new(list, by_default);
	}
	return list;
}

/* ---- what is off ---------------------------------------------------------------- */

static void extend(json_t *list, json_t *more)
{
	json_array_extend(list, more);
	json_decref(more);
}

static json_t *missing(struct expr *e, tristate want, size_t depth);

/* What falls short of those terms of E, OR-ed selects, whose selector is on. */
static void missing_selects(struct expr *e, json_t *list, size_t depth)
{
	struct symbol *s;

	if (!e)
		return;
	if (e->type == E_OR) {
		missing_selects(e->left.expr, list, depth);
		missing_selects(e->right.expr, list, depth);
		return;
	}
	s = origin_selector(e);
	if (s && s->curr.tri != no)
		extend(list, missing(e, mod, depth));
}

/* What keeps SYM, which some dependency wants, from being on. */
static json_t *missing_symbol(struct symbol *sym, size_t depth)
{
	struct property *prop;
	json_t *facts = json_pack("{s:s, s:s}", "symbol", sym->name, "value", kc_value(sym));
	json_t *deeper = json_array();
	bool prompt = false;

	if (!kc_defined(sym)) {
		json_object_set_new(facts, "code", json_string("unknown-symbol"));
		json_decref(deeper);
		return facts;
	}
	json_object_set_new(facts, "defined", defined(sym));
	json_object_set_new(facts, "refusal", refusal(sym));
	for_all_prompts(sym, prop) {
		prompt = true;
		if (expr_calc_value(prop->visible.expr) != no)
			json_object_set_new(facts, "code", json_string("not-asked"));
		else if (depth < DEPTH_MAX)
			extend(deeper, missing(prop->visible.expr, mod, depth + 1));
	}
	if (!prompt) {
		json_object_set_new(facts, "code", json_string("no-prompt"));
		for_all_defaults(sym, prop)
			if (depth < DEPTH_MAX)
				extend(deeper, missing(prop->visible.expr, mod, depth + 1));
		if (depth < DEPTH_MAX)
			missing_selects(sym->rev_dep.expr, deeper, depth + 1);
	}
	if (json_array_size(deeper) && !json_object_get(facts, "refusal"))
		json_object_set_new(facts, "missing", deeper);
	else
		json_decref(deeper);
	return facts;
}

/* Facts of each symbol whose being off makes E fall short of WANT. */
static json_t *missing(struct expr *e, tristate want, size_t depth)
{
	json_t *list = json_array();

	if (!e || expr_calc_value(e) >= want)
		return list;
	if (e->type == E_AND || e->type == E_OR) {
		extend(list, missing(e->left.expr, want, depth));
		extend(list, missing(e->right.expr, want, depth));
	} else if (e->type == E_SYMBOL && e->left.sym->name &&
		   !(e->left.sym->flags & SYMBOL_CONST)) {
		json_array_append_new(list, missing_symbol(e->left.sym, depth));
	}
	while (json_array_size(list) > (size_t)2 * CAUSES_MAX)
		json_array_remove(list, json_array_size(list) - 1);
	return list;
}

/* ---- outcome codes -------------------------------------------------------------- */

/* Of a number or a string that is not what was asked for. */
static const char *code_of_value(struct symbol *sym, json_t *facts)
{
	struct property *prop;
	bool prompt = false, visible = false;

	for_all_prompts(sym, prop) {
		prompt = true;
		visible |= expr_calc_value(prop->visible.expr) != no;
	}
	if (!prompt)
		return "no-prompt";
	if (!visible) {
		for_all_prompts(sym, prop)
			json_object_set_new(facts, "unmet", text_of(prop->visible.expr, mod));
		return "not-visible";
	}
	prop = sym_get_range_prop(sym);
	if (!prop)
		return "bad-value";
	json_object_set_new(facts, "allowed", text_of(prop->expr, no));
	return "out-of-range";
}

/* Of an option that is more than WANT, and is not to be. */
static const char *code_of_more(struct symbol *sym, tristate want)
{
	struct property *prop;

	if (sym->rev_dep.tri > want)
		return "forced-by-select";
	if (want == mod)
		return sym->type == S_BOOLEAN ? "bad-value" : "m-became-y";
	if (kc_in_choice(sym))
		return "choice-needs-one";
	for_all_prompts(sym, prop)
		return "invisible-default";
	return "no-prompt";
}

/* Of an option that is less than WANT; adds what is unmet. */
static const char *code_of_less(struct symbol *sym, tristate want, bool is_asked, json_t *facts)
{
	struct property *prop, *closest = NULL;
	tristate visible = no;
	json_t *list;

	for_all_prompts(sym, prop) {
		tristate v = expr_calc_value(prop->visible.expr);

		if (!closest || v > visible) {
			closest = prop;
			visible = v;
		}
	}
	if (kc_in_choice(sym) && visible != no) {
		struct symbol *winner = kc_choice_winner(sym);

		if (winner)
			json_object_set_new(facts, "winner", json_string(winner->name));
		return "choice-other-member";
	}
	list = refusal(sym);
	if (list)
		json_object_set_new(facts, "refusal", list);
	if (!closest) {
		list = json_array();
		for_all_defaults(sym, prop)
			extend(list, missing(prop->visible.expr, want, 1));
		if (json_array_size(list))
			json_object_set_new(facts, "missing", list);
		else
			json_decref(list);
		return "no-prompt";
	}
	if (sym->type == S_BOOLEAN)
		want = mod; /* and becomes y */
	if (visible >= want || (visible != no && !is_asked))
		return is_asked ? "bad-value" : "not-asked";
	json_object_set_new(facts, "unmet", text_of(closest->visible.expr, want));
	list = missing(closest->visible.expr, want, 1);
	if (json_array_size(list))
		json_object_set_new(facts, "missing", list);
	else
		json_decref(list);
	return visible == mod ? "limited-to-m" : "unmet-dependency";
}

static const char *code_of_on(const json_t *causes)
{
	const char *by = json_string_value(json_object_get(json_array_get(causes, 0), "by"));

	return !by || !strcmp(by, "condition") ? "default" : by;
}

static const char *code_of(struct explanation *x, const struct fragments *f,
			   const struct request *r)
{
	struct symbol *sym = x->sym;
	const char *code;
	json_t *causes;

	if (!kc_is_tristate(sym)) {
		if (r)
			return kc_holds(sym, r->value) ? "held" : code_of_value(sym, x->facts);
		json_object_set_new(x->facts, "because", because(f, sym, 0));
		return "default";
	}
	if (r && !strchr("ymn", *r->value))
		return "bad-value";
	if (sym->curr.tri == no)
		return r && x->want == no ? "held" : code_of_less(sym, x->want, r != NULL, x->facts);
	causes = because(f, sym, 0);
	json_object_set(x->facts, "because", causes);
	code = code_of_on(causes);
	json_decref(causes);
	if (!r)
		return code;
	if (sym->curr.tri == x->want)
		return "held";
	return sym->curr.tri > x->want ? code_of_more(sym, x->want) :
					 code_of_less(sym, x->want, true, x->facts);
}

void explain(struct explanation *x, const struct fragments *f, const char *name)
{
	const struct request *r = frag_find(f, name);
	struct symbol *sym = sym_find(name), *other;
	struct property *prop;
	const char *code;
	char *elsewhere;

	*x = (struct explanation){ .want = r ? kc_tristate(r->value) : yes };
	x->facts = json_pack("{s:s, s:s, s:o*}", "symbol", name, "value",
			     sym ? kc_value(sym) : "unknown", "asked", asked(f, name));
	if (!kc_defined(sym) || kc_transitional(sym)) {
		bool old = kc_defined(sym);

		other = old ? name_successor(sym) : name_nearest(name);
		code = old ? "transitional" : "unknown-symbol";
		if (other)
			json_object_set_new(x->facts, "nearest",
					    json_pack("{s:s, s:o}", "symbol", other->name, "defined",
						      defined(other)));
		elsewhere = old ? NULL : name_elsewhere(name);
		if (elsewhere) {
			code = "other-arch-only";
			json_object_set_new(x->facts, "elsewhere", json_string(elsewhere));
			free(elsewhere);
		}
		json_object_set_new(x->facts, "code", json_string(code));
		return;
	}
	x->sym = sym;
	json_object_set_new(x->facts, "type", json_string(sym_type_name(sym->type)));
	for_all_prompts(sym, prop) {
		json_object_set_new(x->facts, "prompt", json_string(prop->text));
		break;
	}
	json_object_set_new(x->facts, "defined", defined(sym));
	if (!r && sym->type == S_TRISTATE && sym->visible == mod)
		x->want = mod;
	code = code_of(x, f, r);
	json_object_set_new(x->facts, "code", json_string(code));
	if (!kc_is_tristate(sym) || !strcmp(code, "held") || (!r && sym->curr.tri != no))
		return;
	/* no plan makes a module of what is no tristate, or of what built-in code needs */
	if (x->want == mod && !strcmp(code, sym->type == S_BOOLEAN ? "bad-value" : "forced-by-select")) {
		json_object_set_new(x->facts, "instead", json_string("y"));
		return;
	}
	x->planned = plan_find(sym, x->want, &x->plan);
	json_object_set_new(x->facts, "fix", json_null());
}

bool explain_try(struct explanation *x, size_t n, const struct fragments *f)
{
	struct trial trial;
	bool tried = false;

	for (size_t i = 0; i < n; i++) {
		json_t *set, *lost;

		if (!x[i].planned)
			continue;
		if (!tried)
			plan_mark(f);
		tried = true;
		if (!plan_try(f, &x[i].plan, x[i].sym, x[i].want, &trial))
			return false;
		set = json_array();
		for (size_t j = 0; j < x[i].plan.n; j++)
			json_array_append_new(set,
					      json_sprintf("CONFIG_%s=%c", x[i].plan.step[j].sym->name,
							   "nmy"[x[i].plan.step[j].value]));
		lost = json_array();
		for (size_t j = 0; j < 4 && trial.first_lost[j]; j++)
			json_array_append_new(lost, json_string(trial.first_lost[j]));
		json_object_set_new(x[i].facts, "fix",
				    json_pack("{s:o, s:b, s:i, s:i, s:o}", "set", set, "works",
					      trial.works, "changes", (int)trial.changes, "lost",
					      (int)trial.lost, "first_lost", lost));
	}
	return !tried || plan_settle(f);
}

const char *explain_code(const struct explanation *x)
{
	return json_string_value(json_object_get(x->facts, "code"));
}
