// SPDX-License-Identifier: GPL-2.0-only
/* Checks a resolved tree against configs/needs and the fragments of other boards. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "config.h"
#include "needs.h"
#include "tree.h"

/* Does a word of the command line begin with WORD? */
static bool begins_a_word(const char *cmdline, const char *word)
{
	const size_t n = strlen(word);

	for (const char *at = cmdline; *at; at += strcspn(at, " ")) {
		at += strspn(at, " ");
		if (!strncmp(at, word, n))
			return true;
	}
	return false;
}

/* The value of the option whose name is the first LEN bytes of NAME. */
static const char *value(const char *name, size_t len)
{
	char *copy = mem_strndup(name, len);
	struct symbol *sym = sym_find(copy);

	free(copy);
	return kc_defined(sym) ? kc_value(sym) : "n";
}

static bool is_met(const struct need *need)
{
	for (const char *name = need->options; *name;) {
		const size_t len = strcspn(name, ",");

		if (!strcmp(value(name, len), "y"))
			return true;
		name += len + (name[len] == ',');
	}
	return false;
}

static void report(const struct needs *n, const struct need *need)
{
	const int len = (int)strcspn(need->options, ",");
	const bool any = !strcmp(need->word, "*");

	complain(n->board ?: "the board", 0,
		 "%s%sneeds CONFIG_%.*s=y, which is %s: %s [board-needs]; request it in a "
		 "fragment, or take one that does",
		 any ? "" : need->word, any ? "" : "... ", len, need->options,
		 strcmp(value(need->options, (size_t)len), "m") ? "disabled" : "a module",
		 need->reason);
}

/* Compare the LOCALVERSION that a fragment requests with this board's. */
static int check_other(const struct needs *n, const char *path, const char *own)
{
	FILE *in = fopen(path, "re");
	char *line = NULL, *name, *text;
	size_t size = 0;
	int status = DONE;

	if (!in) {
		complain(path, 0, "%s [no-file]", strerror(errno));
		return CANNOT_RUN;
	}
	while (getline(&line, &size, in) >= 0) {
		line[strcspn(line, "\n")] = '\0';
		if (!config_line(line, &name, &text) || strcmp(name, "LOCALVERSION") != 0)
			continue;
		text = unquote(text);
		if (!strcmp(text, own)) {
			complain(
				n->board ?: "the board", 0,
				"LOCALVERSION \"%s\" is that of %s [board-localversion]: "
				"expected another in the board's fragment, since both kernels would "
				"have the same modules' directory",
				own, path);
			status = FINDING;
		}
		free(text);
	}
	free(line);
	fclose(in);
	return status;
}

int needs_check(const struct needs *n)
{
	const char *cmdline = n->cmdline ?: "", *own = value("LOCALVERSION", 12);
	int status = DONE;

	for (size_t i = 0; i < n->n_other && status != CANNOT_RUN; i++) {
		const int this = check_other(n, n->other[i], own);

		status = this > status ? this : status;
	}
	if (n->n && !begins_a_word(cmdline, "console=")) {
		complain(n->board ?: "the board", 0,
			 "CMDLINE names no console= [no-console]: no one would see the "
			 "kernel's messages");
		status = status == DONE ? FINDING : status;
	}
	for (size_t i = 0; i < n->n; i++) {
		const struct need *need = &n->need[i];

		if ((strcmp(need->word, "*") && !begins_a_word(cmdline, need->word)) ||
		    is_met(need))
			continue;
		report(n, need);
		status = status == DONE ? FINDING : status;
	}
	return status;
}
