/* SPDX-License-Identifier: GPL-2.0-only */
/* What became of an option that the tree does not know. */
#ifndef KCONF_NAMES_H
#define KCONF_NAMES_H

#include "tree.h"

enum name_kind {
	NAME_RENAMED, /* NOW is its name here, by EVIDENCE */
	NAME_TYPO, /* NOW is an option that is spelled so but for a slip */
	NAME_GONE, /* SERIES is the first of the record's without it */
	NAME_NEWER, /* SERIES is the first of the record's with it */
	NAME_ELSEWHERE, /* only other architectures read FILE, LINE, which defines it */
	NAME_UNKNOWN
};

struct name_fate {
	enum name_kind kind;
	struct symbol *now;
	const char *series, *evidence, *file;
	int line;
};

/*
 * The facts about NAME, which the tree does not define for this architecture, or only to
 * pass an old value on. Slips of the pen are looked for if a person wrote it: Kconfig, who
 * writes a whole .config, makes none. What FATE points to stays.
 */
void name_look(const char *name, bool by_hand, struct name_fate *fate);

/* Use the record of names at PATH, see renames.h; false after a report. */
bool names_use(const char *path);

#endif
