// SPDX-License-Identifier: GPL-2.0-only
/* Messages, text, lists. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "fetch.h"

static void print(const char *fmt, va_list ap) __attribute__((format(printf, 1, 0)));

static void print(const char *fmt, va_list ap)
{
	char *text = NULL;

	if (vasprintf(&text, fmt, ap) < 0)
		abort();
	fprintf(stderr, "fetch: %s\n", clean(text));
	free(text);
}

void say(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	print(fmt, ap);
	va_end(ap);
}

void die(int status, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	print(fmt, ap);
	va_end(ap);
	exit(status);
}

char *keep(size_t size)
{
	static struct kept {
		struct kept *next;
		char text[];
	} * all;
	struct kept *new = calloc(1, sizeof(*new) + size);

	if (!new) { /* say() would need some */
		fputs("fetch: out of memory [no-memory]\n", stderr);
		exit(CANNOT_RUN);
	}
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

/* How many bytes at TEXT are a character of UTF-8 that no terminal acts on? 0 if none. */
static size_t plain(const unsigned char *text)
{
	static const unsigned char least[] = { 0, 0, 0xc2, 0xe0, 0xf0 };
	size_t n = *text < 0x80 ? 1 : *text < 0xe0 ? 2 : *text < 0xf0 ? 3 : 4;
	unsigned char at_least = *text == 0xc2 || *text == 0xe0 ? 0xa0 : 0x80;

	/* U+0080 to U+009F control terminals too; others can be written in more bytes. */
	if (n == 1)
		return *text >= ' ' && *text != 0x7f;
	if (*text < least[n] || *text > 0xf4 || text[1] < (*text == 0xf0 ? 0x90 : at_least))
		return 0;
	for (size_t i = 1; i < n; i++)
		if ((text[i] & 0xc0) != 0x80)
			return 0;
	return n;
}

char *clean(const char *text)
{
	char *copy = keep(4 * strlen(text) + 1), *at = copy;

	while (*text) {
		size_t n = plain((const unsigned char *)text);

		if (n)
			memcpy(at, text, n);
		else
			sprintf(at, "\\x%02x", (unsigned char)*text);
		at += n ? n : 4;
		text += n ? n : 1;
	}
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
