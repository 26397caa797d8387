/* SPDX-License-Identifier: GPL-2.0-only */
/* The figures of builds and boots, and the table of a page that has them. */
#ifndef FIGURES_H
#define FIGURES_H

#include <stdbool.h>
#include <stddef.h>

#include "buffer.h"

/* ---- a build and its boots (figures.c) -------------------------------------------- */

/* What identifies a build: SERIES/ARCH-BOARD. */
struct build_name {
	char *series, *arch, *board; /* in text */
	char *text;
};

/* False if NAME is not of that form, of letters, digits, '.' and '_'. Free the text either way. */
bool build_name(struct build_name *b, const char *name, size_t len);

/* The row of BUILD, below OUT, as booted on MACHINE; NULL after a message. */
char *figures_row(const char *out, const struct build_name *build, const char *machine);

/* The figures of a boot. */
struct boot {
	long init_ms;
	double gone_mib; /* memory that is not available */
	bool devices; /* at least one works */
};

/* Read a report of bootlog --json. NULL, or its error, to free. */
char *boot_parse(struct boot *b, const struct buffer *json);

/* ---- a page (page.c) -------------------------------------------------------------- */

struct row {
	char *text;
	struct build_name build;
	char *release;
	size_t order; /* of equal rows, as they came */
};

/* The page around its table, and the table's rows. */
struct page {
	const char *path;
	struct buffer before, after;
	struct row *row;
	size_t n, room;
};

/* Read it; false after a message. */
bool page_parse(struct page *p, char *text);
/* Add a row, a line, which is copied; false if it is not one. */
bool page_add(struct page *p, const char *row);
/* The page with its table sorted by release, architecture and board. */
void page_print(struct page *p, struct buffer *table, struct buffer *all);
void page_free(struct page *p);

int cmd_rows(int argc, char **argv);

#endif
