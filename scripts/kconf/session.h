/* SPDX-License-Identifier: GPL-2.0-only */
/* What most subcommands begin with: their options, the fragments, and a parsed tree. */
#ifndef KCONF_SESSION_H
#define KCONF_SESSION_H

#include <getopt.h>
#include <limits.h>

#include "kconf.h"

struct session {
	struct tree tree;
	struct fragments f;
	const char *archs; /* the known architectures, or NULL */
	char dir[PATH_MAX];
};

/* For the table of getopt_long(), and for the usage text. */
#define SESSION_OPTIONS                                                                           \
	{ "tree", required_argument, NULL, 't' }, { "release", required_argument, NULL, 'r' },    \
		{ "arch", required_argument, NULL, 'a' },                                         \
		{ "archs", required_argument, NULL, 'K' },                                        \
		{ "kbuild-arch", required_argument, NULL, 'k' },                                  \
		{ "srcarch", required_argument, NULL, 's' },                                      \
		{ "cross", required_argument, NULL, 'c' },                                        \
		{ "cc", required_argument, NULL, 'G' },                                           \
		{ "cache", required_argument, NULL, 'C' },                                        \
		{ "probes", required_argument, NULL, 'P' },                                       \
		{ "renames", required_argument, NULL, 'N' }

#define SESSION_USAGE                                                                \
	"  --tree DIR          the kernel tree whose scripts/kconfig kconf was built with\n" \
	"  --release RELEASE   its release, e.g. 6.12.107\n"                                 \
	"  --arch ARCH         the architecture as '#: arch' names it, e.g. x86_64\n"        \
	"  --archs ARCH,...    all that '#: arch' may name; default: --arch alone\n"         \
	"  --kbuild-arch ARCH  Kbuild's ARCH, if it is another name\n"                       \
	"  --srcarch DIR       the architecture's directory below arch/\n"                   \
	"  --cross PREFIX      prefix of the cross compiler's name\n"                        \
	"  --cc NAME           the compiler, if it is not PREFIXgcc\n"                        \
	"  --cache FILE        keep the compiler's answers here while they are true\n"       \
	"  --probes FILE       take the compiler's answers from this record instead\n"        \
	"  --renames FILE      which options have another name in other series\n"

/* Take option C; false if it is none of the session's, or was wrong and said so. */
bool session_option(struct session *s, int c, const char *arg);
/* Are the options complete? USAGE and false if not. */
bool session_check(struct session *s, const char *usage);
/*
 * Read the fragments that ARGS name, parse the tree and resolve it. False after saying
 * why not; USAGE if an option is missing.
 */
bool session_open(struct session *s, int n, char **args, const char *usage);
void session_close(struct session *s);

#endif
