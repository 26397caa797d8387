// SPDX-License-Identifier: GPL-2.0-only
#include "ksize.h"

static const struct subcommand commands[] = {
	{ "report", cmd_report, "sum up the bytes that each option adds to a built kernel" },
	{ "diff", cmd_diff, "compare two reports, largest difference first" },
	{ 0 },
};

int main(int argc, char **argv)
{
	int status = subcommand_run(argc, argv, commands);

	intern_free();
	return status;
}
