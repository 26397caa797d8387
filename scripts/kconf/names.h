/* SPDX-License-Identifier: GPL-2.0-only */
/* What an option that the tree does not know may be called now. */
#ifndef KCONF_NAMES_H
#define KCONF_NAMES_H

#include "tree.h"

/*
 * The best candidate for a name that the tree doesn't know: a slip of the pen, or the way
 * in which options get renamed most often, by a prefix (RETPOLINE became
 * MITIGATION_RETPOLINE). NULL if there is none.
 */
struct symbol *name_nearest(const char *name);
/* Of an option that only passes an old value on: the one whose default takes it. */
struct symbol *name_successor(struct symbol *old);
/* FILE:LINE where another architecture defines NAME, or NULL; the caller frees it. */
char *name_elsewhere(const char *name);

#endif
