// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bootlog.h"

static _Noreturn void no_memory(void)
{
	fputs("bootlog: out of memory\n", stderr);
	exit(CANNOT_RUN);
}

struct item *list_add(struct list *list, int level, const char *text)
{
	if (list->n == list->size) {
		size_t size = list->size ? 2 * list->size : 16;
		struct item *items = realloc(list->items, size * sizeof(*items));

		if (!items)
			no_memory();
		list->items = items;
		list->size = size;
	}
	list->items[list->n] = (struct item){ .text = strdup(text), .level = level };
	if (!list->items[list->n].text)
		no_memory();
	return &list->items[list->n++];
}

void list_addf(struct list *list, const char *fmt, ...)
{
	bool known = false;
	va_list args;
	char *text;

	va_start(args, fmt);
	if (vasprintf(&text, fmt, args) < 0)
		no_memory();
	va_end(args);
	for (size_t i = 0; i < list->n && !known; i++)
		known = !strcmp(list->items[i].text, text);
	if (!known)
		list_add(list, -1, text);
	free(text);
}

void list_free(struct list *list)
{
	for (size_t i = 0; i < list->n; i++)
		free(list->items[i].text);
	free(list->items);
}

bool for_lines(const char *path, void (*take)(void *data, char *line), void *data)
{
	FILE *in = fopen(path, "r");
	char *buffer = NULL;
	size_t size = 0;
	ssize_t length;
	bool ok;

	if (!in) {
		fprintf(stderr, "bootlog: %s: %s\n", path, strerror(errno));
		return false;
	}
	while ((length = getline(&buffer, &size, in)) >= 0) {
		char *line, *rest = buffer;

		for (ssize_t i = 0; i < length; i++) {
			unsigned char c = (unsigned char)buffer[i];

			if ((c < ' ' && c != '\n' && c != '\r' && c != '\t') || c == 0x7f)
				buffer[i] = '?';
		}
		while ((line = strsep(&rest, "\r\n"))) {
			if (*line)
				take(data, line);
		}
	}
	ok = !ferror(in);
	if (!ok)
		fprintf(stderr, "bootlog: %s: %s\n", path, strerror(errno));
	free(buffer);
	fclose(in);
	return ok;
}
