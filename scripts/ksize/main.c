// SPDX-License-Identifier: GPL-2.0-only
#include "ksize.h"

static const struct subcommand commands[] = {
	{ "report", cmd_report, "sum up the bytes that each option adds to a built kernel" },
	{ "diff", cmd_diff, "compare two reports, largest difference first" },
	{ "sources", cmd_sources, "list the files that a built kernel was compiled from" },
	{ 0 },
};

int main(int argc, char **argv)
{
	int status = subcommand_run(argc, argv, commands);

	intern_free();
	return status;
}
