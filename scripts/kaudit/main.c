// SPDX-License-Identifier: GPL-2.0-only
#include "kaudit.h"

static const struct subcommand commands[] = {
	{ "check", cmd_check, "a configuration against the rules of policies" },
	{ "lint", cmd_lint, "the rules against their examples, and the options of kernel trees" },
	{ "surface", cmd_surface, "system calls, aliases and options of a kernel, counted" },
	{ "cve", cmd_cve, "the published CVEs that are open in a kernel" },
	{ 0 },
};

int main(int argc, char **argv)
{
	return subcommand_run(argc, argv, commands);
}
