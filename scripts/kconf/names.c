// SPDX-License-Identifier: GPL-2.0-only
#include <dirent.h>
#include <stdlib.h>
#include <string.h>

#include "kconf.h"
#include "names.h"

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

struct symbol *name_nearest(const char *name)
{
	struct symbol *sym, *close = NULL, *suffix = NULL;
	size_t len = strlen(name), best = len < 8 ? 2 : 3;

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

struct symbol *name_successor(struct symbol *old)
{
	struct symbol *sym;
	struct property *prop;

	kc_for_all_symbols(sym) {
		if (!kc_defined(sym))
			continue;
		for_all_defaults(sym, prop)
			if (prop->expr && prop->expr->type == E_SYMBOL &&
			    prop->expr->left.sym == old)
				return sym;
	}
	return NULL;
}

/*
 * Look for NAME's definition in a Kconfig file below the tree, and in what of drivers/ it
 * sources. Returns FILE:LINE, which the caller frees, or NULL.
 */
static char *scan(const char *tree, const char *file, const char *name, int depth)
{
	char *path, *found = NULL, *line = NULL;
	size_t size = 0;
	int n = 0;
	FILE *in;

	if (asprintf(&path, "%s/%s", tree, file) < 0)
		return NULL;
	in = fopen(path, "r");
	free(path);
	while (in && !found && getline(&line, &size, in) > 0) {
		char *s = line + strspn(line, " \t");

		n++;
		s[strcspn(s, "\r\n#")] = '\0';
		if (!strncmp(s, "menuconfig ", 11) || !strncmp(s, "config ", 7)) {
			s = strchr(s, ' ');
			s += strspn(s, " ");
			if (!strncmp(s, name, strlen(name)) && !s[strlen(name) + strspn(s + strlen(name), " \t")] &&
			    asprintf(&found, "%s:%d", file, n) < 0)
				found = NULL;
		} else if (!strncmp(s, "source \"drivers/", 16) && depth < 3) {
			s += 8;
			s[strcspn(s, "\"")] = '\0';
			found = scan(tree, s, name, depth + 1);
		}
	}
	if (in)
		fclose(in);
	free(line);
	return found;
}

char *name_elsewhere(const char *name)
{
	const char *tree = getenv("srctree") ?: ".", *own = getenv("SRCARCH") ?: "";
	char *arches, *found = NULL;
	struct dirent **dirs = NULL;
	int n;

	if (asprintf(&arches, "%s/arch", tree) < 0)
		return NULL;
	n = scandir(arches, &dirs, NULL, alphasort);
	free(arches);
	for (int i = 0; i < n; i++) {
		char file[300];

		if (!found && dirs[i]->d_name[0] != '.' && strcmp(dirs[i]->d_name, own)) {
			snprintf(file, sizeof(file), "arch/%s/Kconfig", dirs[i]->d_name);
			found = scan(tree, file, name, 0);
		}
		free(dirs[i]);
	}
	free(dirs);
	return found;
}
