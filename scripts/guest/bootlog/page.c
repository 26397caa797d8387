// SPDX-License-Identifier: GPL-2.0-only
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "figures.h"
#include "mem.h"
#include "msg.h"

static const char begin[] = "<!-- figures: ", end[] = "<!-- end of figures -->";
static const char head[] =
	"| kernel | board | options enabled | kernel file | modules | whole image | machine "
	"| time to init | memory used |\n|---|---|---|---|---|---|---|---|---|\n";

static bool starts(const char *s, const char *with)
{
	return !strncmp(s, with, strlen(with));
}

static void free_row(struct row *r)
{
	free(r->text);
	free(r->release);
	free(r->build.text);
}

/* "| RELEASE (SERIES) | ARCH BOARD | ..." */
static bool parse_row(struct row *r)
{
	char release[64], series[64], arch[64], board[64], *name;
	bool good;

	if (sscanf(r->text, "| %63s (%63[^) ]) | %63s %63s |", release, series, arch, board) != 4)
		return false;
	name = mem_printf("%s/%s-%s", series, arch, board);
	r->release = mem_strdup(release);
	good = build_name(&r->build, name, strlen(name));
	free(name);
	return good;
}

bool page_add(struct page *p, const char *text)
{
	struct row r = { .text = mem_strdup(text), .order = p->n };

	if (!parse_row(&r)) {
		free_row(&r);
		return false;
	}
	grow(p->row, p->n, p->room);
	p->row[p->n++] = r;
	return true;
}

static void add_line(struct buffer *b, const char *line)
{
	buffer_puts(b, line);
	buffer_puts(b, "\n");
}

/* A line of the table: a row, or one that is written anew. */
static bool take_row(struct page *p, const char *line, int number)
{
	if (!starts(line, "| ") || line[2] < '0' || line[2] > '9' || page_add(p, line))
		return true;
	complain(p->path, number,
		 "not a row of the table [bad-row]: expected | RELEASE (SERIES) | ARCH "
		 "BOARD | ..., got '%s'",
		 line);
	return false;
}

bool page_parse(struct page *p, char *text)
{
	enum { BEFORE, TABLE, AFTER } part = BEFORE;
	char *line;

	for (int number = 1; text && *text; number++) {
		line = strsep(&text, "\n");
		if (part == TABLE && starts(line, end))
			part = AFTER;
		if (part == BEFORE)
			add_line(&p->before, line);
		else if (part == AFTER)
			add_line(&p->after, line);
		else if (!take_row(p, line, number))
			return false;
		if (part == BEFORE && starts(line, begin))
			part = TABLE;
	}
	if (part == AFTER)
		return true;
	complain(p->path, 0, "no '%s... -->' and '%s' lines to write between [no-table]", begin,
		 end);
	return false;
}

static int by_board(const void *a, const void *b)
{
	const struct row *one = a, *other = b;
	int order = strverscmp(one->release, other->release);

	order = order ?: strcmp(one->build.series, other->build.series);
	order = order ?: strcmp(one->build.arch, other->build.arch);
	order = order ?: strcmp(one->build.board, other->build.board);
	return order ?: (one->order > other->order) - (one->order < other->order);
}

void page_print(struct page *p, struct buffer *table, struct buffer *all)
{
	if (p->n)
		qsort(p->row, p->n, sizeof(*p->row), by_board);
	buffer_puts(table, head);
	for (size_t i = 0; i < p->n; i++)
		add_line(table, p->row[i].text);
	buffer_add(all, p->before.data, p->before.size);
	buffer_add(all, table->data, table->size);
	buffer_add(all, p->after.data, p->after.size);
}

void page_free(struct page *p)
{
	for (size_t i = 0; i < p->n; i++)
		free_row(&p->row[i]);
	free(p->row);
	buffer_free(&p->before);
	buffer_free(&p->after);
}
