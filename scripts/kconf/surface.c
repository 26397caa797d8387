// SPDX-License-Identifier: GPL-2.0-only
/* kconf surface: what is on though nobody asked for it. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "resolved.h"

static const char usage[] =
	"usage: kconf surface RESOLVED\n"
	"\n"
	"Lists, from a file that 'kconf resolve --resolved' wrote, the options that are on or\n"
	"have a value though no fragment asks: by who brings them, those who bring most first.\n"
	"\n"
	"Exit status: 0 done, 2 could not run.\n";

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

static void list(const struct resolved *r)
{
	struct group *groups = NULL;
	size_t n = 0, max = 0, total[ORIGIN_COUNT] = { 0 }, unasked = 0, i;

	for (i = 0; i < r->n; i++) {
		const struct resolved_option *o = &r->option[i];
		size_t g = 0;

		total[o->origin]++;
		if (o->origin == ORIGIN_ASKED)
			continue;
		unasked++;
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
	printf("%zu of %zu options are on though nobody asks:", unasked, r->n);
	for (i = ORIGIN_ASKED + 1; i < ORIGIN_COUNT; i++)
		if (total[i])
			printf(" %zu %s", total[i], origin_names[i]);
	putchar('\n');
	free(groups);
}

int cmd_surface(int argc, char **argv)
{
	struct resolved r;
	int status = operands(argc, argv, 1, usage);

	if (status >= 0)
		return status;
	status = CANNOT_RUN;
	if (resolved_read(&r, argv[optind])) {
		list(&r);
		status = HELD;
	}
	resolved_free(&r);
	return status;
}
