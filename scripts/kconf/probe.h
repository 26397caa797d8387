/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Kconfig's questions to the build host through $(shell), such as whether the compiler accepts an
 * option, or its version. A probe is a shell command and the line that it prints. Probes can be
 * cached, recorded, and answered from a record without a compiler.
 */
#ifndef KCONF_PROBE_H
#define KCONF_PROBE_H

#include <stdbool.h>
#include <stddef.h>

struct probe {
	struct probe *next; /* in its bucket */
	char *command; /* with the tree's path as $(srctree) */
	char *answer; /* NULL while it is only expected to be asked */
	int fd; /* of a process that was started ahead, or -1 */
	int pid;
	bool asked; /* in this parse */
};

/* Where in Kconfig's sources a probe was asked. */
struct probe_place {
	const char *file; /* below the tree */
	int line;
	const struct probe *probe;
};

/* Remove all variables from the environment but the BUILD ones of environment.h. */
void probe_environment(void);
/*
 * Answers come from CACHE (a file) as long as the tools that gave them are the same; with NULL
 * each command runs. TREE is the kernel tree, absolute. The tools' names come from the
 * environment, as Kbuild sets it.
 */
void probe_begin(const char *tree, const char *cache);
/* Every answer comes from the record at PATH; false if it can't be read. */
bool probe_replay(const char *tree, const char *path);
/*
 * Make the directory in which the commands run and leave files, and start those that the cache
 * knows it can't answer. False after a message if it can't be made; exits if the compiler cannot
 * write there.
 */
bool probe_start(void);
/* The parse is over: wait for the started commands, and write the cache if it has changed. */
void probe_end(void);

/* `answer TAB command` for each probe asked, sorted by command. False with errno set. */
bool probe_record(const char *path);

/* The first probe in lines FIRST to LAST of FILE that failed, or NULL. */
const struct probe_place *probe_refusal(const char *file, int first, int last);

/* Was a probe asked in these lines, whatever it said? */
bool probe_asked(const char *file, int first, int last);

/*
 * COMMAND without the text that Kconfig's macros put around every question; its length is *LEN.
 * It points into COMMAND.
 */
const char *probe_brief(const char *command, size_t *len);

/* How many were asked, and how many of them a shell had to answer. */
void probe_counts(size_t *asked, size_t *run);

#endif
