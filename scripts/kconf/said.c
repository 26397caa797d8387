// SPDX-License-Identifier: GPL-2.0-only
/*
 * The messages of the tree's own reader name a file that only this process has. Users get the
 * line of the fragment with the request instead.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "said.h"

static void say_line(const struct fragments *f, const char *path, char *text)
{
	size_t len = strlen(path);
	const struct request *r;
	unsigned long line;

	if (strncmp(text, path, len) || text[len] != ':') {
		fprintf(stderr, "%s\n", text);
		return;
	}
	line = strtoul(text + len + 1, &text, 10);
	text += strspn(text, ": ");
	if (!strncmp(text, "warning:", 8))
		text += 8 + strspn(text + 8, " ");
	r = line && line <= f->n_req ? f->req[line - 1] : NULL;
	if (r)
		complain(r->para->file, r->line, "%s [kconfig-warning]", text);
	else
		complain("kconfig", 0, "%s [kconfig-warning]", text);
}

static void print(const struct fragments *f, const char *path, char *text)
{
	char *rest = text, *line;

	while ((line = strsep(&rest, "\n")))
		if (*line)
			say_line(f, path, line);
}

void said_open(struct said *s)
{
	*s = (struct said){ .before = stderr };
	s->out = open_memstream(&s->text, &s->size);
	if (s->out)
		stderr = s->out; /* a variable, in glibc */
}

void said_close(struct said *s, const struct fragments *f, const char *path)
{
	int saved = errno;

	stderr = s->before;
	if (!s->out)
		return;
	fclose(s->out);
	if (s->text)
		print(f, path, s->text);
	free(s->text);
	errno = saved;
}
