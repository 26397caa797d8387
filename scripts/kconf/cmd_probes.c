// SPDX-License-Identifier: GPL-2.0-only
/* kconf probes: the questions that two compilers, or two machines, answer differently. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "kconf.h"
#include "options.h"
#include "probe.h"

static const struct command probes = {
	.synopsis = "kconf probes FROM TO",
	.about =
		"Compares two records that 'kconf resolve --record' wrote. Prints each question of Kconfig's\n"
		"that the compiler, or another part of the build host, answered differently.\n",
	.status = "0 the same, 1 they differ, 2 could not run",
	.least = 2,
	.most = 2,
};

struct answer {
	char *answer, *command; /* answer owns both */
};

struct record {
	struct answer *line;
	size_t n, max;
};

/*
 * Kconfig passes further options to clang with each question. Without them, and with single
 * blanks, a question to gcc and the same question to clang are equal texts.
 */
static void normalise(char *command)
{
	static const char flags[] = "$(CLANG_FLAGS)";
	char *out = command;

	for (const char *c = command; *c;) {
		if (!strncmp(c, flags, strlen(flags)))
			c += strlen(flags);
		else if (*c == ' ' && (out == command || out[-1] == ' '))
			c++;
		else
			*out++ = *c++;
	}
	*out = '\0';
}

static int by_command(const void *a, const void *b)
{
	const struct answer *la = a, *lb = b;

	return strcmp(la->command, lb->command);
}

static bool read_record(struct record *r, const char *path)
{
	FILE *in = fopen(path, "r");
	char *text = NULL, *tab;
	size_t size = 0;

	if (!in) {
		complain(path, 0, "%s", strerror(errno));
		return false;
	}
	while (getline(&text, &size, in) >= 0) {
		text[strcspn(text, "\n")] = '\0';
		tab = strchr(text, '\t');
		if (*text == '#' || !tab)
			continue;
		grow(r->line, r->n, r->max);
		r->line[r->n].answer = mem_strdup(text);
		r->line[r->n].answer[tab - text] = '\0';
		r->line[r->n].command = r->line[r->n].answer + (tab - text) + 1;
		if (r->n && strcmp(r->line[r->n - 1].command, r->line[r->n].command) >= 0) {
			complain(path, (int)r->n + 1, "not sorted; 'make resolved' writes such files");
			fclose(in);
			free(text);
			return false;
		}
		r->n++;
	}
	free(text);
	fclose(in);
	for (size_t i = 0; i < r->n; i++)
		normalise(r->line[i].command);
	if (r->n)
		qsort(r->line, r->n, sizeof(*r->line), by_command);
	return true;
}

static void free_record(struct record *r)
{
	for (size_t i = 0; i < r->n; i++)
		free(r->line[i].answer);
	free(r->line);
}

/* Does the question only compare the answer of another question? */
static bool is_derived(const char *command)
{
	return !strncmp(command, "set -- ", 7) || !strncmp(command, "{ test \"", 8) ||
	       !strncmp(command, "{ test -z ", 10);
}

static int compare(const struct record *a, const struct record *b)
{
	const char *brief;
	size_t differ = 0, len;

	for (size_t i = 0, j = 0; i < a->n || j < b->n;) {
		int order = i == a->n ? 1 :
			    j == b->n ? -1 :
					strcmp(a->line[i].command, b->line[j].command);
		const char *command = order <= 0 ? a->line[i].command : b->line[j].command;
		const char *from = order <= 0 ? a->line[i].answer : "(not asked)";
		const char *to = order >= 0 ? b->line[j].answer : "(not asked)";

		if (strcmp(from, to) && !is_derived(command)) {
			brief = probe_brief(command, &len);
			printf("%s -> %s: %.*s\n", *from ? from : "no", *to ? to : "no", (int)len,
			       brief);
			differ++;
		}
		i += order <= 0;
		j += order >= 0;
	}
	printf("%zu questions, %zu answered differently\n", a->n > b->n ? a->n : b->n, differ);
	return differ ? FINDING : DONE;
}

int cmd_probes(int argc, char **argv)
{
	struct record a = { 0 }, b = { 0 };
	int status = options_read(&argc, &argv, &probes, &(const struct opt)OPT_END);

	if (status != GO_ON)
		return status;
	status = CANNOT_RUN;
	if (read_record(&a, argv[0]) && read_record(&b, argv[1]))
		status = compare(&a, &b);
	free_record(&a);
	free_record(&b);
	return status;
}
