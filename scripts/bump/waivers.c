// SPDX-License-Identifier: GPL-2.0-only
/* Waivers that are in use, stale or expired, and the text of new ones for lost requests. */
#include <stdlib.h>
#include <string.h>

#include "bump.h"

enum { RELEASES = 10 }; /* that a proposed waiver lasts */

size_t waivers_with(const struct facts *f, const char *mark)
{
	json_t *texts = json_object();
	const json_t *row;
	size_t i, n;

	json_array_foreach(f->waivers, i, row)
		if (strstr(cell(row, 1), mark))
			json_object_set_new(texts, cell(row, 1), json_true());
	n = json_object_size(texts);
	json_decref(texts);
	return n;
}

/* The line at TEXT, to be freed. *TEXT goes to the next one. */
static char *next_line(const char **text)
{
	size_t n = strcspn(*text, "\n");
	char *line = mem_strndup(*text, n);

	*text += n + ((*text)[n] == '\n');
	return line;
}

void put_waivers(const struct facts *f, FILE *out)
{
	static const char *const marks[] = { " waived: ", NULL };
	json_t *all = json_object();
	const json_t *row;
	size_t i;

	json_array_foreach(f->waivers, i, row)
		add_finding(all, cell(row, 1), cell(row, 0));
	json_array_foreach(f->boards, i, row)
		gather_findings(all, cell(row, 0), cell(row, 2), marks);
	if (json_object_size(all)) {
		fputs("\n## Waivers and overrides\n", out);
		put_findings(all, json_array_size(f->boards), out);
	}
	json_decref(all);
}

/* ---- proposals ------------------------------------------------------------------ */

/* A lost request, as the proof prints it: FILE:LINE: CONFIG_NAME=VALUE LOST: WHY */
struct lost {
	char *file, *name, *why;
};

static bool read_lost(const char *line, struct lost *l)
{
	const char *colon = strchr(line, ':'), *config = strstr(line, ": CONFIG_"),
		   *why = strstr(line, " LOST: ");
	size_t n;

	if (!colon || !config || !why || config > why || strstr(line, "optional, "))
		return false;
	config += strlen(": CONFIG_");
	n = strcspn(config, "=");
	*l = (struct lost){ mem_strndup(line, (size_t)(colon - line)), mem_strndup(config, n),
			    mem_strdup(why + strlen(" LOST: ")) };
	return true;
}

/* By file and name: "why" and the "boards". */
static void gather_lost(json_t *files, const char *board, const char *proof)
{
	while (*proof) {
		char *line = next_line(&proof);
		struct lost l = { 0 };

		if (read_lost(line, &l)) {
			json_t *names = json_object_get(files, l.file), *one;

			if (!names)
				json_object_set_new(files, l.file, names = json_object());
			one = json_object_get(names, l.name);
			if (!one)
				json_object_set_new(names, l.name,
						    one = json_pack("{s:s, s:[]}", "why", l.why,
								    "boards"));
			json_array_append_new(json_object_get(one, "boards"), json_string(board));
		}
		free(l.file);
		free(l.name);
		free(l.why);
		free(line);
	}
}

/* Is the arch of BOARD, ARCH-NAME, one of those of BOARDS? */
static bool has_arch(const json_t *boards, const char *board)
{
	size_t n = strcspn(board, "-") + 1, i;
	const json_t *one;

	json_array_foreach(boards, i, one)
		if (!strncmp(json_string_value(one), board, n))
			return true;
	return false;
}

/*
 * A directive that leaves the architectures of BOARDS only, unless those are all. The base layer takes
 * a list of the others.
 */
static void put_arch(const struct facts *f, const char *file, const json_t *boards, FILE *out)
{
	bool base = strstr(file, "/base/") != NULL, any = false;
	json_t *said = json_array();
	const json_t *row;
	size_t i, others = 0;

	json_array_foreach(f->boards, i, row)
		others += !has_arch(boards, cell(row, 0));
	json_array_foreach(f->boards, i, row) {
		const char *board = cell(row, 0);

		if (!others || has_arch(boards, board) == base || has_arch(said, board))
			continue;
		json_array_append_new(said, json_string(board));
		fprintf(out, "%s %.*s", any ? "" : base ? "#: not-arch" : "#: arch",
			(int)strcspn(board, "-"), board);
		any = true;
	}
	if (any)
		fputs(base ? " the request holds there\n" : "\n", out);
	json_decref(said);
}

/* The numbers of RELEASE, 6.12.107 or 7.0. */
static void numbers(const char *release, unsigned *series, unsigned *minor, unsigned *patch)
{
	*series = *minor = *patch = 0;
	sscanf(release, "%9u.%9u.%9u", series, minor, patch);
}

static void put_waiver(const struct facts *f, const char *file, const char *name, const json_t *one,
		       FILE *out)
{
	const json_t *boards = json_object_get(one, "boards");
	unsigned series, minor, patch;

	numbers(trust_of(f, "version"), &series, &minor, &patch);
	fprintf(out, "# %s is lost in %s: ", name, trust_of(f, "version"));
	put_html(json_string_value(json_object_get(one, "why")), out);
	fprintf(out, "\n#: since %u.%u\n#: until %u.%u\n", series, minor, series, minor + 1);
	put_arch(f, file, boards, out);
	fprintf(out, "#: waive %s until=%u.%u.%u OWNER REASON\n", name, series, minor,
		patch + RELEASES);
}

/* Boards, not their flavours, that cannot be resolved or lose requests. */
static void put_exceptions(const struct facts *f, FILE *out)
{
	unsigned series, minor, patch;
	const json_t *row;
	size_t i;

	numbers(trust_of(f, "version"), &series, &minor, &patch);
	json_array_foreach(f->boards, i, row) {
		const char *board = cell(row, 0), *dash = strchr(board, '-');

		if (!strcmp(cell(row, 1), "0") || !dash || strchr(dash + 1, '-'))
			continue;
		fprintf(out,
			"\nOr, if %u.%u is not for this board, at the end of "
			"%s/boards/%.*s/%s.board:\n\n<pre>\n# REASON\nEXCEPT += %u.%u\n</pre>\n",
			series, minor, trust_of(f, "configs"), (int)(dash - board), board, dash + 1,
			series, minor);
	}
}

static bool is_new_series(const struct facts *f)
{
	unsigned a[3], b[3];

	numbers(trust_of(f, "from"), &a[0], &a[1], &a[2]);
	numbers(trust_of(f, "version"), &b[0], &b[1], &b[2]);
	return a[0] != b[0] || a[1] != b[1];
}

void put_proposals(const struct facts *f, FILE *out)
{
	json_t *files = json_object(), *names, *one;
	const char *file, *name;
	const json_t *row;
	size_t i, bad = 0;
	bool first;

	json_array_foreach(f->boards, i, row) {
		bad += strcmp(cell(row, 1), "0") != 0;
		gather_lost(files, cell(row, 0), cell(row, 2));
	}
	if (json_object_size(files) || (bad && is_new_series(f)))
		fputs("\n## To paste\n", out);
	json_object_foreach(files, file, names) {
		fprintf(out,
			"\nTo accept the losses for %d releases, append to %s with an owner and a "
			"reason, after an empty line:\n\n<pre>\n",
			RELEASES, file);
		first = true;
		json_object_foreach(names, name, one)
		{
			fputs(first ? "" : "\n", out);
			put_waiver(f, file, name, one, out);
			first = false;
		}
		fputs("</pre>\n", out);
	}
	if (is_new_series(f))
		put_exceptions(f, out);
	json_decref(files);
}
