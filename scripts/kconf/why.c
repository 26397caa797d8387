// SPDX-License-Identifier: GPL-2.0-only
/* kconf why: the reason for an option's value, and how to have another. */
#include <stdlib.h>
#include <string.h>

#include "explain.h"
#include "session.h"

static const char usage[] =
	"usage: kconf why [options] --symbol NAME[,NAME]... LAYER:FRAGMENT...\n"
	"\n"
	"Tells of each option whether it is on, and the whole reason: who asked for it and\n"
	"why, what selects it, which default it has; or what it lacks, and what would have\n"
	"to be asked for to have it, which is tried before it is told.\n"
	"\n" SESSION_USAGE
	"  --symbol NAMES      the options, with or without CONFIG_\n"
	"  --json              the same facts as JSON: an array of objects\n"
	"\n"
	"Exit status: 0 all are known to the tree, 1 some are not, 2 could not run.\n";

static void print_one(const struct explanation *x)
{
	const json_t *facts = x->facts, *asked = json_object_get(facts, "asked");
	const char *type = json_string_value(json_object_get(facts, "type"));
	const char *prompt = json_string_value(json_object_get(facts, "prompt"));

	printf("CONFIG_%s is %s [%s]\n", json_string_value(json_object_get(facts, "symbol")),
	       json_string_value(json_object_get(facts, "value")), explain_code(x));
	if (type)
		printf("    %s%s%s%s\n", type, prompt ? " \"" : ", without a prompt",
		       prompt ? prompt : "", prompt ? "\"" : "");
	if (asked)
		printf("    requested as %s at %s:%d: %s\n",
		       json_string_value(json_object_get(asked, "value")),
		       json_string_value(json_object_get(asked, "file")),
		       (int)json_integer_value(json_object_get(asked, "line")),
		       json_string_value(json_object_get(asked, "reason")) ?: "");
	explain_print(facts, stdout);
}

static int run(struct session *s, char *names, bool as_json)
{
	struct explanation *x = NULL;
	size_t n = 0, max = 0;
	int status = HELD;
	json_t *all = json_array();

	for (char *name = strtok(names, ", "); name; name = strtok(NULL, ", ")) {
		grow(x, n, max);
		explain(&x[n++], &s->f, strncmp(name, "CONFIG_", 7) ? name : name + 7);
	}
	if (!explain_try(x, n, &s->f)) {
		complain(s->tree.dir, 0, "the tree could not be resolved again");
		status = CANNOT_RUN;
	}
	for (size_t i = 0; i < n; i++) {
		if (!x[i].sym && status == HELD)
			status = FINDING;
		if (!as_json)
			print_one(&x[i]);
		json_array_append_new(all, x[i].facts);
	}
	if (as_json && (json_dumpf(all, stdout, JSON_INDENT(2)) || putchar('\n') == EOF))
		status = CANNOT_RUN;
	json_decref(all);
	free(x);
	return status;
}

int cmd_why(int argc, char **argv)
{
	static const struct option options[] = {
		SESSION_OPTIONS,
		{ "symbol", required_argument, NULL, 'y' },
		{ "json", no_argument, NULL, 'j' },
		{ "help", no_argument, NULL, 'h' },
		{ 0 },
	};
	struct session s = { 0 };
	char *names = NULL;
	bool as_json = false;
	int c, status;

	while ((c = getopt_long(argc, argv, "h", options, NULL)) != -1) {
		switch (c) {
		case 'y':
			names = optarg;
			break;
		case 'j':
			as_json = true;
			break;
		case 'h':
			fputs(usage, stdout);
			return HELD;
		default:
			if (session_option(&s, c, optarg))
				break;
			if (c == '?')
				fputs(usage, stderr);
			return CANNOT_RUN;
		}
	}
	if (!names) {
		fputs(usage, stderr);
		return CANNOT_RUN;
	}
	status = session_open(&s, argc - optind, argv + optind, usage) ? run(&s, names, as_json) :
									 CANNOT_RUN;
	session_close(&s);
	return status;
}
