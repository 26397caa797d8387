// SPDX-License-Identifier: GPL-2.0-only
#include "kconf.h"
#include "options.h"

static const struct subcommand commands[] = {
	{ "resolve", cmd_resolve, "fragments to a .config, every request proven" },
	{ "why", cmd_why, "the reason for an option's value, and how to change it" },
	{ "attain", cmd_attain, "whether options can have given values, and the effect" },
	{ "symbols", cmd_symbols, "the options of a tree, and the values they can have" },
	{ "diff", cmd_diff, "the differences between two resolved configs" },
	{ "probes", cmd_probes, "questions that two compilers answer differently" },
	{ "surface", cmd_surface, "enabled options that no fragment requests" },
	{ "import", cmd_import, "a user's .config to a fragment over ours" },
	{ "new", cmd_new, "upstream defaults that no fragment requests" },
	{ "renames", cmd_renames, "which options have another name in another series" },
	{ "table", cmd_table, "each option of a board, as its tree defines it" },
	{ "compare", cmd_compare, "options new, removed, renamed or redefined between two tables" },
	{ "lint", cmd_lint, "check fragments without a kernel tree" },
	{ 0 },
};

int main(int argc, char **argv)
{
	return subcommand_run(argc, argv, commands);
}
