// SPDX-License-Identifier: GPL-2.0-only
/*
 * The proof: what became of each request once Kconfig has had its say, and for
 * each one that did not hold, the reason in a code, in the unmet part of a
 * dependency, and in the name to ask for instead.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "kconf.h"
#include "tree.h"

static tristate tristate_of(const char *value)
{
	return *value == 'y' ? yes : *value == 'm' ? mod : no;
}

static const char *value_of(struct symbol *sym)
{
	if (!kc_defined(sym))
		return "unknown";
	if (kc_is_tristate(sym))
		return sym->curr.tri == yes ? "y" : sym->curr.tri == mod ? "m" : "n";
	if (!(sym->flags & SYMBOL_WRITE))
		return "n";
	return sym_get_string_value(sym);
}

static bool holds(struct symbol *sym, const char *value)
{
	bool held;
	char *text;

	if (!kc_defined(sym) || kc_transitional(sym))
		return false;
	if (kc_is_tristate(sym))
		return strchr("ymn", *value) && !value[1] && tristate_of(value) == sym->curr.tri;
	if (!(sym->flags & SYMBOL_WRITE))
		return !strcmp(value, "n");
	if (sym->type != S_STRING)
		return strtoll(value, NULL, sym->type == S_HEX ? 16 : 10) ==
		       strtoll(sym_get_string_value(sym), NULL, sym->type == S_HEX ? 16 : 10);
	if (*value != '"')
		return false;
	text = unquote(value);
	held = !strcmp(text, sym_get_string_value(sym));
	free(text);
	return held;
}

static void print_with_value(void *out, struct symbol *sym, const char *text)
{
	fputs(text, out);
	if (sym && sym->name && !(sym->flags & SYMBOL_CONST))
		fprintf(out, "[=%s]", value_of(sym));
}

/* Print the parts of an AND that fall short of WANT, each with its values. */
static size_t print_unmet(struct expr *e, tristate want, FILE *out, size_t n)
{
	if (!e || expr_calc_value(e) >= want)
		return n;
	if (e->type == E_AND) {
		n = print_unmet(e->left.expr, want, out, n);
		return print_unmet(e->right.expr, want, out, n);
	}
	fputs(n ? " and " : "    unmet: ", out);
	expr_print(e, print_with_value, out, E_NONE);
	return n + 1;
}

/* Print the OR-ed terms of a reverse dependency that are on. */
static size_t print_selectors(struct expr *e, tristate above, FILE *out, size_t n)
{
	if (!e || expr_calc_value(e) <= above)
		return n;
	if (e->type == E_OR) {
		n = print_selectors(e->left.expr, above, out, n);
		return print_selectors(e->right.expr, above, out, n);
	}
	fputs(n ? ", " : "    selected by: ", out);
	expr_print(e, print_with_value, out, E_NONE);
	return n + 1;
}

/* Edits to get from A to B, or LIMIT if that many or more. */
static size_t distance(const char *a, const char *b, size_t limit)
{
	size_t la = strlen(a), lb = strlen(b), row[128];

	if (la >= 128 || lb >= 128 || (la > lb ? la - lb : lb - la) >= limit)
		return limit;
	for (size_t j = 0; j <= lb; j++)
		row[j] = j;
	for (size_t i = 1; i <= la; i++) {
		size_t diagonal = row[0];

		row[0] = i;
		for (size_t j = 1; j <= lb; j++) {
			size_t cost = diagonal + (a[i - 1] != b[j - 1]);

			diagonal = row[j];
			if (row[j] + 1 < cost)
				cost = row[j] + 1;
			if (row[j - 1] + 1 < cost)
				cost = row[j - 1] + 1;
			row[j] = cost;
		}
	}
	return row[lb] < limit ? row[lb] : limit;
}

/*
 * The best candidate for a name that the tree doesn't know: a slip of the pen, or
 * the way in which options get renamed most often, by a prefix (RETPOLINE became
 * MITIGATION_RETPOLINE).
 */
static struct symbol *nearest(const char *name)
{
	struct symbol *sym, *close = NULL, *suffix = NULL;
	size_t best = 3, len = strlen(name);

	kc_for_all_symbols(sym) {
		size_t l, d;

		if (!kc_defined(sym))
			continue;
		d = distance(name, sym->name, best);
		if (d < best) {
			best = d;
			close = sym;
		}
		l = strlen(sym->name);
		if (len >= 4 && l > len && sym->name[l - len - 1] == '_' &&
		    !strcmp(sym->name + l - len, name) && (!suffix || l < strlen(suffix->name)))
			suffix = sym;
	}
	return best <= 1 || !suffix ? close : suffix;
}

/* Why a defined option is less or more than was asked for. */
static const char *explain(struct symbol *sym, const char *value, FILE *out)
{
	tristate want = tristate_of(value), visible = no;
	struct property *prop;
	bool prompt = false;

	for_all_prompts(sym, prop) {
		tristate v = expr_calc_value(prop->visible.expr);

		prompt = true;
		visible = v > visible ? v : visible;
	}
	if (!kc_is_tristate(sym)) {
		if (!prompt)
			return "no-prompt";
		if (visible == no) {
			for_all_prompts(sym, prop)
				print_unmet(prop->visible.expr, mod, out, 0);
			fputc('\n', out);
			return "not-visible";
		}
		prop = sym_get_range_prop(sym);
		if (!prop)
			return "bad-value";
		fputs("    allowed: ", out);
		expr_print(prop->expr, print_with_value, out, E_NONE);
		fputc('\n', out);
		return "out-of-range";
	}
	if (!strchr("ymn", *value))
		return "bad-value";
	if (sym->curr.tri > want) {
		if (sym->rev_dep.tri > want) {
			print_selectors(sym->rev_dep.expr, want, out, 0);
			fputc('\n', out);
			return "forced-by-select";
		}
		if (want == mod)
			return sym->type == S_BOOLEAN ? "bad-value" : "m-became-y";
		if (kc_in_choice(sym))
			return "choice-needs-one";
		return prompt ? "invisible-default" : "no-prompt";
	}
	if (kc_in_choice(sym) && visible != no) {
		struct symbol *winner = kc_choice_winner(sym);

		if (winner)
			fprintf(out, "    the choice went to: %s\n", winner->name);
		return "choice-other-member";
	}
	if (!prompt)
		return "no-prompt";
	for_all_prompts(sym, prop)
		if (print_unmet(prop->visible.expr, want, out, 0))
			fputc('\n', out);
	return visible == mod && want == yes ? "limited-to-m" : "unmet-dependency";
}

/* Print what is known of a request that did not hold; returns its outcome code. */
static const char *diagnose(const struct request *r, struct symbol *sym, FILE *out)
{
	if (kc_defined(sym) && !kc_transitional(sym)) {
		const char *code = explain(sym, r->value, out);

		fprintf(out, "    defined at: %s\n", kc_where(sym));
		return code;
	}
	if (kc_defined(sym))
		return "transitional";
	sym = nearest(r->name);
	if (sym)
		fprintf(out, "    nearest name: %s, at %s\n", sym->name, kc_where(sym));
	fprintf(out, "    remedy: rename it, or limit the paragraph with "
		     "'#: until', '#: since' or '#: arch'\n");
	return "unknown-symbol";
}

size_t prove(struct fragments *f, const struct tree *t, FILE *report)
{
	size_t lost = 0, excused = 0;

	for (size_t i = 0; i < f->n_req; i++) {
		const struct request *r = f->req[i];
		struct symbol *sym = sym_find(r->name);
		struct waiver *w = frag_waiver(f, r->name);
		char *detail = NULL;
		size_t size = 0;
		const char *code;
		FILE *out;

		if (holds(sym, r->value))
			continue;
		out = open_memstream(&detail, &size);
		if (!out)
			return SIZE_MAX;
		code = diagnose(r, sym, out);
		fclose(out);
		fprintf(report, "%s:%d: CONFIG_%s=%s %s: it is %s [%s]\n%s", r->para->file, r->line,
			r->name, r->value,
			w		  ? "waived" :
			r->para->optional ? "optional, not held" :
					    "LOST",
			value_of(sym), code, detail);
		free(detail);
		if (w) {
			w->used = true;
			fprintf(report, "    waived by %s until %s: %s\n", w->owner, w->until,
				w->reason);
		} else if (r->para->optional) {
			fprintf(report, "    optional: %s\n", r->para->optional);
		} else {
			lost++;
			continue;
		}
		excused++;
	}
	for (size_t i = 0; i < f->n_waiver; i++) {
		if (f->waiver[i].used)
			continue;
		fprintf(report, "%s:%d: the waiver for %s is not needed; remove it\n",
			f->waiver[i].file, f->waiver[i].line, f->waiver[i].name);
		lost++;
	}
	fprintf(report,
		"%zu requests from %zu fragments on %s %s: %zu hold, %zu excused, %zu lost\n",
		f->n_req, f->n_files, t->kbuild_arch, t->release, f->n_req - excused - lost,
		excused, lost);
	return lost;
}
