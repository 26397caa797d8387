// SPDX-License-Identifier: GPL-2.0-only
/* Text, lists. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "clean.h"
#include "fetch.h"

char *keep(size_t size)
{
	static struct kept {
		struct kept *next;
		char text[];
	} * all;
	struct kept *new = mem_zalloc(sizeof(*new) + size);

	new->next = all;
	all = new;
	return new->text;
}

char *format(const char *fmt, ...)
{
	va_list ap;
	char *text;
	int size;

	va_start(ap, fmt);
	size = vsnprintf(NULL, 0, fmt, ap) + 1;
	va_end(ap);
	text = keep((size_t)size);
	va_start(ap, fmt);
	vsnprintf(text, (size_t)size, fmt, ap);
	va_end(ap);
	return text;
}

char *cleaned(const char *text)
{
	char *copy = format("%s", text);

	clean(copy, strlen(copy), "");
	return copy;
}

bool is_made_of(const char *text, const char *set, size_t count)
{
	return strlen(text) == count && strspn(text, set) == count;
}

bool is_sha256(const char *text)
{
	return is_made_of(text, "0123456789abcdef", 64);
}

bool ends_in(const char *text, const char *end)
{
	size_t length = strlen(text), n = strlen(end);

	return length >= n && !strcmp(text + length - n, end);
}

bool is_file(const char *path)
{
	struct stat st;

	return !stat(path, &st) && S_ISREG(st.st_mode);
}

long long size_of(const char *path)
{
	struct stat st;

	return stat(path, &st) ? 0 : st.st_size;
}

const char *setting(const char *name)
{
	const char *value = getenv(name);

	return value && *value ? value : NULL;
}

bool list_has(const struct list *list, const char *item)
{
	for (size_t i = 0; i < list->n; i++)
		if (!strcmp(list->item[i], item))
			return true;
	return false;
}

void list_add(struct list *list, const char *item)
{
	if (list_has(list, item))
		return;
	if (list->n == ARRAY_SIZE(list->item))
		die(CANNOT_RUN, "%s: more than %zu places to look at [too-many-places]; set DEBIAN_MIRROR to one",
		    item, list->n);
	list->item[list->n++] = item;
}
