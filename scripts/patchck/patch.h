/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A patch as git format-patch writes it. The mail has a head and a text that ends in "---"; below
 * that are a statistic, the diffs, and a signature. Only the diffs are for patch(1), which sees no
 * byte that was not checked here and finds no second diff in the text of the mail.
 */
#ifndef PATCH_H
#define PATCH_H

#include <limits.h>
#include <stdbool.h>
#include <stdio.h>

enum { ID = 40 }; /* digits of a commit's name */

enum part { HEAD, TEXT, STAT, FILE_HEAD, HUNK, END };

struct patch {
	const char *name;
	bool print_diff, print_files;
	enum part part;
	long number, old, new; /* of the line; of lines that the hunk still has */
	char a[PATH_MAX], b[PATH_MAX]; /* the two sides of the diff, with their prefixes */
	bool has_a, has_b, author, date, subject, signed_off;
	char from[256], signer[256]; /* mail addresses: the author's, and of the last sign-off */
	char commit[ID + 1], accepted[ID + 1]; /* by the text's first line, and by "Upstream:" */
	bool begun, author_signed, noted, author_unknown;
	int diffs, statuses;
	bool failed, stopped, unreadable;
};

/*
 * Check the patch IN, and print each finding; NAME is its name in messages. As set, print to
 * standard output its diffs alone, or the path of each file that it changes. Zero the rest of P.
 * DONE or FINDING; after a finding, what was printed is not to be used.
 */
int patch_check(struct patch *p, FILE *in);

#endif
