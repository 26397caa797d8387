// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "needs.h"
#include "text.h"

/* Is each of OPTIONS, with commas between, a name? */
static bool are_names(const char *options)
{
	char *copy = mem_strdup(options), *rest = copy, *name;
	bool good = true;

	while (good && (name = strsep(&rest, ",")))
		good = text_is_name(name);
	free(copy);
	return good;
}

/* False if LINE is not valid. */
static bool take(struct needs *n, const char *line)
{
	struct need one = { .text = mem_strdup(line) };
	char *rest = one.text;

	one.word = next_word(&rest);
	one.options = next_word(&rest);
	one.reason = rest;
	if (!one.options || !*rest || !are_names(one.options) || text_control(line)) {
		free(one.text);
		return false;
	}
	grow(n->need, n->n, n->max);
	n->need[n->n++] = one;
	return true;
}

bool needs_read_stream(struct needs *n, FILE *in)
{
	char *line = NULL;
	size_t size = 0;
	int number = 0;
	bool good = true;
	ssize_t len;

	while (good && (len = getline(&line, &size, in)) >= 0) {
		number++;
		if (len && line[len - 1] == '\n')
			line[--len] = '\0';
		if (*line == '#' || !line[strspn(line, " \t")])
			good = strlen(line) == (size_t)len;
		else
			good = strlen(line) == (size_t)len && take(n, line);
	}
	free(line);
	if (!good)
		complain(n->path, number,
			 "not a need [bad-need]: expected WORD OPTION[,OPTION...] "
			 "REASON");
	return good;
}

static bool unreadable(const char *path)
{
	complain(path, 0, "%s [no-file]", strerror(errno));
	return false;
}

bool needs_read(struct needs *n)
{
	FILE *in = n->path ? fopen(n->path, "re") : NULL;
	bool good;

	if (!in)
		return !n->path || unreadable(n->path);
	good = needs_read_stream(n, in);
	if (good && ferror(in))
		good = unreadable(n->path);
	fclose(in);
	return good;
}

void needs_free(struct needs *n)
{
	for (size_t i = 0; i < n->n; i++)
		free(n->need[i].text);
	free(n->need);
	free(n->other);
	*n = (struct needs){ 0 };
}
