// SPDX-License-Identifier: GPL-2.0-only
/* kconf compare: what another release changes in the options of boards. */
#include <string.h>

#include "compare.h"
#include "file.h"
#include "kconf.h"
#include "options.h"

static const struct command command = {
	.synopsis = "kconf compare [options] FROM TO [FROM TO]...",
	.about =
		"Compares pairs of tables that 'kconf table' wrote, each of one board on two trees: options\n"
		"that are new, removed, renamed, or redefined (type, prompt, default, dependencies), choices\n"
		"with another default, and options that are enabled or disabled without a request. A\n"
		"difference of several boards is printed once.\n",
	.status = "0 no differences, 1 some, 2 could not run",
	.least = 2,
	.most = ANY,
};

static bool compare_pair(json_t *changes, const char *from, const char *to,
			 const struct renames *renames)
{
	json_t *a = table_read(from), *b = a ? table_read(to) : NULL;
	bool good = b;

	if (b && strcmp(json_string_value(json_object_get(a, "board")),
			json_string_value(json_object_get(b, "board")))) {
		complain(to, 0, "board is %s [other-board]: expected %s, as in %s",
			 json_string_value(json_object_get(b, "board")),
			 json_string_value(json_object_get(a, "board")), from);
		good = false;
	}
	if (good)
		compare_tables(changes, a, b, renames);
	json_decref(a);
	json_decref(b);
	return good;
}

static bool write_json(json_t *changes, const char *path)
{
	json_t *list = json_array(), *c;
	struct output o;
	const char *key;
	bool good;

	if (!output_open(&o, path)) {
		json_decref(list);
		return false;
	}
	json_object_foreach(changes, key, c)
		json_array_append(list, c);
	good = !json_dumpf(list, o.file, JSON_SORT_KEYS | JSON_INDENT(1)) &&
	       fputc('\n', o.file) != EOF;
	json_decref(list);
	return output_close(&o, good);
}

static int compare_all(int n, char **paths, const struct renames *renames, const char *json,
		       bool all)
{
	json_t *changes = json_object();
	int status = DONE;

	for (int i = 0; i < n && status == DONE; i += 2)
		if (!compare_pair(changes, paths[i], paths[i + 1], renames))
			status = CANNOT_RUN;
	if (status == DONE)
		compare_print(changes, (size_t)n / 2, all, stdout);
	if (status == DONE && json && !write_json(changes, json))
		status = CANNOT_RUN;
	if (status == DONE && json_object_size(changes))
		status = FINDING;
	if (status != CANNOT_RUN)
		printf("%zu differences on %d boards\n", json_object_size(changes), n / 2);
	json_decref(changes);
	return fflush(stdout) ? CANNOT_RUN : status;
}

int cmd_compare(int argc, char **argv)
{
	const char *json = NULL, *record = NULL;
	struct renames renames = { 0 };
	bool all = false;
	const struct opt opts[] = {
		OPT_TEXT("json", "FILE", &json, "write the differences as JSON too"),
		OPT_TEXT("renames", "FILE", &record, "the record of names, of 'kconf renames'"),
		OPT_FLAG("all", &all, "print options that no board is offered too"),
		OPT_END,
	};
	int status = options_read(&argc, &argv, &command, opts);

	if (status != GO_ON)
		return status;
	if (argc % 2)
		return options_wrong(&command, opts);
	status = CANNOT_RUN;
	if (!record || renames_read(&renames, record))
		status = compare_all(argc, argv, record ? &renames : NULL, json, all);
	renames_free(&renames);
	return status;
}
