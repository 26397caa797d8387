// SPDX-License-Identifier: GPL-2.0-only
/* kconf surface: enabled options that no fragment requests. */
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "kconf.h"
#include "options.h"

static const struct command command = {
	.synopsis = "kconf surface [--sizes FILE] RESOLVED",
	.about =
		"Lists, from a file that 'kconf resolve --resolved' wrote, the options that are enabled or\n"
		"have a value and that no fragment requests: by the options that select them, those that\n"
		"select most first.\n",
	.status = "0 done, 2 could not run",
	.least = 1,
	.most = 1,
};

struct group {
	enum origin origin;
	const char *who;
	size_t n;
};

static int by_size(const void *a, const void *b)
{
	const struct group *ga = a, *gb = b;

	if (ga->n != gb->n)
		return ga->n < gb->n ? 1 : -1;
	return ga->origin != gb->origin ? (int)ga->origin - (int)gb->origin :
					  strcmp(ga->who, gb->who);
}

static bool belongs(const struct resolved_option *o, const struct group *g)
{
	return o->origin == g->origin && !strcmp(o->who, g->who);
}

static void print_groups(const struct resolved *r)
{
	struct group *groups = NULL;
	size_t n = 0, max = 0, i;

	for (i = 0; i < r->n; i++) {
		const struct resolved_option *o = &r->option[i];
		size_t g = 0;

		if (o->origin == ORIGIN_ASKED)
			continue;
		while (g < n && !belongs(o, &groups[g]))
			g++;
		if (g == n) {
			grow(groups, n, max);
			groups[n++] = (struct group){ o->origin, o->who, 0 };
		}
		groups[g].n++;
	}
	if (n)
		qsort(groups, n, sizeof(*groups), by_size);
	for (size_t g = 0; g < n; g++) {
		printf("%4zu  %s %s\n", groups[g].n, origin_names[groups[g].origin], groups[g].who);
		for (i = 0; i < r->n; i++)
			if (belongs(&r->option[i], &groups[g]))
				printf("        %s=%s\n", r->option[i].name, r->option[i].value);
	}
	free(groups);
}

/* Bytes of an option in vmlinux and modules. */
static json_int_t bytes(const json_t *option)
{
	return json_integer_value(json_object_get(json_object_get(option, "vmlinux"), "total")) +
	       json_integer_value(json_object_get(json_object_get(option, "modules"), "total"));
}

/* The report's options are sorted by their bytes already. */
static bool print_sizes(const struct resolved *r, const char *path)
{
	json_error_t error;
	json_t *report = json_load_file(path, 0, &error), *option;
	json_int_t total = 0;
	size_t i;

	if (!json_is_array(json_object_get(report, "options"))) {
		complain(path, report ? 0 : error.line, "%s; 'make size' writes it",
			 report ? "has no options" : error.text);
		json_decref(report);
		return false;
	}
	json_array_foreach(json_object_get(report, "options"), i, option) {
		const char *name = json_string_value(json_object_get(option, "name"));

		for (size_t j = 0; name && j < r->n; j++) {
			const struct resolved_option *o = &r->option[j];

			if (o->origin == ORIGIN_ASKED || strcmp(o->name, name))
				continue;
			printf("%10lld  %s=%s  [%s%s%s]\n", (long long)bytes(option), name, o->value,
			       origin_names[o->origin], *o->who ? " " : "", o->who);
			total += bytes(option);
		}
	}
	json_decref(report);
	printf("%10lld  bytes that no fragment requests\n", (long long)total);
	return true;
}

static void print_counts(const struct resolved *r)
{
	size_t total[ORIGIN_COUNT] = { 0 };

	for (size_t i = 0; i < r->n; i++)
		total[r->option[i].origin]++;
	printf("%zu of %zu options are enabled without a request:", r->n - total[ORIGIN_ASKED], r->n);
	for (size_t i = ORIGIN_ASKED + 1; i < ORIGIN_COUNT; i++)
		if (total[i])
			printf(" %zu %s", total[i], origin_names[i]);
	putchar('\n');
}

int cmd_surface(int argc, char **argv)
{
	const char *sizes = NULL;
	const struct opt opts[] = {
		OPT_TEXT("sizes", "FILE", &sizes,
			 "what 'ksize report --json' wrote: the options by their bytes instead"),
		OPT_END,
	};
	int status = options_read(&argc, &argv, &command, opts);
	struct resolved r;

	if (status != GO_ON)
		return status;
	status = CANNOT_RUN;
	if (resolved_read(&r, *argv)) {
		status = DONE;
		if (!sizes)
			print_groups(&r);
		else if (!print_sizes(&r, sizes))
			status = CANNOT_RUN;
		if (status == DONE)
			print_counts(&r);
	}
	resolved_free(&r);
	return status;
}
