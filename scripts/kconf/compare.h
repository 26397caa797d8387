/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a release changes in the options of boards. A table, which cmd_table.c writes, is
 *
 *	{"table": 1, "board": NAME, "release": RELEASE, "options": {NAME: OPTION, ...}}
 *
 * and OPTION has "type", "defaults" ([VALUE, CONDITION] each), and where there is one "depends",
 * "prompt", "help", "choice", "file", "offered", "value", "origin" and "who".
 */
#ifndef KCONF_COMPARE_H
#define KCONF_COMPARE_H

#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>

#include "renames.h"

enum { TABLE_VERSION = 1 };

/* A table that is as above; NULL after a report. To be released with json_decref(). */
json_t *table_read(const char *path);
/* The same of SIZE bytes at TEXT, which PATH names in reports. */
json_t *table_parse(const char *text, size_t size, const char *path);

/*
 * Add the differences of two tables of one board to CHANGES, an object of objects. Equal
 * differences of several boards are one, and its "boards" lists them. Each has "kind" and "name":
 *
 *	new        "option"; "reach" is "on", "offered" or "hidden"
 *	removed    "option", "reach"
 *	renamed    "to", "evidence"; "merged" if both existed before
 *	redefined  "from" and "to" of "type", "prompt", "default" or "depends"; "reach"
 *	flipped    "choice": another member of it is "to" now, and no fragment requests that
 *	enabled    "option": enabled now, and no fragment requests it
 *	lost       "option": enabled before, and disabled now
 */
void compare_tables(json_t *changes, const json_t *from, const json_t *to,
		    const struct renames *renames);
/* Print them, those that no board can reach only with ALL. */
void compare_print(json_t *changes, size_t boards, bool all, FILE *out);

#endif
