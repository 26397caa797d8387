// SPDX-License-Identifier: GPL-2.0-only
/* bump refresh: a patch with the line numbers at which patch(1) applied its hunks. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "bump.h"
#include "options.h"

static const struct command command = {
	.synopsis = "bump refresh PATCH LOG",
	.about =
		"Prints PATCH with each hunk moved by the offset that LOG, the output of patch(1), has.\n",
	.status = "0, or 2 could not run",
	.least = 2,
	.most = 2,
};

/* An offset of hunk NUMBER of the FILE-th file, from 1. */
struct moved {
	long file, number, offset;
};

struct moves {
	struct moved *moved;
	size_t n, max;
};

static void read_log(struct moves *m, FILE *in)
{
	char *line = NULL;
	long file = 0;
	size_t size = 0;

	while (getline(&line, &size, in) >= 0) {
		struct moved hunk = { .file = file };
		const char *offset = strstr(line, "(offset ");

		file += !strncmp(line, "patching file ", 14);
		if (!offset || sscanf(line, "Hunk #%ld succeeded", &hunk.number) != 1)
			continue;
		hunk.file = file;
		hunk.offset = strtol(offset + 8, NULL, 10);
		grow(m->moved, m->n, m->max);
		m->moved[m->n++] = hunk;
	}
	free(line);
}

static long offset_of(const struct moves *m, long file, long number)
{
	for (size_t i = 0; i < m->n; i++)
		if (m->moved[i].file == file && m->moved[i].number == number)
			return m->moved[i].offset;
	return 0;
}

/* "@@ -N... +N...", each N moved by OFFSET. */
static void put_head(const char *line, long offset)
{
	const char *plus = strstr(line, " +");
	char *rest;
	long n = strtol(line + 4, &rest, 10);

	printf("@@ -%ld%.*s", n + offset, (int)(plus - rest), rest);
	n = strtol(plus + 2, &rest, 10);
	printf(" +%ld%s", n + offset, rest);
}

static void put_patch(const struct moves *m, FILE *in)
{
	char *line = NULL;
	long file = 0, hunk = 0;
	size_t size = 0;

	while (getline(&line, &size, in) >= 0) {
		bool diff = !strncmp(line, "diff --git ", 11);

		file += diff;
		hunk = diff ? 0 : hunk;
		if (file && !strncmp(line, "@@ -", 4) && strstr(line, " +"))
			put_head(line, offset_of(m, file, ++hunk));
		else
			fputs(line, stdout);
	}
	free(line);
}

static FILE *must_open(const char *path)
{
	FILE *in = fopen(path, "re");

	if (!in)
		die(CANNOT_RUN, "%s: cannot be read [unreadable]: %s", path, strerror(errno));
	return in;
}

int cmd_refresh(int argc, char **argv)
{
	int status = options_read(&argc, &argv, &command, &(const struct opt)OPT_END);
	struct moves m = { 0 };
	FILE *in;

	if (status != GO_ON)
		return status;
	in = must_open(argv[1]);
	read_log(&m, in);
	fclose(in);
	in = must_open(argv[0]);
	put_patch(&m, in);
	fclose(in);
	free(m.moved);
	return fflush(stdout) ? CANNOT_RUN : DONE;
}
