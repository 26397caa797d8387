/* SPDX-License-Identifier: GPL-2.0-only */
/* The options that a board with its command line cannot start without: configs/needs. */
#ifndef KCONF_NEEDS_H
#define KCONF_NEEDS_H

#include "kconf.h"

/* A line: WORD OPTION[,OPTION...] REASON */
struct need {
	const char *word; /* begins a word of the command line, or "*" for any */
	char *options; /* of which one must be built in */
	const char *reason;
	char *text; /* the line, which these point into */
};

struct needs {
	/* From the command line of kconf. */
	const char *path, *board, *cmdline; /* PATH may be NULL */
	const char **other; /* fragments of other boards */
	size_t n_other, max_other;

	struct need *need;
	size_t n, max;
};

/* Read the file; false after a message. */
bool needs_read(struct needs *n);
bool needs_read_stream(struct needs *n, FILE *in);
/*
 * Check the resolved tree: FINDING after a message for each option that is not built in, and for a
 * LOCALVERSION that another board has; CANNOT_RUN if a fragment cannot be read.
 */
int needs_check(const struct needs *n);
void needs_free(struct needs *n);

#endif
