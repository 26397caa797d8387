// SPDX-License-Identifier: GPL-2.0-only
#include <string.h>

#include "kimage.h"

static const struct {
	const char *name;
	int (*run)(int argc, char **argv);
	const char *what;
} commands[] = {
	{ "pack", cmd_pack, "write a kernel image as an OCI layout" },
	{ "join", cmd_join, "put images of several architectures under one name" },
	{ "verify", cmd_verify, "check a layout against the image contract" },
	{ "extract", cmd_extract, "take files out of an image, as an assembler does" },
	{ "name", cmd_name, "give an image the names that a registry did not keep" },
};

static void usage(FILE *out)
{
	fputs("usage: kimage COMMAND [options]; kimage COMMAND --help says more\n\n", out);
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
	complain(argc > 1 ? argv[1] : "arguments", 0, "not a valid command [usage]");
	usage(stderr);
	return CANNOT_RUN;
}
