// SPDX-License-Identifier: GPL-2.0-only
#include <string.h>

#include "kconf.h"

static const struct {
	const char *name;
	int (*run)(int argc, char **argv);
	const char *what;
} commands[] = {
	{ "resolve", cmd_resolve, "fragments to a .config, every request proven" },
	{ "why", cmd_why, "the reason for an option's value, and how to change it" },
	{ "diff", cmd_diff, "what differs between two resolved configs" },
	{ "probes", cmd_probes, "what two compilers answered differently" },
	{ "surface", cmd_surface, "what is on though nobody asked for it" },
	{ "import", cmd_import, "anybody's .config to a fragment over ours" },
	{ "new", cmd_new, "upstream defaults that no fragment requests" },
	{ "renames", cmd_renames, "which options have another name in another series" },
	{ "lint", cmd_lint, "check fragments without a kernel tree" },
};

static void usage(FILE *out)
{
	fputs("usage: kconf COMMAND [options]; kconf COMMAND --help says more\n\n", out);
	for (size_t i = 0; i < ARRAY_SIZE(commands); i++)
		fprintf(out, "  %-8s %s\n", commands[i].name, commands[i].what);
}

int main(int argc, char **argv)
{
	if (argc > 1 && !strcmp(argv[1], "--help")) {
		usage(stdout);
		return DONE;
	}
	for (size_t i = 0; argc > 1 && i < ARRAY_SIZE(commands); i++)
		if (!strcmp(argv[1], commands[i].name))
			return commands[i].run(argc - 1, argv + 1);
	usage(stderr);
	return CANNOT_RUN;
}
