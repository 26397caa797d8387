// SPDX-License-Identifier: GPL-2.0-only
/*
 * progress - run a long command, keep its output in a log, show how far it is.
 *
 * On a terminal one line is rewritten; elsewhere a line comes out every minute. If
 * the command fails, what it said first that looks like an error is shown, with the
 * command to run again. Exits as the command did.
 */
#include <errno.h>
#include <getopt.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "clean.h"

enum { CANNOT_RUN = 2, ERROR_LINES = 12, ERROR_BYTES = 512, QUIET_INTERVAL = 60 };

static const char usage[] =
	"usage: progress --label TEXT --log FILE [--steps [~]N] [--count FILE] -- COMMAND...\n"
	"\n"
	"  --label TEXT   what is being done\n"
	"  --log FILE     gets all that the command says\n"
	"  --steps N      how many steps it will tell, in lines as Kbuild's; ~N if that is a guess\n"
	"  --count FILE   gets the number of steps it told, if it succeeded\n";

struct state {
	const char *label, *guess;
	long expected, steps;
	time_t start, shown;
	bool terminal;
	char errors[ERROR_LINES][ERROR_BYTES];
	int n_errors;
};

static void show(struct state *s, bool last)
{
	time_t now = time(NULL), spent = now - s->start;

	if (!last && now - s->shown < (s->terminal ? 1 : QUIET_INTERVAL))
		return;
	s->shown = now;
	if (s->terminal)
		fputs("\r\033[K", stderr);
	if (last && s->terminal)
		return;
	fprintf(stderr, "  %-8s%ld steps", s->label, s->steps);
	if (s->expected > 0) {
		long percent = s->steps >= s->expected ? 99 : 100 * s->steps / s->expected;

		fprintf(stderr, " of %s%ld, %ld %%", s->guess, s->expected, percent);
		if (spent > 5 && s->steps > 0 && s->steps < s->expected) {
			long left = (long)spent * (s->expected - s->steps) / s->steps;

			fprintf(stderr, ", %ld:%02ld left", left / 60, left % 60);
		}
	}
	fprintf(stderr, ", %ld:%02ld gone%s", (long)spent / 60, (long)spent % 60,
		s->terminal ? "" : "\n");
	fflush(stderr);
}

static bool is_error(const char *line)
{
	return strstr(line, "error:") || strstr(line, "Error ") || strstr(line, "*** ") ||
	       strstr(line, "undefined reference") || strstr(line, "No space left") ||
	       strstr(line, "[no-command]");
}

/* "  CC [M]  fs/fuse/virtio_fs.o", as Kbuild tells what it does; the rest is remarks. */
static bool is_step(const char *line)
{
	return !strncmp(line, "  ", 2) && line[2] >= 'A' && line[2] <= 'Z';
}

/* A compiler quotes what it read, which may hold escapes for a terminal. */
static void keep_error(char *to, const char *line)
{
	snprintf(to, ERROR_BYTES, "%s", line);
	to[strcspn(to, "\n")] = '\0';
	clean(to, strlen(to), "\t");
}

static void take(struct state *s, const char *line)
{
	s->steps += is_step(line);
	if (s->n_errors < ERROR_LINES && is_error(line))
		keep_error(s->errors[s->n_errors++], line);
	show(s, false);
}

/* Copy FD to LOG line by line until the command has closed it. */
static bool follow(struct state *s, int fd, FILE *log)
{
	FILE *in = fdopen(fd, "r");
	char *line = NULL;
	size_t size = 0;
	bool ok = in != NULL;

	while (ok && getline(&line, &size, in) >= 0) {
		ok = fputs(line, log) >= 0;
		take(s, line);
	}
	free(line);
	if (in)
		fclose(in);
	return ok;
}

static int run(struct state *s, const char *log_path, const char *count_path, char **argv)
{
	int pipe_fd[2], status, result;
	FILE *log = fopen(log_path, "w");
	pid_t child;

	if (!log || pipe(pipe_fd)) {
		fprintf(stderr, "progress: %s: cannot be written [unwritable]: %s\n", log_path,
			strerror(errno));
		return CANNOT_RUN;
	}
	child = fork();
	if (child == 0) {
		dup2(pipe_fd[1], STDOUT_FILENO);
		dup2(pipe_fd[1], STDERR_FILENO);
		close(pipe_fd[0]);
		close(pipe_fd[1]);
		execvp(argv[0], argv);
		fprintf(stderr, "progress: %s: cannot be run [no-command]: %s\n", argv[0],
			strerror(errno));
		_exit(127);
	}
	close(pipe_fd[1]);
	if (!follow(s, pipe_fd[0], log) || fclose(log)) {
		fprintf(stderr, "progress: %s: cannot be written [unwritable]: %s\n", log_path,
			strerror(errno));
		return CANNOT_RUN;
	}
	if (child < 0 || waitpid(child, &status, 0) != child)
		return CANNOT_RUN;
	show(s, true);
	result = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
	if (!result && count_path) {
		FILE *count = fopen(count_path, "w");

		if (!count || fprintf(count, "%ld\n", s->steps) < 0 || fclose(count)) {
			fprintf(stderr, "progress: %s: cannot be written [unwritable]: %s\n", count_path,
				strerror(errno));
			return CANNOT_RUN;
		}
	}
	if (result) {
		for (int i = 0; i < s->n_errors; i++)
			fprintf(stderr, "%s\n", s->errors[i]);
		fprintf(stderr, "progress: the command failed with status %d [failed]; its output is in %s; it ran:\n ",
			result, log_path);
		for (; *argv; argv++)
			fprintf(stderr, strpbrk(*argv, " ()$") ? " '%s'" : " %s", *argv);
		fputc('\n', stderr);
	}
	return result;
}

static int misused(void)
{
	fprintf(stderr, "progress: wrong options [usage]\n%s", usage);
	return CANNOT_RUN;
}

int main(int argc, char **argv)
{
	static const struct option options[] = {
		{ "label", required_argument, NULL, 'l' },
		{ "log", required_argument, NULL, 'o' },
		{ "steps", required_argument, NULL, 's' },
		{ "count", required_argument, NULL, 'c' },
		{ "help", no_argument, NULL, 'h' },
		{ 0 },
	};
	struct state s = { .label = "", .guess = "", .start = time(NULL) };
	const char *log = NULL, *count = NULL;
	int c;

	while ((c = getopt_long(argc, argv, "+h", options, NULL)) != -1) {
		switch (c) {
		case 'l':
			s.label = optarg;
			break;
		case 'o':
			log = optarg;
			break;
		case 'c':
			count = optarg;
			break;
		case 's':
			s.guess = *optarg == '~' ? "about " : "";
			s.expected = strtol(optarg + (*optarg == '~'), NULL, 10);
			break;
		case 'h':
			fputs(usage, stdout);
			return 0;
		default:
			return misused();
		}
	}
	if (!log || optind >= argc) {
		return misused();
	}
	s.terminal = isatty(STDERR_FILENO);
	s.shown = s.start;
	return run(&s, log, count, argv + optind);
}
