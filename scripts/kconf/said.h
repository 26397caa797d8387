/* SPDX-License-Identifier: GPL-2.0-only */
/* The messages of the tree's own reader of configs, with the lines of the fragments. */
#ifndef KCONF_SAID_H
#define KCONF_SAID_H

#include <stdio.h>

#include "kconf.h"

struct said {
	FILE *before, *out; /* the saved stderr, and the file in its place */
	char *text;
	size_t size;
};

/* Keep the text for stderr, until said_close(). */
void said_open(struct said *s);
/*
 * Print it: a line PATH:N: is about the Nth request of F, and gets the place of that request in
 * its fragment.
 */
void said_close(struct said *s, const struct fragments *f, const char *path);

#endif
