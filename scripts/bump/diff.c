// SPDX-License-Identifier: GPL-2.0-only
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "bump.h"

/* Shorter runs, such as a brace, say nothing without the line before them. */
enum { TELLING = 8 };

static void add_line(struct diff *d, char *line)
{
	grow(d->lines, d->n_lines, d->max_lines);
	d->lines[d->n_lines++] = line;
}

static struct block *new_block(struct diff *d, const char *file, const char *before)
{
	grow(d->block, d->n, d->max);
	d->block[d->n] = (struct block){ .file = file, .before = before };
	return &d->block[d->n++];
}

static void add_change(struct block *b, char *line)
{
	if (*line == '-') {
		grow(b->minus, b->n_minus, b->max_minus);
		b->minus[b->n_minus++] = line + 1;
	} else {
		grow(b->plus, b->n_plus, b->max_plus);
		b->plus[b->n_plus++] = line + 1;
	}
}

/* The file that "+++ b/FILE" or "--- a/FILE" names, or NULL for /dev/null. */
static const char *side(const char *line)
{
	return !strncmp(line + 4, "a/", 2) || !strncmp(line + 4, "b/", 2) ? line + 6 : NULL;
}

/* "@@ -N,OLD +N,NEW @@": the lines on both sides; 1 if a count is missing. */
static bool hunk_head(const char *line, long *old, long *new)
{
	char *end;

	if (strncmp(line, "@@ -", 4))
		return false;
	strtol(line + 4, &end, 10);
	*old = *end == ',' ? strtol(end + 1, &end, 10) : 1;
	if (strncmp(end, " +", 2))
		return false;
	strtol(end + 2, &end, 10);
	*new = *end == ',' ? strtol(end + 1, &end, 10) : 1;
	return !strncmp(end, " @@", 3) && *old >= 0 && *new >= 0;
}

/* The lines of a hunk after its head at *I. */
static void read_hunk(struct diff *d, size_t *i, const char *file, long old, long new)
{
	const char *before = NULL;
	struct block *b = NULL;

	for (; *i + 1 < d->n_lines && (old > 0 || new > 0); (*i)++) {
		char *line = d->lines[*i + 1];

		if (*line == '-' || *line == '+') {
			b = b ? b : new_block(d, file, before);
			add_change(b, line);
		} else if (*line != '\\') {
			b = NULL;
			before = *line ? line + 1 : line;
		}
		old -= *line != '+' && *line != '\\';
		new -= *line != '-' && *line != '\\';
	}
}

bool diff_read(struct diff *d, char *text)
{
	const char *file = NULL;
	long old, new;
	char *line;

	*d = (struct diff){ 0 };
	while ((line = strsep(&text, "\n")))
		add_line(d, line);
	for (size_t i = 0; i < d->n_lines; i++) {
		line = d->lines[i];
		if (!strncmp(line, "diff --git ", 11))
			file = NULL;
		else if (!strncmp(line, "--- ", 4) || !strncmp(line, "+++ ", 4))
			file = side(line) ? side(line) : file;
		else if (hunk_head(line, &old, &new) && file)
			read_hunk(d, &i, file, old, new);
		else if (*line == '@')
			return false;
	}
	return d->n > 0;
}

void diff_free(struct diff *d)
{
	for (size_t i = 0; i < d->n; i++) {
		free(d->block[i].minus);
		free(d->block[i].plus);
	}
	free(d->block);
	free(d->lines);
}

/* ---- is it in? ------------------------------------------------------------------- */

/* Do the line at *TEXT and LINE agree but for blanks? *TEXT goes to the next line then. */
static bool same_line(const char **text, const char *line)
{
	const char *t = *text;

	for (;;) {
		while (*t != '\n' && isspace((unsigned char)*t))
			t++;
		while (isspace((unsigned char)*line))
			line++;
		if (!*line || !*t || *t != *line)
			break;
		t++, line++;
	}
	if (*line || (*t && *t != '\n'))
		return false;
	*text = t + (*t == '\n');
	return true;
}

/* How often TEXT has the N lines, after the line FIRST unless that is NULL. */
static size_t count(const char *text, const char *first, char **lines, size_t n)
{
	size_t found = 0;

	while (text && *text) {
		const char *at = text;
		size_t i = 0;
		bool here = !first || same_line(&at, first);

		while (here && i < n && *at && same_line(&at, lines[i]))
			i++;
		found += here && i == n;
		text += strcspn(text, "\n");
		text += *text == '\n';
	}
	return found;
}

static bool is_telling(char **lines, size_t n)
{
	size_t length = 0;

	for (size_t i = 0; i < n; i++)
		for (const char *c = lines[i]; *c; c++)
			length += isspace((unsigned char)*c) == 0;
	return length >= TELLING;
}

bool block_is_in(const struct block *b, const char *before, const char *after)
{
	const char *first;

	if (!b->n_plus) {
		first = is_telling(b->minus, b->n_minus) ? NULL : b->before;
		return count(after, first, b->minus, b->n_minus) <
		       count(before, first, b->minus, b->n_minus);
	}
	first = is_telling(b->plus, b->n_plus) ? NULL : b->before;
	return count(after, first, b->plus, b->n_plus) > count(before, first, b->plus, b->n_plus);
}
