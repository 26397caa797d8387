/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The arguments of a command: one table gives their parsing and the text of --help.
 *
 *   const char *name = NULL;
 *   bool json = false;
 *   const struct opt opts[] = {
 *           OPT_TEXT("name", "NAME", &name, "the image's name"),
 *           OPT_FLAG("json", &json, "report as JSON"),
 *           OPT_END,
 *   };
 *   static const struct command command = { .synopsis = ..., .least = 1, .most = 1 };
 *
 *   status = options_read(&argc, &argv, &command, opts);
 *   if (status != GO_ON)
 *           return status;
 */
#ifndef OPTIONS_H
#define OPTIONS_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>

struct opt {
	const char *name; /* --NAME, or -N for a single letter; NULL ends the table */
	const char *value; /* the name of its value in the usage text; NULL: it takes no value */
	const char *help; /* lines */
	bool required;
	long long least, most; /* of NUMBER */
	/* One of these gets the value. */
	bool *flag;
	const char **text;
	long long *number;
	bool (*take)(void *ctx,
		     const char *value); /* false after a message: the arguments are wrong */
	void *ctx;
};

#define OPT_FLAG(n, to, h)                             \
	{                                              \
		.name = (n), .help = (h), .flag = (to) \
	}
#define OPT_TEXT(n, v, to, h)                                        \
	{                                                            \
		.name = (n), .value = (v), .help = (h), .text = (to) \
	}
#define OPT_NUMBER(n, v, to, min, max, h) \
	{ .name = (n), .value = (v), .help = (h), .least = (min), .most = (max), .number = (to) }
/* A text that the command requires. */
#define OPT_NEED(n, v, to, h)                                                          \
	{                                                                              \
		.name = (n), .value = (v), .help = (h), .required = true, .text = (to) \
	}
#define OPT_CALL(n, v, f, c, h)                                                 \
	{                                                                       \
		.name = (n), .value = (v), .help = (h), .take = (f), .ctx = (c) \
	}
/* Called for each operand, in order with the options; no operand remains afterwards. */
#define OPT_OPERAND(f, c)                             \
	{                                             \
		.name = "\1", .take = (f), .ctx = (c) \
	}
#define OPT_END   \
	{         \
		0 \
	}

struct command {
	const char *synopsis; /* the lines after "usage: " */
	const char *about; /* lines */
	const char *status; /* the text after "Exit status: " */
	int least, most; /* operands; MOST 0 is none, ANY no limit */
	bool first; /* options end at the first operand */
};

enum { GO_ON = -1, ANY = INT_MAX };

/*
 * Read the arguments. GO_ON: *ARGC operands are at *ARGV. Any other result is the exit status:
 * --help was printed, or a message and the usage text.
 */
int options_read(int *argc, char ***argv, const struct command *c, const struct opt *opts);
/* Report wrong arguments that the table does not cover, with the usage text; CANNOT_RUN. */
int options_wrong(const struct command *c, const struct opt *opts);

/* A row of a tool's table of subcommands, which ends with a row of zeros. */
struct subcommand {
	const char *name;
	int (*run)(int argc, char **argv);
	const char *what;
};

/* Run the one that argv[1] names; the exit status. */
int subcommand_run(int argc, char **argv, const struct subcommand *table);

#endif
