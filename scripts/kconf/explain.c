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
 * Print the parts of E that are below WANT: of an AND the parts that are, of an OR all parts, and
 * so on within each.
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

/* Text of an expression; WANT is `no` for all parts. */
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

static void print_bound(const struct symbol *own, struct symbol *bound, FILE *out)
{
	const char *value = sym_get_string_value(bound);

	fputs(value ?: "?", out);
	/* A constant is a symbol of that name. */
	if (bound != own && bound->name && !(bound->flags & SYMBOL_CONST) && kc_defined(bound))
		fprintf(out, " [%s]", bound->name);
}

/* A range by the values in force, with the options that they come from. */
static json_t *text_of_range(const struct symbol *sym, const struct expr *range)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);
	json_t *string;

	if (!out)
		return json_null();
	print_bound(sym, range->left.sym, out);
	fputs(" to ", out);
	print_bound(sym, range->right.sym, out);
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

/* The failed probe in SYM's definition. */
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

/* ---- enabled options ------------------------------------------------------------ */

static json_t *because(const struct fragments *f, struct symbol *sym, size_t depth);

/* Add the OR-ed terms above ABOVE, of the selectors that are requested, or of the others. */
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

/* Add the enabled symbols of E that have a cause to print. */
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

/* The causes of an option that no fragment requests, or that is above its request. */
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

/* ---- disabled options ----------------------------------------------------------- */

static void extend(json_t *list, json_t *more)
{
	json_array_extend(list, more);
	json_decref(more);
}

static json_t *missing(const struct fragments *f, struct expr *e, tristate want, size_t depth);

/* The unmet part of those terms of E, OR-ed selects, whose selector is enabled. */
static void missing_selects(const struct fragments *f, struct expr *e, json_t *list, size_t depth)
{
	struct symbol *s;

	if (!e)
		return;
	if (e->type == E_OR) {
		missing_selects(f, e->left.expr, list, depth);
		missing_selects(f, e->right.expr, list, depth);
		return;
	}
	s = origin_selector(e);
	if (s && s->curr.tri != no)
		extend(list, missing(f, e, mod, depth));
}

/* The prompt of SYM with the highest visibility, or NULL. */
static struct property *closest_prompt(struct symbol *sym, tristate *visible)
{
	struct property *prop, *closest = NULL;

	*visible = no;
	for_all_prompts(sym, prop) {
		tristate v = expr_calc_value(prop->visible.expr);

		if (!closest || v > *visible) {
			closest = prop;
			*visible = v;
		}
	}
	return closest;
}

/*
 * The code of a dependency SYM that is below WANT: by the request for it, or for lack of one.
 * NULL if its prompt is not visible.
 */
static const char *code_of_dependency(const struct fragments *f, struct symbol *sym, tristate want,
				      json_t *facts)
{
	const struct request *r = frag_find(f, sym->name);
	struct symbol *winner;
	tristate visible;

	json_object_set_new(facts, "asked", asked(f, sym->name));
	if (r && !kc_holds(sym, r->value))
		return "requested-but-lost";
	if (r)
		return *r->value == 'm' ? "requested-m" : "held-off";
	if (!closest_prompt(sym, &visible))
		return "no-prompt";
	winner = visible != no && kc_in_choice(sym) ? kc_choice_winner(sym) : NULL;
	if (winner) {
		json_object_set_new(facts, "winner", json_string(winner->name));
		json_object_set_new(facts, "asked", asked(f, winner->name));
		return "choice-other-member";
	}
	if (visible == no)
		return NULL;
	return visible < want ? "limited-to-m" : "not-asked";
}

/* Add to LIST the dependencies that hide SYM's prompt, or those of its defaults and selects. */
static void missing_deeper(const struct fragments *f, struct symbol *sym, tristate want,
			   json_t *list, size_t depth)
{
	tristate visible;
	struct property *prop = closest_prompt(sym, &visible);

	if (prop) {
		extend(list, missing(f, prop->visible.expr, want, depth));
		return;
	}
	for_all_defaults(sym, prop)
		extend(list, missing(f, prop->visible.expr, want, depth));
	missing_selects(f, sym->rev_dep.expr, list, depth);
}

/* The facts of SYM, a dependency that must be WANT and is below. */
static json_t *missing_symbol(const struct fragments *f, struct symbol *sym, tristate want,
			      size_t depth)
{
	json_t *facts = json_pack("{s:s, s:s}", "symbol", sym->name, "value", kc_value(sym));
	json_t *deeper;
	const char *code;

	if (!kc_defined(sym)) {
		json_object_set_new(facts, "code", json_string("unknown-symbol"));
		return facts;
	}
	if (sym->type == S_BOOLEAN)
		want = mod; /* and becomes y */
	json_object_set_new(facts, "defined", defined(sym));
	json_object_set_new(facts, "refusal", refusal(sym));
	code = code_of_dependency(f, sym, want, facts);
	if (code)
		json_object_set_new(facts, "code", json_string(code));
	deeper = json_array();
	if (depth < DEPTH_MAX)
		missing_deeper(f, sym, want, deeper, depth + 1);
	if (json_array_size(deeper) && !json_object_get(facts, "refusal"))
		json_object_set_new(facts, "missing", deeper);
	else
		json_decref(deeper);
	return facts;
}

/* The symbol that E requires to be disabled, or NULL. */
static struct symbol *wanted_off(const struct expr *e)
{
	if (e->type == E_NOT)
		return e->left.expr->type == E_SYMBOL ? e->left.expr->left.sym : NULL;
	return e->type == E_EQUAL && e->right.sym == &symbol_no ? e->left.sym : NULL;
}

/* The symbol that E (X, X=y or X!=n) requires to be *WANT, or NULL. */
static struct symbol *wanted_on(const struct expr *e, tristate *want)
{
	if (e->type == E_EQUAL && e->right.sym == &symbol_yes)
		*want = yes;
	else if (e->type == E_UNEQUAL && e->right.sym == &symbol_no)
		*want = mod;
	else if (e->type != E_SYMBOL)
		return NULL;
	return e->left.sym->name && !(e->left.sym->flags & SYMBOL_CONST) ? e->left.sym : NULL;
}

/* Facts of each symbol whose value makes E fall short of WANT. */
static json_t *missing(const struct fragments *f, struct expr *e, tristate want, size_t depth)
{
	json_t *list = json_array();
	struct symbol *on, *off;

	if (!e || expr_calc_value(e) >= want)
		return list;
	on = wanted_on(e, &want);
	off = wanted_off(e);
	if (e->type == E_AND || e->type == E_OR) {
		extend(list, missing(f, e->left.expr, want, depth));
		extend(list, missing(f, e->right.expr, want, depth));
	} else if (on && !plan_never(on)) {
		json_array_append_new(list, missing_symbol(f, on, want, depth));
	} else if (off && kc_defined(off)) {
		json_array_append_new(list, json_pack("{s:s, s:s, s:s, s:o*}", "symbol", off->name,
						      "value", kc_value(off), "code", "must-be-off",
						      "asked", asked(f, off->name)));
	}
	while (json_array_size(list) > (size_t)2 * CAUSES_MAX)
		json_array_remove(list, json_array_size(list) - 1);
	return list;
}

/* ---- outcome codes -------------------------------------------------------------- */

static void set_missing(json_t *facts, json_t *list)
{
	if (json_array_size(list))
		json_object_set_new(facts, "missing", list);
	else
		json_decref(list);
}

static bool is_of_type(struct symbol *sym, const char *value)
{
	return kc_takes(sym, value) && (sym->type != S_BOOLEAN || *value != 'm');
}

static const char *values_of_type(const struct symbol *sym)
{
	switch (sym->type) {
	case S_STRING:
		return "a string in quotes";
	case S_INT:
		return "a decimal number, without quotes";
	case S_HEX:
		return "a hexadecimal number, without quotes";
	case S_TRISTATE:
		return "y, m or n, without quotes";
	default:
		return "y or n, without quotes";
	}
}

/* The code of a number or a string that differs from the request. */
static const char *code_of_value(const struct fragments *f, const struct request *r,
				 struct symbol *sym, json_t *facts)
{
	tristate visible;
	struct property *prop = closest_prompt(sym, &visible);

	if (!prop)
		return "no-prompt";
	if (visible == no) {
		json_object_set_new(facts, "unmet", text_of(prop->visible.expr, mod));
		set_missing(facts, missing(f, prop->visible.expr, mod, 1));
		return "not-visible";
	}
	if (!is_of_type(sym, r->value)) {
		json_object_set_new(facts, "expected", json_string(values_of_type(sym)));
		return "bad-value";
	}
	prop = sym_get_range_prop(sym);
	if (!prop)
		return "bad-value";
	json_object_set_new(facts, "allowed", text_of_range(sym, prop->expr));
	return "out-of-range";
}

/* The code of an option that is above WANT, and must not be. */
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

/* The code of an option that is below WANT; adds the unmet terms. */
static const char *code_of_less(const struct fragments *f, struct symbol *sym, tristate want,
				bool is_asked, json_t *facts)
{
	tristate visible;
	struct property *prop, *closest = closest_prompt(sym, &visible);
	json_t *list;

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
			extend(list, missing(f, prop->visible.expr, want, 1));
		set_missing(facts, list);
		return "no-prompt";
	}
	if (sym->type == S_BOOLEAN)
		want = mod; /* and becomes y */
	if (visible >= want || (visible != no && !is_asked))
		return is_asked ? "bad-value" : "not-asked";
	json_object_set_new(facts, "unmet", text_of(closest->visible.expr, want));
	set_missing(facts, missing(f, closest->visible.expr, want, 1));
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
			return kc_holds(sym, r->value) ? "held" : code_of_value(f, r, sym, x->facts);
		json_object_set_new(x->facts, "because", because(f, sym, 0));
		return "default";
	}
	if (r && !strchr("ymn", *r->value)) {
		json_object_set_new(x->facts, "expected", json_string(values_of_type(sym)));
		return "bad-value";
	}
	if (sym->curr.tri == no)
		return r && x->want == no ? "held" :
					      code_of_less(f, sym, x->want, r != NULL, x->facts);
	causes = because(f, sym, 0);
	json_object_set(x->facts, "because", causes);
	code = code_of_on(causes);
	json_decref(causes);
	if (!r)
		return code;
	if (sym->curr.tri == x->want)
		return "held";
	return sym->curr.tri > x->want ? code_of_more(sym, x->want) :
					 code_of_less(f, sym, x->want, true, x->facts);
}

/* VALUE is not y, m or n: the one that its author meant. */
static int meant(const char *value)
{
	if (*value == '"' && value[1] && strchr("ymn", value[1]) && !strcmp(value + 2, "\""))
		value++;
	else if (strcmp(value, "1"))
		return -1;
	return *value == '1' ? (int)yes : (int)kc_tristate(value);
}

/* The aim of the search: the value that SYM's request has, or else enabled. */
static enum aim aim_of(struct symbol *sym, const struct request *r)
{
	int value;

	if (!kc_is_tristate(sym))
		return r && !kc_holds(sym, r->value) && is_of_type(sym, r->value) &&
				       sym->visible == no ?
			       AIM_ASKED :
			       AIM_NONE;
	if (!r || (*r->value == 'n' && sym->curr.tri == no))
		return sym->curr.tri == no ? AIM_ON : AIM_NONE;
	if (kc_holds(sym, r->value))
		return AIM_NONE;
	value = strchr("ymn", *r->value) ? (int)kc_tristate(r->value) : meant(r->value);
	if (value < 0)
		return AIM_NONE;
	if (value == mod && (sym->type == S_BOOLEAN || sym->rev_dep.tri == yes))
		value = yes; /* no plan makes it a module */
	return value == no ? AIM_OFF : value == mod ? AIM_M : AIM_Y;
}

void explain(struct explanation *x, const struct fragments *f, const char *name)
{
	const struct request *r = frag_find(f, name);
	struct symbol *sym = sym_find(name), *other;
	struct property *prop;
	const char *code;
	struct name_fate fate;

	*x = (struct explanation){ .want = r ? kc_tristate(r->value) : yes };
	x->facts = json_pack("{s:s, s:s, s:o*}", "symbol", name, "value",
			     sym ? kc_value(sym) : "unknown", "asked", asked(f, name));
	if (!kc_defined(sym) || kc_transitional(sym)) {
		bool old = kc_defined(sym);

		name_look(name, true, &fate);
		other = fate.now;
		code = old ? "transitional" : "unknown-symbol";
		if (other)
			json_object_set_new(x->facts, "nearest",
					    json_pack("{s:s, s:o, s:s*, s:s*}", "symbol", other->name,
						      "defined", defined(other), "evidence",
						      fate.evidence, "series", fate.series));
		if (fate.kind == NAME_ELSEWHERE) {
			code = "other-arch-only";
			json_object_set_new(x->facts, "elsewhere", place(fate.file, fate.line));
		}
		if (fate.kind == NAME_GONE || fate.kind == NAME_NEWER)
			json_object_set_new(x->facts, fate.kind == NAME_GONE ? "removed" : "newer",
					    json_string(fate.series));
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
	if (!r && sym->type == S_TRISTATE && modules_sym && modules_sym->curr.tri != no)
		x->want = mod; /* the lowest value that holds */
	code = code_of(x, f, r);
	json_object_set_new(x->facts, "code", json_string(code));
	x->aim = aim_of(sym, r);
	if (x->aim == AIM_NONE)
		return;
	explain_find(x, f);
	json_object_set_new(x->facts, "fix", json_null());
}

void explain_aim(struct explanation *x, const struct fragments *f, enum aim aim)
{
	x->aim = aim;
	x->want = aim == AIM_OFF ? no : aim == AIM_Y ? yes : x->want;
	explain_find(x, f);
	json_object_set_new(x->facts, "fix", json_null());
}

const char *explain_code(const struct explanation *x)
{
	return json_string_value(json_object_get(x->facts, "code"));
}
