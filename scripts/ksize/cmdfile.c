// SPDX-License-Identifier: GPL-2.0-only
/*
 * What Kbuild writes beside a file that it made, as .NAME.cmd. Three kinds:
 *
 *   with -D__KERNEL__     a compiler's: all that it read is a source
 *   with -Wp,-MMD alone   of a program for the host: it has no words
 *   another               of a linker, objcopy, gzip or a generator: its words may be inputs
 */
#include <string.h>

#include "ksize.h"

struct seer {
	void (*see)(void *ctx, const char *word, size_t len, bool read);
	void *ctx;
};

/* The words of a command that can be names of files. */
static void see_command(const struct seer *s, const char *p)
{
	static const char between[] = " \t\"'`;|&()<>=,$";

	while (*(p += strspn(p, between))) {
		size_t len = strcspn(p, between);

		if (*p != '-')
			s->see(s->ctx, p, len, false);
		p += len;
	}
}

/* A line of deps_NAME: one file, or $(wildcard ...) of an option. */
static void see_dependency(const struct seer *s, const char *line)
{
	const char *p = line + strspn(line, " \t");
	size_t len = strcspn(p, " \t\\");

	if (len && *p != '$')
		s->see(s->ctx, p, len, true);
}

static const char *value_of(const char *line)
{
	const char *value = strstr(line, " := ");

	return value ? value + 4 : "";
}

void cmd_words(char *text, void (*see)(void *ctx, const char *word, size_t len, bool read),
	       void *ctx)
{
	const struct seer s = { see, ctx };
	bool compiled = false, in_deps = false;
	char *line;

	while ((line = next_line(&text))) {
		bool command = starts(line, "savedcmd_") || starts(line, "cmd_");

		if (command && strstr(line, "-D__KERNEL__"))
			compiled = true;
		else if (command && !strstr(line, "-Wp,-MMD,") && !strstr(line, "-Wp,-MD,"))
			see_command(&s, value_of(line));
		else if (compiled && starts(line, "source_"))
			see_dependency(&s, value_of(line));
		else if (compiled && in_deps && (*line == ' ' || *line == '\t'))
			see_dependency(&s, line);
		in_deps = starts(line, "deps_") || (in_deps && *line);
	}
}
