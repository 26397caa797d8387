/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The committed record of names: which options were renamed, removed and added. Its
 * lines are
 *
 *	rename OLD NEW SERIES EVIDENCE PROOF...
 *	removed SERIES NAME...
 *	new SERIES NAME...
 *
 * where SERIES is the first of the record's without OLD, without the name, or with it.
 */
#ifndef KCONF_RENAMES_H
#define KCONF_RENAMES_H

#include <stdbool.h>
#include <stddef.h>

struct rename_record {
	char *old, *new, *series, *evidence;
};

struct name_record {
	char *name;
	const char *series;
	bool removed; /* or new */
};

struct renames {
	struct rename_record *rename;
	size_t n_rename, max_rename;
	struct name_record *name; /* sorted by name */
	size_t n_name, max_name;
	char **series;
	size_t n_series, max_series;
};

/* Read the record; false after a report. renames_free() in any case. */
bool renames_read(struct renames *r, const char *path);
void renames_free(struct renames *r);

#endif
