// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <search.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "stage.h"

/* What a file adds to a key. */
struct known_file {
	char *path, *text;
};

static int by_path(const void *a, const void *b)
{
	const struct known_file *one = a, *other = b;

	return strcmp(one->path, other->path);
}

static struct known_file *find(const struct known *k, const char *path)
{
	const struct known_file wanted = { .path = (char *)(uintptr_t)path };
	void *node = tfind(&wanted, &k->tree, by_path);

	return node ? *(struct known_file **)node : NULL;
}

/* Keep TEXT, which is freed with it. */
static const char *add(struct known *k, const char *path, char *text)
{
	struct known_file *e = find(k, path);

	if (e) {
		free(e->text);
	} else {
		e = mem_zalloc(sizeof(*e));
		e->path = mem_strdup(path);
		mem_check(tsearch(e, &k->tree, by_path));
	}
	e->text = text;
	return text;
}

static void free_entry(void *node)
{
	struct known_file *e = node;

	free(e->path);
	free(e->text);
	free(e);
}

void known_free(struct known *k)
{
	tdestroy(k->tree, free_entry);
	k->tree = NULL;
}

static bool is_key(const char *path)
{
	const size_t n = strlen(path);

	return n > 4 && !strcmp(path + n - 4, ".key");
}

static bool unreadable(const char *path, const char *key, const char *why)
{
	complain(path, 0, "cannot be read [unreadable]: %s; %s depends on it", why, key);
	return false;
}

/* What INPUT adds to KEY; NULL after a message. */
static const char *read_input(struct known *k, const char *key, const char *input)
{
	const struct known_file *e = find(k, input);
	struct buffer b = { 0 };
	char hash[HASH_LEN + 1];
	const char *wrong;

	if (e)
		return e->text;
	if (is_key(input)) {
		wrong = file_read(input, LARGEST, &b);
		if (!wrong)
			return add(k, input, b.text);
		buffer_free(&b);
	} else {
		if (hash_file(input, hash))
			return add(k, input, mem_printf("%s  %s\n", hash, input));
		wrong = strerror(errno);
	}
	unreadable(input, key, wrong);
	return NULL;
}

bool key_text(struct known *k, const char *key, const char *text, char **inputs, int n,
	      struct buffer *out)
{
	out->size = 0;
	buffer_puts(out, text);
	buffer_puts(out, "\n");
	for (int i = 0; i < n; i++) {
		const char *more = read_input(k, key, inputs[i]);

		if (!more)
			return false;
		buffer_puts(out, more);
	}
	add(k, key, mem_strdup(out->text));
	return true;
}

bool key_same(const char *path, const struct buffer *text)
{
	struct buffer b = { 0 };
	const bool same = !file_read(path, LARGEST, &b) && b.size == text->size &&
			  !memcmp(b.data, text->data, b.size);

	buffer_free(&b);
	return same;
}

bool key_lines(const char *path, struct lines *l)
{
	struct buffer b = { 0 };
	const bool good = !file_read(path, LARGEST, &b);
	char *rest = b.text, *line;

	while (good && rest && *rest) {
		line = strsep(&rest, "\n");
		if (strncmp(line, "file ", 5) != 0)
			lines_addf(l, "| %s", line);
	}
	buffer_free(&b);
	return good;
}
