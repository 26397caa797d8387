// SPDX-License-Identifier: GPL-2.0-only
/*
 * The resolved config as it is committed, for reviews of a change: each option that is enabled or
 * has a value, sorted, with its origin. Facts of the build host and line numbers are omitted,
 * since they often change.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "origin.h"

static int by_name(const void *a, const void *b)
{
	struct symbol *const *sa = a, *const *sb = b;

	return strcmp((*sa)->name, (*sb)->name);
}

/* A value as .config has it; the length. */
static int put_value(FILE *out, struct symbol *sym)
{
	int len = 0;

	if (sym->type != S_STRING)
		return fprintf(out, "%s", kc_value(sym));
	for (const char *p = kc_value(sym); *p; p++)
		len += fprintf(out, *p == '"' || *p == '\\' ? "\\%c" : "%c", *p);
	return len;
}

bool resolved_write(const struct fragments *f, const char *path)
{
	struct symbol *sym, **all = NULL;
	size_t n = 0, max = 0;
	FILE *out = fopen(path, "w");

	if (!out)
		return false;
	kc_for_all_symbols(sym) {
		if (!kc_defined(sym) || kc_transitional(sym) || !(sym->flags & SYMBOL_WRITE) ||
		    (kc_is_tristate(sym) && sym->curr.tri == no) || !*kc_value(sym))
			continue;
		grow(all, n, max);
		all[n++] = sym;
	}
	qsort(all, n, sizeof(struct symbol *), by_name);
	fputs("# SPDX-License-Identifier: GPL-2.0-only\n"
	      "# Made by 'make resolved', for reviews; nothing reads it but 'kconf diff'.\n",
	      out);
	for (size_t i = 0; i < n; i++) {
		const char *who, *quote = all[i]->type == S_STRING ? "\"" : "";
		enum origin origin = origin_of(f, all[i], &who);
		int len;

		if (origin == ORIGIN_TOOLCHAIN)
			continue;
		len = fprintf(out, "CONFIG_%s=%s", all[i]->name, quote);
		len += put_value(out, all[i]);
		len += fprintf(out, "%s", quote);
		fprintf(out, "%*s# %s%s%s\n", len < 47 ? 48 - len : 1, "", origin_names[origin],
			who ? " " : "", who ? who : "");
	}
	free(all);
	return !(ferror(out) | fclose(out));
}
