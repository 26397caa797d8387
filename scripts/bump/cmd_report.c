// SPDX-License-Identifier: GPL-2.0-only
/* bump report: the report of a bump, from the files that its steps wrote into one directory. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "buffer.h"
#include "bump.h"
#include "clean.h"
#include "file.h"
#include "options.h"

enum { FACT_MOST = 256 << 20, COLUMNS = 4 };

static const struct command command = {
	.synopsis = "bump report DIR NAME",
	.about =
		"Writes NAME.md and NAME.json of the facts in DIR: trust (of fetch --lock), patches, boards,\n"
		"files, compiled, built, waivers and unchecked (columns with tabs between them), changes.json\n"
		"(of kconf compare), audits/BOARD.old and .new (of kaudit check), and cves (of make cve).\n",
	.status = "0 it can be merged, 1 it can't be, 2 could not run",
	.least = 2,
	.most = 2,
};

/* Safe for a terminal, and UTF-8, which JSON needs. */
static json_t *text_json(const char *text)
{
	char *copy = mem_strdup(text);
	json_t *string;

	clean(copy, strlen(copy), "\n\t");
	string = json_string(copy);
	free(copy);
	return string ? string : json_string("?");
}

/* The content of DIR/NAME into B; false if it does not exist. */
static bool read_fact(const char *dir, const char *name, struct buffer *b)
{
	char *path = mem_printf("%s/%s", dir, name);
	const char *wrong = file_read(path, FACT_MOST, b);

	if (wrong && strcmp(wrong, strerror(ENOENT)))
		die(CANNOT_RUN, "%s: cannot be read [unreadable]: %s", path, wrong);
	free(path);
	return !wrong;
}

/* The lines of DIR/NAME, each a list of N columns that SEPARATOR divides. */
static json_t *read_rows(const char *dir, const char *name, const char *separator, int n)
{
	json_t *rows = json_array();
	struct buffer b = { 0 };
	char *rest, *line;

	if (!read_fact(dir, name, &b)) {
		buffer_free(&b);
		return rows;
	}
	for (rest = b.text; (line = strsep(&rest, "\n"));) {
		json_t *row = json_array();

		if (!*line) {
			json_decref(row);
			continue;
		}
		for (int i = 0; i < n; i++) {
			const char *column =
				line ? i + 1 < n ? strsep(&line, separator) : line : "";

			json_array_append_new(row, text_json(column));
		}
		json_array_append_new(rows, row);
	}
	buffer_free(&b);
	return rows;
}

/* Append to each row the text of DIR/SUB/COLUMN, COLUMN being its first. */
static void add_texts(json_t *rows, const char *dir, const char *sub)
{
	json_t *row;
	size_t i;

	json_array_foreach(rows, i, row) {
		char *name = mem_printf("%s/%s", sub, json_string_value(json_array_get(row, 0)));
		struct buffer b = { 0 };

		json_array_append_new(row, text_json(read_fact(dir, name, &b) ? b.text : ""));
		buffer_free(&b);
		free(name);
	}
}

/* DIR/NAME, JSON that PROGRAM wrote; NULL if it does not exist. */
static json_t *read_json(const char *dir, const char *name, const char *program)
{
	struct buffer b = { 0 };
	json_t *json = NULL;
	json_error_t error;

	if (read_fact(dir, name, &b)) {
		json = json_loadb(b.text, b.size, JSON_REJECT_DUPLICATES, &error);
		if (!json)
			die(CANNOT_RUN, "%s/%s:%d: not the output of %s [bad-facts]: %s", dir, name,
			    error.line, program, error.text);
	}
	buffer_free(&b);
	return json;
}

static json_t *read_changes(const char *dir)
{
	json_t *changes = read_json(dir, "changes.json", "kconf compare");

	if (changes && !json_is_array(changes))
		die(CANNOT_RUN, "%s/changes.json: not the output of kconf compare [bad-facts]", dir);
	return changes ? changes : json_array();
}

/* The verdicts of each board that has both. */
static void read_policies(struct facts *f, const char *dir)
{
	const json_t *row;
	size_t i;

	f->policies = json_object();
	json_array_foreach(f->boards, i, row) {
		char *before = mem_printf("audits/%s.old", cell(row, 0)),
		     *after = mem_printf("audits/%s.new", cell(row, 0));
		json_t *old = read_json(dir, before, "kaudit check"),
		       *new = read_json(dir, after, "kaudit check");

		if (old && new && !policies_compare(f->policies, cell(row, 0), old, new))
			die(CANNOT_RUN, "%s/%s or .old: not the output of kaudit check [bad-facts]",
			    dir, after);
		f->audited += old && new;
		json_decref(old);
		json_decref(new);
		free(before);
		free(after);
	}
}

static json_t *to_json(const struct facts *f, const struct verdict *v)
{
	json_t *policies = json_array(), *change;
	const char *key;

	json_object_foreach(f->policies, key, change)
		json_array_append(policies, change);
	return json_pack("{s:{s:b, s:O, s:O, s:O}, s:O, s:O, s:O, s:O, s:O, s:O, s:O, s:O, s:o, s:s*}",
			 "verdict",
			 "merge", json_array_size(v->no) == 0, "against", v->no, "decide",
			 v->decide, "unchecked", f->unchecked, "trust", f->trust, "patches",
			 f->patches, "compiled", f->compiled, "built", f->built, "boards",
			 f->boards, "files", f->files, "options", f->changes, "waivers", f->waivers,
			 "policies", policies, "cves", f->cves);
}

static bool write_report(const struct facts *f, const struct verdict *v, const char *name)
{
	char *md = mem_printf("%s.md", name), *json = mem_printf("%s.json", name);
	json_t *all = to_json(f, v);
	struct output o;
	bool good = false;

	if (output_open(&o, json)) {
		good = all && !json_dumpf(all, o.file, JSON_INDENT(1) | JSON_SORT_KEYS) &&
		       fputc('\n', o.file) != EOF;
		good = output_close(&o, good);
	}
	if (good && output_open(&o, md)) {
		report_markdown(f, v, o.file);
		good = output_close(&o, true);
	}
	json_decref(all);
	free(md);
	free(json);
	return good;
}

int cmd_report(int argc, char **argv)
{
	int status = options_read(&argc, &argv, &command, &(const struct opt)OPT_END);
	struct buffer cves = { 0 };
	struct verdict v;
	struct facts f;

	if (status != GO_ON)
		return status;
	f = (struct facts){
		.trust = read_rows(argv[0], "trust", " ", 2),
		.patches = read_rows(argv[0], "patches", "\t", 3),
		.boards = read_rows(argv[0], "boards", "\t", 2),
		.files = read_rows(argv[0], "files", "\t", 2),
		.compiled = read_rows(argv[0], "compiled", "\t", 3),
		.built = read_rows(argv[0], "built", "\t", 3),
		.waivers = read_rows(argv[0], "waivers", "\t", 2),
		.unchecked = read_rows(argv[0], "unchecked", "\t", 1),
		.changes = read_changes(argv[0]),
	};
	f.cves = read_fact(argv[0], "cves", &cves) ? cves.text : NULL;
	read_policies(&f, argv[0]);
	add_texts(f.patches, argv[0], "conflicts");
	add_texts(f.boards, argv[0], "proofs");
	add_texts(f.built, argv[0], "sizes");
	verdict_of(&f, &v);
	status = !write_report(&f, &v, argv[1]) ? CANNOT_RUN :
		 json_array_size(v.no)			 ? FINDING :
							   DONE;
	json_decref(f.trust);
	json_decref(f.patches);
	json_decref(f.boards);
	json_decref(f.files);
	json_decref(f.compiled);
	json_decref(f.built);
	json_decref(f.unchecked);
	json_decref(f.changes);
	json_decref(f.waivers);
	json_decref(f.policies);
	buffer_free(&cves);
	json_decref(v.no);
	json_decref(v.decide);
	return status;
}
