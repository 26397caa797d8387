// SPDX-License-Identifier: GPL-2.0-only
#include <string.h>

#include "kconf.h"

static const struct {
	const char *name;
	int (*run)(int argc, char **argv);
	const char *what;
} commands[] = {
	{ "resolve", cmd_resolve, "fragments to a .config, every request proven" },
	{ "lint", cmd_lint, "check fragments without a kernel tree" },
};

static void usage(FILE *out)
{
	fputs("usage: kconf COMMAND [options]; kconf COMMAND --help says more\n\n", out);
	for (size_t i = 0; i < sizeof(commands) / sizeof(*commands); i++)
		fprintf(out, "  %-8s %s\n", commands[i].name, commands[i].what);
}

int main(int argc, char **argv)
{
	if (argc > 1 && !strcmp(argv[1], "--help")) {
		usage(stdout);
		return HELD;
	}
	for (size_t i = 0; argc > 1 && i < sizeof(commands) / sizeof(*commands); i++)
		if (!strcmp(argv[1], commands[i].name))
			return commands[i].run(argc - 1, argv + 1);
	usage(stderr);
	return CANNOT_RUN;
}
