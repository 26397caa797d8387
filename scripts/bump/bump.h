/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * bump - decide what a newer release does to a series, and put the result into the checkout.
 *
 *   diff.c          the diffs of a patch, as `patchck --diff` prints them
 *   cmd_upstream.c  does the release have the changes of a patch?
 *   cmd_refresh.c   the line numbers of a patch, as patch(1) found them
 *   cmd_install.c   all files of a result, or none
 *   cmd_report.c    the report; release.c, requests.c, waivers.c, policies.c and report.c have its
 *                   sections
 */
#ifndef BUMP_H
#define BUMP_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "mem.h"
#include "msg.h"

/* ---- diff.c -------------------------------------------------------------------- */
/* A run of changed lines in a hunk; all of it points into the text of the diff. */
struct block {
	const char *file; /* below the tree */
	const char *before; /* the line of context before it, or NULL */
	char **minus, **plus;
	size_t n_minus, n_plus, max_minus, max_plus;
};

struct diff {
	struct block *block;
	size_t n, max;
	char **lines; /* of the text, which is cut apart */
	size_t n_lines, max_lines;
};

/* Read TEXT, which is cut apart and must outlive D; false if it is not a diff. */
bool diff_read(struct diff *d, char *text);
void diff_free(struct diff *d);
/*
 * Does AFTER, the text of FILE in a newer release, have B's change, and BEFORE not? Blanks do
 * not count. Either text is NULL if the release does not have the file.
 */
bool block_is_in(const struct block *b, const char *before, const char *after);

/* ---- report.c ------------------------------------------------------------------ */
/* All that a report is made of, read from files in one directory. */
struct facts {
	json_t *trust;	 /* lines of `fetch --lock`: [KEY, TEXT] */
	json_t *patches; /* [NAME, FATE, DETAIL, CONFLICT] */
	json_t *changes; /* of `kconf compare` */
	json_t *boards;	 /* [BOARD, STATUS, TEXT] */
	json_t *files;	 /* [KIND, TEXT] */
	json_t *unchecked; /* texts */
	json_t *compiled; /* [PATCH, FILE, TEXT] that no longer compile */
	json_t *built;	  /* [BOARD, STATUS, TEXT, SIZES] */
	json_t *waivers;  /* [BOARD, TEXT]: an error of a waiver or an override */
	json_t *policies; /* of policies_compare() */
	size_t audited;	  /* boards with verdicts of both releases */
	const char *cves; /* the output of make cve, or NULL */
};

struct verdict {
	json_t *no, *decide; /* texts: why it can't be merged, what a person decides */
};

void verdict_of(const struct facts *f, struct verdict *v);
/* Column I of a row of facts, or "". */
const char *cell(const json_t *row, size_t i);
/* TEXT as a separate block, or within a line; both are safe in HTML. */
void put_pre(const char *text, FILE *out);
void put_html(const char *text, FILE *out);
/* The boards of a finding, unless they are ALL. */
void put_boards(const json_t *boards, size_t all, FILE *out);
void open_fold(const char *title, size_t n, FILE *out);
void close_fold(FILE *out);
void report_markdown(const struct facts *f, const struct verdict *v, FILE *out);

/* ---- release.c ----------------------------------------------------------------- */
/* The text of the first line KEY of the trust, or "". */
const char *trust_of(const struct facts *f, const char *key);
void put_release(const struct facts *f, FILE *out);

/* ---- requests.c ---------------------------------------------------------------- */
/* Add BOARD to the list of the finding TEXT in ALL, an object. */
void add_finding(json_t *all, const char *text, const char *board);
/* Add the findings in PROOF whose first line has one of MARKS, which end with a NULL. */
void gather_findings(json_t *all, const char *board, const char *proof, const char *const *marks);
/* Each finding of ALL with its boards; BOARDS is the number of all boards. */
void put_findings(json_t *all, size_t boards, FILE *out);
void put_requests(const struct facts *f, FILE *out);

/* ---- waivers.c ----------------------------------------------------------------- */
/* The errors of waivers and overrides with MARK, each counted once. */
size_t waivers_with(const struct facts *f, const char *mark);
void put_waivers(const struct facts *f, FILE *out);
/* Waivers for the lost requests, and for a new series EXCEPT of boards, as text to paste. */
void put_proposals(const struct facts *f, FILE *out);

/* ---- policies.c ---------------------------------------------------------------- */
/*
 * Add the verdicts of BOARD that differ in two outputs of `kaudit check --format json` to CHANGES, an
 * object. Equal ones of several boards are one, with "rule", "level", "why", "from", "to", "reason"
 * and "boards". False if one is not such an output.
 */
bool policies_compare(json_t *changes, const char *board, const json_t *before,
		      const json_t *after);
/* How many required, or other, rules fail now on some board and did not before. */
size_t policies_failing(const struct facts *f, bool required);
void put_policies(const struct facts *f, FILE *out);

int cmd_upstream(int argc, char **argv);
int cmd_refresh(int argc, char **argv);
int cmd_install(int argc, char **argv);
int cmd_recover(int argc, char **argv);
int cmd_report(int argc, char **argv);

#endif
