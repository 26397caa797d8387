// SPDX-License-Identifier: GPL-2.0-only
/* The section on requests: each finding once, with the boards that have it. */
#include <stdlib.h>
#include <string.h>

#include "bump.h"

/* Findings of other kinds change nothing: they are in the proof of each board. */
static bool is_shown(const char *line, size_t n)
{
	static const char *const marks[] = { " LOST: ", "[unaccounted", "waive", "excused" };

	for (size_t i = 0; i < ARRAY_SIZE(marks); i++)
		if (memmem(line, n, marks[i], strlen(marks[i])))
			return !memmem(line, n, " requests from ", 15);
	return false;
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

/* Add the findings in PROOF to ALL, an object of lists of boards by the text of the finding. */
static void gather(json_t *all, const char *board, const char *proof)
{
	while (*proof) {
		size_t n = finding_length(proof);

		if (is_shown(proof, strcspn(proof, "\n"))) {
			char *text = mem_strndup(proof, n);

			if (!json_object_get(all, text))
				json_object_set_new(all, text, json_array());
			json_array_append_new(json_object_get(all, text), json_string(board));
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

static void put_findings(json_t *all, size_t boards, FILE *out)
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

void put_requests(const struct facts *f, FILE *out)
{
	json_t *all = json_object();
	const json_t *row;
	size_t i;

	fputs("\n## Requests\n\n", out);
	json_array_foreach(f->boards, i, row) {
		fprintf(out, "- %s: ", cell(row, 0));
		put_count(cell(row, 2), out);
		if (strcmp(cell(row, 1), "2"))
			gather(all, cell(row, 0), cell(row, 2));
		else
			put_pre(cell(row, 2), out);
	}
	put_findings(all, json_array_size(f->boards), out);
	json_decref(all);
}
