// SPDX-License-Identifier: GPL-2.0-only
/* The section on requests: each finding once, with the boards that have it. */
#include <stdlib.h>
#include <string.h>

#include "bump.h"

/* Has the line of N bytes one of MARKS, which end with a NULL? */
static bool is_shown(const char *line, size_t n, const char *const *marks)
{
	for (; *marks; marks++)
		if (memmem(line, n, *marks, strlen(*marks)))
			return true;
	return false;
}

void add_finding(json_t *all, const char *text, const char *board)
{
	if (!json_object_get(all, text))
		json_object_set_new(all, text, json_array());
	json_array_append_new(json_object_get(all, text), json_string(board));
}

/* The length of the finding at TEXT: its line, and those below it that are indented. */
static size_t finding_length(const char *text)
{
	size_t n = 0;

	do {
		n += strcspn(text + n, "\n");
		n += text[n] == '\n';
	} while (text[n] == ' ' || text[n] == '\t');
	return n;
}

void gather_findings(json_t *all, const char *board, const char *proof, const char *const *marks)
{
	while (*proof) {
		size_t n = finding_length(proof);

		if (is_shown(proof, strcspn(proof, "\n"), marks)) {
			char *text = mem_strndup(proof, n);

			add_finding(all, text, board);
			free(text);
		}
		proof += n;
	}
}

/* The line of PROOF that counts the requests. */
static void put_count(const char *proof, FILE *out)
{
	const char *found = strstr(proof, " requests from "), *line = found;

	while (line && line > proof && line[-1] != '\n')
		line--;
	line = line ? line : proof;
	fprintf(out, "%.*s\n", (int)strcspn(line, "\n"), line);
}

void put_findings(json_t *all, size_t boards, FILE *out)
{
	json_t *list, *board;
	const char *text;
	size_t i;

	json_object_foreach(all, text, list) {
		fputs("\n", out);
		if (json_array_size(list) == boards)
			fputs("every board", out);
		else
			json_array_foreach(list, i, board)
				fprintf(out, "%s%s", i ? ", " : "", json_string_value(board));
		fputs(":\n\n", out);
		put_pre(text, out);
	}
}

/* Boards without findings; their lines differ in numbers only. */
static void put_good(const struct facts *f, FILE *out)
{
	const json_t *row;
	size_t i, n = 0;

	json_array_foreach(f->boards, i, row)
		n += !strcmp(cell(row, 1), "0");
	if (!n)
		return;
	open_fold("boards on which all requests hold or are excused", n, out);
	json_array_foreach(f->boards, i, row) {
		if (strcmp(cell(row, 1), "0"))
			continue;
		fprintf(out, "- %s: ", cell(row, 0));
		put_count(cell(row, 2), out);
	}
	close_fold(out);
}

void put_requests(const struct facts *f, FILE *out)
{
	/* Findings of other kinds change nothing: they are in the proof of each board. */
	static const char *const marks[] = { " LOST: ", "[unaccounted", NULL };
	json_t *all = json_object();
	const json_t *row;
	size_t i;

	fputs("\n## Requests\n", out);
	put_good(f, out);
	fputc('\n', out);
	json_array_foreach(f->boards, i, row) {
		if (strcmp(cell(row, 1), "0")) {
			fprintf(out, "- %s: ", cell(row, 0));
			put_count(cell(row, 2), out);
		}
		if (!strcmp(cell(row, 1), "2"))
			put_pre(cell(row, 2), out);
		else
			gather_findings(all, cell(row, 0), cell(row, 2), marks);
	}
	put_findings(all, json_array_size(f->boards), out);
	json_decref(all);
}
