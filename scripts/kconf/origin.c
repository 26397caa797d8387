// SPDX-License-Identifier: GPL-2.0-only
#include <stdlib.h>
#include <string.h>

#include "origin.h"

struct symbol *origin_selector(struct expr *term)
{
	while (term->type == E_AND || term->type == E_OR)
		term = term->left.expr;
	return term->type == E_SYMBOL ? term->left.sym : NULL;
}

struct property *origin_default(struct symbol *sym)
{
	struct property *prop;

	for_all_defaults(sym, prop)
		if (!prop->visible.expr || expr_calc_value(prop->visible.expr) != no)
			return prop;
	return NULL;
}

/* The option that selects at LEAST: the first by name, a requested one before the others. */
static void first_selector(const struct fragments *f, struct expr *e, tristate least,
			   const char **best, bool *best_asked)
{
	struct symbol *s;
	bool is_asked;

	if (!e || expr_calc_value(e) < least)
		return;
	if (e->type == E_OR) {
		first_selector(f, e->left.expr, least, best, best_asked);
		first_selector(f, e->right.expr, least, best, best_asked);
		return;
	}
	s = origin_selector(e);
	if (!s || !s->name)
		return;
	is_asked = frag_find(f, s->name);
	if (*best && (*best_asked > is_asked ||
		      (*best_asked == is_asked && strcmp(*best, s->name) <= 0)))
		return;
	*best = s->name;
	*best_asked = is_asked;
}

/* A line of a file in the tree's sources, read once and kept; NULL beyond its end. */
static const char *source_line(const char *file, int line)
{
	static struct {
		const char *file;
		char **line;
		size_t n, max;
	} *kept;
	static size_t n_kept, max_kept;
	size_t i = 0, size = 0;
	char *path, *text = NULL;
	FILE *in;

	while (i < n_kept && strcmp(kept[i].file, file))
		i++;
	if (i == n_kept) {
		grow(kept, n_kept, max_kept);
		memset(&kept[n_kept], 0, sizeof(*kept));
		kept[n_kept++].file = file;
		path = mem_printf("%s/%s", getenv("srctree"), file);
		in = fopen(path, "r");
		free(path);
		while (in && getline(&text, &size, in) >= 0) {
			grow(kept[i].line, kept[i].n, kept[i].max);
			kept[i].line[kept[i].n++] = mem_strdup(text);
		}
		free(text);
		if (in)
			fclose(in);
	}
	return line >= 1 && (size_t)line <= kept[i].n ? kept[i].line[line - 1] : NULL;
}

/*
 * Does SYM lack a prompt, and have a definition with a macro? By macros Kconfig asks the build
 * host; the few others name directories.
 */
static bool is_host_fact(struct symbol *sym)
{
	struct kc_place at[4];
	struct property *prop;
	size_t n;

	for_all_prompts(sym, prop)
		return false;
	n = kc_places(sym, at, 4);
	for (size_t i = 0; i < n; i++) {
		for (int l = at[i].first; l <= at[i].last; l++) {
			const char *text = source_line(at[i].file, l);

			if (!text || !strncmp(text + strspn(text, " \t"), "help", 4))
				break;
			text = strstr(text, "$(");
			if (text && strncmp(text, "$(SRCARCH)", 10) && strncmp(text, "$(ARCH)", 7))
				return true;
		}
	}
	return false;
}

enum origin origin_of(const struct fragments *f, struct symbol *sym, const char **who)
{
	const struct request *r = frag_find(f, sym->name);
	struct property *prop;
	/* An m selects a bool as y. */
	tristate least = sym->type == S_BOOLEAN ? mod : sym->curr.tri;
	bool asked = false;

	*who = NULL;
	if (r && kc_holds(sym, r->value)) {
		*who = r->para->file;
		return ORIGIN_ASKED;
	}
	if (kc_is_tristate(sym)) {
		if (sym->rev_dep.tri >= least) {
			first_selector(f, sym->rev_dep.expr, least, who, &asked);
			return ORIGIN_SELECT;
		}
		if (kc_in_choice(sym))
			return ORIGIN_CHOICE;
		if (sym->implied.tri >= least) {
			first_selector(f, sym->implied.expr, least, who, &asked);
			return ORIGIN_IMPLY;
		}
	}
	if (is_host_fact(sym))
		return ORIGIN_TOOLCHAIN;
	prop = origin_default(sym);
	if (prop)
		*who = kc_file(prop);
	return ORIGIN_DEFAULT;
}
