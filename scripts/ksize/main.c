// SPDX-License-Identifier: GPL-2.0-only
#include <string.h>

#include "ksize.h"

static const struct {
	const char *name;
	int (*run)(int argc, char **argv);
	const char *what;
} commands[] = {
	{ "report", cmd_report, "sum up what each option brings into a built kernel" },
	{ "diff", cmd_diff, "compare two reports, largest difference first" },
};

static void usage(FILE *out)
{
	fputs("usage: ksize COMMAND [options]; ksize COMMAND --help says more\n\n", out);
	for (size_t i = 0; i < ARRAY_SIZE(commands); i++)
		fprintf(out, "  %-8s %s\n", commands[i].name, commands[i].what);
}

int main(int argc, char **argv)
{
	int status = CANNOT_RUN;

	if (argc > 1 && !strcmp(argv[1], "--help")) {
		usage(stdout);
		return DONE;
	}
	for (size_t i = 0; argc > 1 && i < ARRAY_SIZE(commands); i++) {
		if (strcmp(argv[1], commands[i].name))
			continue;
		status = commands[i].run(argc - 1, argv + 1);
		intern_free();
		return status;
	}
	fputs("ksize: no such command [usage]\n", stderr);
	usage(stderr);
	return status;
}
