/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The page of an audit. print_html.c has its head and its rules, html_options.c the options,
 * html_parts.c the style, the script, and the only writer of text that is not this tool's.
 */
#ifndef KAUDIT_HTML_H
#define KAUDIT_HTML_H

#include "kaudit.h"

extern const char html_style[], html_script[];

/* TEXT, with each character that HTML gives a meaning escaped; control characters as \xNN. */
void html_text(FILE *out, const char *text);
/* OPEN, then the escaped text, which is freed, then CLOSE. */
void html_own(FILE *out, const char *open, char *text, const char *close);
void html_put(FILE *out, const char *open, const char *text, const char *close);
/*
 * The policy that a browser applies to the page: this style and this script, and nothing from
 * elsewhere. The script is named by its SHA-256.
 */
void html_policy(FILE *out);

/* The names of the options that CHECK tests, each once, as the index of a rule has them. */
struct html_names {
	const char **name;
	size_t n, room;
};
void html_names(struct html_names *names, const struct check *check);

/* The section of the options: values, who set them, and the rules that name them. */
void html_options(FILE *out, const struct audit *a);

#endif
