/* SPDX-License-Identifier: GPL-2.0-only */
/* The fate of an option that the tree does not define. */
#ifndef KCONF_NAMES_H
#define KCONF_NAMES_H

#include "tree.h"

enum name_kind {
	NAME_RENAMED, /* NOW is its name here, by EVIDENCE */
	NAME_TYPO, /* NOW is the option that a typing error in NAME makes likely */
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
 * pass an old value on. BY_HAND: a person wrote NAME, so look for typing errors; Kconfig, which
 * writes a whole .config, makes none. FATE's pointers stay valid.
 */
void name_look(const char *name, bool by_hand, struct name_fate *fate);

/* Use the record of names at PATH, see renames.h; false after a report. */
bool names_use(const char *path);

#endif
