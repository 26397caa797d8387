// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "kconf.h"
#include "renames.h"

/* One of each series, kept. */
static const char *series_of(struct renames *r, const char *series)
{
	for (size_t i = 0; i < r->n_series; i++)
		if (!strcmp(r->series[i], series))
			return r->series[i];
	grow(r->series, r->n_series, r->max_series);
	return r->series[r->n_series++] = mem_strdup(series);
}

static bool take_rename(struct renames *r, char **save)
{
	char *word[4];

	for (size_t i = 0; i < 4; i++)
		if (!(word[i] = strtok_r(NULL, " \t", save)))
			return false;
	grow(r->rename, r->n_rename, r->max_rename);
	r->rename[r->n_rename++] =
		(struct rename_record){ mem_strdup(word[0]), mem_strdup(word[1]),
					mem_strdup(word[2]), mem_strdup(word[3]) };
	return true;
}

static bool take_names(struct renames *r, char **save, bool removed)
{
	char *series = strtok_r(NULL, " \t", save), *name;
	size_t before = r->n_name;

	while (series && (name = strtok_r(NULL, " \t", save))) {
		grow(r->name, r->n_name, r->max_name);
		r->name[r->n_name++] =
			(struct name_record){ mem_strdup(name), series_of(r, series), removed };
	}
	return r->n_name > before;
}

static bool take(struct renames *r, char *line)
{
	char *save, *kind;

	line[strcspn(line, "\r\n")] = '\0';
	if (*line == '#' || !(kind = strtok_r(line, " \t", &save)))
		return true;
	if (!strcmp(kind, "rename"))
		return take_rename(r, &save);
	if (!strcmp(kind, "removed") || !strcmp(kind, "new"))
		return take_names(r, &save, *kind == 'r');
	return false;
}

static int by_name(const void *a, const void *b)
{
	const struct name_record *na = a, *nb = b;

	return strcmp(na->name, nb->name) ?: release_cmp(na->series, nb->series);
}

bool renames_read(struct renames *r, const char *path)
{
	FILE *in = fopen(path, "r");
	char *line = NULL;
	size_t size = 0;
	int n = 0;
	bool good = true;

	memset(r, 0, sizeof(*r));
	if (!in) {
		complain(path, 0, "%s", strerror(errno));
		return false;
	}
	while (good && getline(&line, &size, in) > 0) {
		n++;
		good = take(r, line);
	}
	if (!good)
		complain(path, n,
			 "is not a line of the record of names [bad-record]: expected 'rename OLD NEW "
			 "SERIES EVIDENCE', 'removed SERIES NAME...' or 'new SERIES NAME...'; run make "
			 "renames");
	free(line);
	fclose(in);
	if (r->n_name)
		qsort(r->name, r->n_name, sizeof(*r->name), by_name);
	return good;
}

void renames_free(struct renames *r)
{
	for (size_t i = 0; i < r->n_rename; i++) {
		free(r->rename[i].old);
		free(r->rename[i].new);
		free(r->rename[i].series);
		free(r->rename[i].evidence);
	}
	for (size_t i = 0; i < r->n_name; i++)
		free(r->name[i].name);
	for (size_t i = 0; i < r->n_series; i++)
		free(r->series[i]);
	free(r->rename);
	free(r->name);
	free(r->series);
	memset(r, 0, sizeof(*r));
}
