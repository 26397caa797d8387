// SPDX-License-Identifier: GPL-2.0-only
/* stage - run the command that makes a result, and record its inputs. */
#include <sys/stat.h>

#include "options.h"
#include "stage.h"

static const struct subcommand commands[] = {
	{ "key", cmd_key, "write a key: all that a stage depends on" },
	{ "run", cmd_run, "run a stage's command unless its results are current" },
	{ "stale", cmd_stale, "list the keys and stamps that may have to be made again" },
	{ 0 },
};

int main(int argc, char **argv)
{
	umask(022);
	return subcommand_run(argc, argv, commands);
}
