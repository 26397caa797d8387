// SPDX-License-Identifier: GPL-2.0-only
#include "bump.h"
#include "options.h"

static const struct subcommand commands[] = {
	{ "upstream", cmd_upstream, "does a newer release have the changes of a patch?" },
	{ "refresh", cmd_refresh, "a patch with the line numbers at which it applies" },
	{ "report", cmd_report, "the report of a bump, as Markdown and JSON" },
	{ "install", cmd_install, "put files into a checkout: all of them, or none" },
	{ "recover", cmd_recover, "finish an install that was killed, or take it back" },
	{ 0 },
};

int main(int argc, char **argv)
{
	return subcommand_run(argc, argv, commands);
}
