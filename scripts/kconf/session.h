/* SPDX-License-Identifier: GPL-2.0-only */
/* The common start of most subcommands: options, fragments, and a parsed tree. */
#ifndef KCONF_SESSION_H
#define KCONF_SESSION_H

#include <limits.h>

#include "kconf.h"
#include "options.h"

struct session {
	struct tree tree;
	struct fragments f;
	const char *archs; /* the known architectures, or NULL */
	char dir[PATH_MAX];
};

/* Rows of an option table that fill S. */
#define SESSION_OPTIONS(s)                                                                        \
	OPT_NEED("tree", "DIR", &(s)->tree.dir,                                                   \
		 "the kernel tree whose scripts/kconfig kconf was built with"),                   \
		OPT_NEED("release", "RELEASE", &(s)->tree.release, "its release, e.g. 6.12.107"), \
		OPT_NEED("arch", "ARCH", &(s)->tree.arch,                                         \
			 "the architecture as '#: arch' names it, e.g. x86_64"),                  \
		OPT_TEXT("archs", "ARCH,...", &(s)->archs,                                        \
			 "all that '#: arch' may name; default: --arch alone"),                   \
		OPT_TEXT("kbuild-arch", "ARCH", &(s)->tree.kbuild_arch,                           \
			 "Kbuild's ARCH, if it is another name"),                                 \
		OPT_NEED("srcarch", "DIR", &(s)->tree.srcarch,                                    \
			 "the architecture's directory below arch/"),                             \
		OPT_TEXT("cross", "PREFIX", &(s)->tree.cross,                                     \
			 "prefix of the cross compiler's name"),                                  \
		OPT_TEXT("cc", "NAME", &(s)->tree.cc, "the compiler, if it is not PREFIXgcc"),    \
		OPT_TEXT("cache", "FILE", &(s)->tree.cache,                                       \
			 "keep the compiler's answers here while they are valid"),                \
		OPT_TEXT("probes", "FILE", &(s)->tree.record,                                     \
			 "take the compiler's answers from this record instead"),                 \
		OPT_CALL("renames", "FILE", session_renames, NULL,                                \
			 "which options have another name in other series")

bool session_renames(void *unused, const char *path);
/* Find the tree and complete what was not given; complains. */
bool session_start(struct session *s);
/* Read the N fragments that ARGS name, parse the tree and resolve it. False after a message. */
bool session_open(struct session *s, int n, char **args);
void session_close(struct session *s);

#endif
