/* SPDX-License-Identifier: GPL-2.0-only */
/* The values that an option can have in some configuration, whatever the compiler. */
#ifndef KCONF_POSSIBLE_H
#define KCONF_POSSIBLE_H

#include "tree.h"

/*
 * Find out, once after tree_parse(). The answers may be too wide, and are never too narrow:
 * an option that is said to be impossible is so in every configuration.
 */
void possible_find(void);
/* Can SYM be m or y, or have a value? */
bool possible_on(const struct symbol *sym);
/* Can it be n, or have none? */
bool possible_off(const struct symbol *sym);

#endif
