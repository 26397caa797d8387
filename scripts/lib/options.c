// SPDX-License-Identifier: GPL-2.0-only
#include <ctype.h>
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mem.h"
#include "msg.h"
#include "options.h"

enum { OPTS_MOST = 32, OPERAND = 1, FIRST = 0x100 /* no letter */ };

/* `-N VALUE` or `--NAME VALUE`, padded to WIDTH; its length. */
static int print_name(FILE *out, const struct opt *o, int width)
{
	const char *dashes = o->name[1] ? "--" : "-";
	int len = (int)(strlen(dashes) + strlen(o->name) + (o->value ? 1 + strlen(o->value) : 0));

	if (out)
		fprintf(out, "  %s%s%s%s%*s", dashes, o->name, o->value ? " " : "", o->value ?: "",
			width - len, "");
	return len;
}

static void print_usage(FILE *out, const struct command *c, const struct opt *opts)
{
	static const struct opt help = OPT_FLAG("help", NULL, "this");
	int width = print_name(NULL, &help, 0);

	for (const struct opt *o = opts; o->name; o++)
		width = print_name(NULL, o, 0) > width ? print_name(NULL, o, 0) : width;
	width += 2;
	fprintf(out, "usage: %s\n\n%s\n", c->synopsis, c->about);
	for (const struct opt *o = opts;; o++) {
		const char *text = o->name ? o->help : help.help;

		if (!text)
			continue;
		print_name(out, o->name ? o : &help, width);
		for (; strchr(text, '\n'); text = strchr(text, '\n') + 1)
			fprintf(out, "%.*s\n%*s", (int)strcspn(text, "\n"), text, 2 + width, "");
		fprintf(out, "%s\n", text);
		if (!o->name)
			break;
	}
	fprintf(out, "\nExit status: %s.\n", c->status);
}

int options_wrong(const struct command *c, const struct opt *opts)
{
	say("the arguments are not valid [usage]");
	print_usage(stderr, c, opts);
	return CANNOT_RUN;
}

static bool take_number(const struct opt *o, const char *value)
{
	char *end;

	errno = 0;
	*o->number = strtoll(value, &end, 10);
	if (!isspace((unsigned char)*value) && end != value && !*end && !errno &&
	    *o->number >= o->least && *o->number <= o->most)
		return true;
	say("%s%s: not a valid number [bad-number]: expected %lld to %lld, got '%s'",
	    o->name[1] ? "--" : "-", o->name, o->least, o->most, value);
	return false;
}

static bool take(const struct opt *o, const char *value)
{
	if (o->flag)
		*o->flag = true;
	else if (o->text)
		*o->text = value;
	else
		return o->number ? take_number(o, value) : o->take(o->ctx, value);
	return true;
}

/* The row of the option that getopt_long() returned, or the last row. */
static const struct opt *find(const struct opt *opts, int c)
{
	if (c >= FIRST)
		return &opts[c - FIRST];
	while (opts->name && (opts->name[1] || *opts->name != c))
		opts++;
	return opts;
}

/* The tables of getopt_long(). */
static void fill(const struct command *c, const struct opt *opts, struct option *to, char *letters)
{
	if (c->first)
		*letters++ = '+';
	else if (find(opts, OPERAND)->name)
		*letters++ = '-';
	*letters++ = 'h';
	for (int i = 0; opts[i].name; i++) {
		if (opts[i].name[1]) {
			*to++ = (struct option){ opts[i].name,
						 opts[i].value ? required_argument : no_argument,
						 NULL, FIRST + i };
			continue;
		}
		if (*opts[i].name != OPERAND)
			*letters++ = *opts[i].name;
		if (opts[i].value)
			*letters++ = ':';
	}
	*to = (struct option){ "help", no_argument, NULL, 'h' };
}

int options_read(int *argc, char ***argv, const struct command *c, const struct opt *opts)
{
	struct option table[OPTS_MOST + 1] = { 0 };
	char letters[3 * OPTS_MOST] = "";
	int one;

	fill(c, opts, table, letters);
	while ((one = getopt_long(*argc, *argv, letters, table, NULL)) != -1) {
		if (one == 'h') {
			print_usage(stdout, c, opts);
			return fflush(stdout) ? CANNOT_RUN : DONE;
		}
		if (one == '?')
			return options_wrong(c, opts);
		if (!take(find(opts, one), optarg))
			return CANNOT_RUN;
	}
	*argc -= optind;
	*argv += optind;
	if (*argc < c->least || *argc > c->most)
		return options_wrong(c, opts);
	for (const struct opt *o = opts; o->name; o++) {
		if (!o->required || *o->text)
			continue;
		say("--%s: is missing [usage]", o->name);
		print_usage(stderr, c, opts);
		return CANNOT_RUN;
	}
	return GO_ON;
}

static void list(FILE *out, const struct subcommand *table)
{
	const char *tool = program_invocation_short_name;

	fprintf(out, "usage: %s COMMAND [options]; %s COMMAND --help describes a command\n\n", tool, tool);
	for (; table->name; table++)
		fprintf(out, "  %-8s %s\n", table->name, table->what);
}

int subcommand_run(int argc, char **argv, const struct subcommand *table)
{
	const bool help = argc > 1 && !strcmp(argv[1], "--help");

	for (const struct subcommand *s = table; argc > 1 && s->name; s++)
		if (!strcmp(argv[1], s->name))
			return s->run(argc - 1, argv + 1);
	if (!help)
		complain(argc > 1 ? argv[1] : "arguments", 0, "not a valid command [usage]");
	list(help ? stdout : stderr, table);
	return help ? DONE : CANNOT_RUN;
}
