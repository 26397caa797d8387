/* SPDX-License-Identifier: GPL-2.0-only */
/* What the tree's own reader of configs says, by the fragments' own lines. */
#ifndef KCONF_SAID_H
#define KCONF_SAID_H

#include <stdio.h>

#include "kconf.h"

struct said {
	FILE *before, *out; /* where stderr went, and goes in between */
	char *text;
	size_t size;
};

/* Keep the text for stderr, until said_close(). */
void said_open(struct said *s);
/*
 * Print it: what begins with PATH:N: is said of the Nth request of F, at the line of its
 * fragment.
 */
void said_close(struct said *s, const struct fragments *f, const char *path);

#endif
