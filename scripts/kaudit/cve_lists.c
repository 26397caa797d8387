// SPDX-License-Identifier: GPL-2.0-only
/* The list of compiled files, and the commits that patches of the tree have. */
#include <stdlib.h>
#include <string.h>

#include "cve.h"
#include "file.h"

static int by_text(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static bool is_header(const char *path)
{
	const char *end = strrchr(path, '.');

	return end && !strcmp(end, ".h");
}

bool list_read(struct list *l, const char *path)
{
	const char *wrong = file_read(path, LIST_MAX, &l->text);
	char *rest = l->text.text, *line;

	if (wrong) {
		complain(path, 0, "%s [unreadable]: expected the list of compiled files", wrong);
		return false;
	}
	if (strlen(rest) != l->text.size) {
		complain(path, 0, "has a byte 0 [control-character]");
		return false;
	}
	while ((line = strsep(&rest, "\n"))) {
		if (!*line)
			continue;
		grow(l->line, l->n, l->room);
		l->line[l->n++] = line;
		l->headers |= is_header(line);
	}
	if (!l->n) {
		complain(path, 0, "has no line [empty-list]: expected one path a line");
		return false;
	}
	qsort(l->line, l->n, sizeof(*l->line), by_text);
	return true;
}

bool list_has(const struct list *l, const char *line)
{
	return bsearch(&line, l->line, l->n, sizeof(*l->line), by_text) != NULL;
}

void list_free(struct list *l)
{
	free(l->line);
	buffer_free(&l->text);
}

static bool add_patch(struct patches *p, const char *line)
{
	const char *name = line + COMMIT + 1;
	struct patch one = { 0 };

	if (strspn(line, "0123456789abcdef") != COMMIT || line[COMMIT] != ' ' || !*name)
		return false;
	memcpy(one.commit, line, COMMIT);
	one.name = mem_strdup(name);
	grow(p->patch, p->n, p->room);
	p->patch[p->n++] = one;
	return true;
}

bool patches_read(struct patches *p, const char *path)
{
	struct buffer b = { 0 };
	const char *wrong = file_read(path, LIST_MAX, &b);
	char *rest = b.text, *line;
	bool good = !wrong;

	if (wrong)
		complain(path, 0, "%s [unreadable]", wrong);
	for (int n = 1; good && (line = strsep(&rest, "\n")); n++) {
		good = !*line || add_patch(p, line);
		if (!good)
			complain(path, n, "not a commit and a name [bad-line]");
	}
	buffer_free(&b);
	return good;
}

void patches_free(struct patches *p)
{
	for (size_t i = 0; i < p->n; i++)
		free(p->patch[i].name);
	free(p->patch);
}
