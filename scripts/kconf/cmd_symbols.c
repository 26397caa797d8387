// SPDX-License-Identifier: GPL-2.0-only
/* kconf symbols: the options that a tree has for an architecture, and their possible values. */
#include <stdlib.h>
#include <string.h>

#include "possible.h"
#include "session.h"

static const struct command command = {
	.synopsis = "kconf symbols [options]",
	.about =
		"Prints NAME TYPE VALUES for each option of the tree, sorted. VALUES is 'on' for an\n"
		"option that is enabled in every configuration, 'off' for one that cannot be enabled on\n"
		"this architecture, or 'any'. A line 'arch ARCH RELEASE' comes first.\n",
	.status = "0 done, 2 could not run",
};

static int by_name(const void *a, const void *b)
{
	const struct symbol *const *sa = a, *const *sb = b;

	return strcmp((*sa)->name, (*sb)->name);
}

static void print(void)
{
	struct symbol **list = NULL, *sym;
	size_t n = 0, max = 0;

	kc_for_all_symbols(sym) {
		if (!kc_defined(sym) || kc_transitional(sym))
			continue;
		grow(list, n, max);
		list[n++] = sym;
	}
	if (n)
		qsort(list, n, sizeof(struct symbol *), by_name);
	for (size_t i = 0; i < n; i++)
		printf("%s %s %s\n", list[i]->name, sym_type_name(list[i]->type),
		       !possible_on(list[i])  ? "off" :
		       !possible_off(list[i]) ? "on" :
						"any");
	free(list);
}

int cmd_symbols(int argc, char **argv)
{
	struct session s = { 0 };
	const struct opt opts[] = {
		SESSION_OPTIONS(&s),
		OPT_END,
	};
	int status = options_read(&argc, &argv, &command, opts);

	if (status != GO_ON)
		return status;
	if (!session_start(&s) || !tree_parse(&s.tree))
		return CANNOT_RUN;
	possible_find();
	printf("arch %s %s\n", s.tree.arch, s.tree.release);
	print();
	return fflush(stdout) ? CANNOT_RUN : DONE;
}
