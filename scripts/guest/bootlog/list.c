// SPDX-License-Identifier: GPL-2.0-only
#include <search.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clean.h"
#include "bootlog.h"

enum { LINE_MOST = 4 << 20 };

static bool is_allowed(const char *text, const struct list *allow)
{
	for (size_t i = 0; allow && i < allow->n; i++) {
		if (strstr(text, allow->items[i].text))
			return true;
	}
	return false;
}

static int compare(const void *a, const void *b)
{
	return strcmp(a, b);
}

/* Appends TEXT, and takes ownership of it; NULL if the list is full. */
static struct item *append(struct list *list, int level, char *text)
{
	const size_t bytes = strlen(text) + sizeof(struct item);
	const bool allowed = is_allowed(text, list->allow);

	list->counts |= !allowed;
	if (!list->unbounded &&
	    (list->n >= MOST_ITEMS || (list->n && list->bytes + bytes > MOST_BYTES))) {
		list->more++;
		free(text);
		return NULL;
	}
	grow(list->items, list->n, list->size);
	list->bytes += bytes;
	list->items[list->n] = (struct item){ text, level, allowed };
	return &list->items[list->n++];
}

void list_add(struct list *list, int level, const char *text)
{
	append(list, level, mem_strdup(text));
}

void list_addf(struct list *list, const char *fmt, ...)
{
	struct item *item;
	va_list args;
	char *text;

	va_start(args, fmt);
	text = mem_vprintf(fmt, args);
	va_end(args);
	if (tfind(text, &list->known, compare)) {
		free(text);
		return;
	}
	item = append(list, -1, text);
	if (item)
		mem_check(tsearch(item->text, &list->known, compare));
}

static void keep(void *text)
{
	(void)text;
}

void list_free(struct list *list)
{
	tdestroy(list->known, keep);
	for (size_t i = 0; i < list->n; i++)
		free(list->items[i].text);
	free(list->items);
}

static void take_line(char *line, size_t n, void (*take)(void *data, char *line), void *data)
{
	if (!n)
		return;
	clean(line, n, "\t");
	line[n] = '\0';
	take(data, line);
}

bool for_lines(FILE *in, void (*take)(void *data, char *line), void *data)
{
	size_t n = 0, size = 256;
	char *line = mem_zalloc(size);
	int c;

	while ((c = getc_unlocked(in)) != EOF) {
		const bool end = c == '\n' || c == '\r';

		if (n + 1 == size)
			line = mem_realloc(line, size *= 2);
		if (!end)
			line[n++] = (char)c;
		if (end || n == LINE_MOST) {
			take_line(line, n, take, data);
			n = 0;
		}
	}
	take_line(line, n, take, data);
	free(line);
	return !ferror(in);
}
