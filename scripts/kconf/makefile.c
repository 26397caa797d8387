// SPDX-License-Identifier: GPL-2.0-only
#include <ctype.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "makefile.h"
#include "mem.h"

struct reader {
	struct listed listed; /* the word that is being read */
	void (*see)(void *ctx, const struct listed *l);
	void *ctx;
};

static bool is_word(char c)
{
	return isalnum((unsigned char)c) || c == '_';
}

/* The option that LEFT, the left side of an assignment, depends on; or NULL. */
static char *option_in(const char *left)
{
	const char *s = strstr(left, "$(CONFIG_");
	size_t len = 0;

	if (!s)
		return NULL;
	s += strlen("$(CONFIG_");
	while (is_word(s[len]))
		len++;
	return mem_strndup(s, len);
}

/* What stands before -y, -objs, -m or -$(...). */
static char *base_of(const char *left)
{
	static const char *const ends[] = { "-objs", "-y", "-m" };
	const char *dollar = strstr(left, "-$(");
	size_t len = strlen(left);

	if (dollar)
		return mem_strndup(left, (size_t)(dollar - left));
	for (size_t i = 0; i < ARRAY_SIZE(ends); i++) {
		size_t end = strlen(ends[i]);

		if (len > end && !strcmp(left + len - end, ends[i]))
			return mem_strndup(left, len - end);
	}
	return NULL;
}

static void read_words(struct reader *r, const char *left, char *right)
{
	char *base = base_of(left), *option = option_in(left), *rest;

	right[strcspn(right, "#")] = '\0';
	r->listed.list = base;
	r->listed.option = option;
	for (char *word = strtok_r(right, " \t\r", &rest); base && word;
	     word = strtok_r(NULL, " \t\r", &rest)) {
		size_t len = strlen(word);

		if (len < 3 || strcmp(word + len - 2, ".o") || strchr(word, '$'))
			continue;
		r->listed.object = word;
		r->see(r->ctx, &r->listed);
	}
	free(base);
	free(option);
}

/* TEXT is a line with those that continue it. */
static void read_line(struct reader *r, char *text)
{
	char *equals, *end;

	text += strspn(text, " \t");
	equals = strchr(text, '=');
	if (!equals || *text == '#')
		return;
	end = equals;
	while (end > text && strchr(" \t:+?", end[-1]))
		end--;
	*end = '\0';
	if (end > text)
		read_words(r, text, equals + 1);
}

void makefile_read(char *text, void (*see)(void *ctx, const struct listed *l), void *ctx)
{
	struct reader r = { .see = see, .ctx = ctx };
	int line = 1;

	while (*text) {
		char *start = text;

		r.listed.line = line;
		for (; *text && *text != '\n'; text++) {
			if (*text != '\\' || text[1] != '\n')
				continue;
			*text++ = ' ';
			*text = ' ';
			line++;
		}
		line++;
		if (*text)
			*text++ = '\0';
		read_line(&r, start);
	}
}
