// SPDX-License-Identifier: GPL-2.0-only
/*
 * progress - run a long command, keep its output in a log, show how far it is.
 *
 * On a terminal one line is rewritten each second; elsewhere a line is written every 30
 * seconds, also while the command prints nothing. If the command fails, the first lines that
 * report errors are shown; the last line has the first error and the command to run again.
 * Exits as the command did.
 */
#include <errno.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "buffer.h"
#include "clean.h"
#include "mem.h"
#include "msg.h"
#include "options.h"

enum {
	LINE_BYTES = 1024, /* of a longer line the rest is in the log only */
	ERROR_LINES = 12,
	FILE_MAPS = 16,
	INTERVAL = 30,	/* seconds between two lines in a log */
	MIN_ELAPSED = 5, /* seconds until a time left is shown */
	IDLE = 5,	/* seconds after which the step that runs is named */
	MAX_STEPS = 100000000,
};

/* What a line says about a failure; the higher, the closer to its cause. */
enum rank { NO_ERROR, FOLLOWS, FAILS, CAUSE };

static const struct command command = {
	.synopsis = "progress --label TEXT --log FILE [OPTION...] -- COMMAND...",
	.about = "Runs COMMAND, keeps its output in a log, and shows how far it is.\n",
	.status = "that of COMMAND; 2 could not run",
	.least = 1,
	.most = ANY,
	.first = true,
};

struct state {
	const char *label, *again, *maps[FILE_MAPS];
	bool estimated, terminal;
	long long every; /* seconds */
	long expected, steps;
	long start, shown, stepped; /* seconds of a clock that nothing sets */
	char line[LINE_BYTES], last[LINE_BYTES];
	size_t len;
	enum rank rank; /* of first */
	char first[LINE_BYTES], errors[ERROR_LINES][LINE_BYTES];
	int n_maps, n_errors;
};

static long seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (long)t.tv_sec;
}

/* Seconds left, or -1 while too little is done: the first steps are not a measure of the rest. */
static long left(const struct state *s, long elapsed)
{
	const long percent = s->estimated ? 10 : 5;

	if (elapsed < MIN_ELAPSED || s->steps >= s->expected || s->steps * 100 < s->expected * percent)
		return -1;
	return elapsed * (s->expected - s->steps) / s->steps;
}

/* An estimate that was too low is not shown any more. */
static void print_steps(const struct state *s, long elapsed, FILE *out)
{
	const long seconds_left = left(s, elapsed);
	const char *about = s->estimated ? "about " : "";

	if (s->expected <= 0 || (s->estimated && s->steps >= s->expected)) {
		if (s->steps)
			fprintf(out, "%ld steps, ", s->steps);
		return;
	}
	fprintf(out, "%ld of %s%ld steps, %ld %%", s->steps, about, s->expected,
		s->steps >= s->expected ? 99 : 100 * s->steps / s->expected);
	if (seconds_left >= 0)
		fprintf(out, ", %s%ld:%02ld left", about, seconds_left / 60, seconds_left % 60);
	fputs(", ", out);
}

static void show(struct state *s)
{
	const long now = seconds(), elapsed = now - s->start;
	char line[LINE_BYTES] = "";
	FILE *out;

	if (now - s->shown < s->every)
		return;
	s->shown = now;
	out = fmemopen(line, s->terminal ? 80 : sizeof(line), "w");
	if (!out)
		return;
	fprintf(out, "  %-8s", s->label);
	print_steps(s, elapsed, out);
	fprintf(out, "%ld:%02ld elapsed", elapsed / 60, elapsed % 60);
	if (now - s->stepped >= IDLE && *s->last)
		fprintf(out, ", now %s", s->last);
	fclose(out);
	line[sizeof(line) - 1] = '\0';
	clean(line, strlen(line), "");
	fprintf(stderr, s->terminal ? "\r\033[K%s" : "%s\n", line);
	fflush(stderr);
}

static bool has_one_of(const char *line, const char *const *texts)
{
	for (; *texts; texts++)
		if (strstr(line, *texts))
			return true;
	return false;
}

static enum rank rank_of(const char *line)
{
	static const char *const cause[] = { "error:", "Error:", "ERROR:", NULL };
	static const char *const fails[] = { "undefined reference", "multiple definition", "cannot find ",
		"No space left", "No rule to make target", "[no-command]", NULL };
	static const char *const follows[] = { "Error ", "*** ", NULL };

	if (has_one_of(line, cause))
		return CAUSE;
	if (has_one_of(line, fails))
		return FAILS;
	return has_one_of(line, follows) ? FOLLOWS : NO_ERROR;
}

/* "  CC [M]  fs/fuse/virtio_fs.o", as Kbuild reports a step; the rest is remarks. */
static bool is_step(const char *line)
{
	return !strncmp(line, "  ", 2) && line[2] >= 'A' && line[2] <= 'Z';
}

/* LINE with its file as the user knows it. A compiler quotes text that may hold escapes. */
static void keep(const struct state *s, char to[LINE_BYTES], const char *line)
{
	const char *as = "";

	for (int i = 0; i < s->n_maps; i++) {
		const char *map = s->maps[i], *equals = strrchr(map, '=');
		const size_t n = (size_t)(equals - map);

		if (!strncmp(line, map, n)) {
			as = equals + 1;
			line += n;
			break;
		}
	}
	snprintf(to, LINE_BYTES, "%s%s", as, line);
	clean(to, strlen(to), "\t");
}

static void take_step(struct state *s, const char *line)
{
	size_t n = 0;

	s->steps++;
	s->stepped = seconds();
	/* Its blanks align a column. */
	for (const char *p = line + 2; *p; p++)
		if (*p != ' ' || p[1] != ' ')
			s->last[n++] = *p;
	s->last[n] = '\0';
}

static void take_line(struct state *s)
{
	enum rank rank;

	s->line[s->len] = '\0';
	s->len = 0;
	if (is_step(s->line)) {
		take_step(s, s->line);
		return;
	}
	rank = rank_of(s->line);
	if (rank != NO_ERROR && s->n_errors < ERROR_LINES)
		keep(s, s->errors[s->n_errors++], s->line);
	if (rank > s->rank) {
		s->rank = rank;
		keep(s, s->first, s->line);
	}
}

static void take(struct state *s, const char *text, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (text[i] == '\n')
			take_line(s);
		else if (s->len < sizeof(s->line) - 1 && text[i])
			s->line[s->len++] = text[i];
	}
}

/* Copy FD to LOG until the command has closed it; show the progress as time passes. */
static bool follow(struct state *s, int fd, FILE *log)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };
	char text[16384];
	ssize_t n = 1;

	while (n > 0) {
		const int ready = poll(&p, 1, 1000);

		if (ready > 0) {
			n = read(fd, text, sizeof(text));
			if (n > 0 && (fwrite(text, 1, (size_t)n, log) != (size_t)n || fflush(log)))
				return false;
			take(s, text, n > 0 ? (size_t)n : 0);
		} else if (ready < 0 && errno != EINTR) {
			return false;
		}
		if (n)
			show(s);
	}
	if (s->len)
		take_line(s);
	return n == 0;
}

static int unwritable(const char *path)
{
	complain(path, 0, "cannot be written [unwritable]: %s", strerror(errno));
	return CANNOT_RUN;
}

static bool write_count(const struct state *s, const char *path)
{
	FILE *count = fopen(path, "w");
	bool ok;

	if (!count)
		return false;
	ok = fprintf(count, "%ld\n", s->steps) >= 0;
	return !fclose(count) && ok;
}

/* COMMAND as a user can run it again, more or less: a word may need quotes. */
static void add_command(struct buffer *b, char **argv)
{
	for (; *argv; argv++) {
		const char *quote = strpbrk(*argv, " ()$") ? "'" : "";
		char *word = mem_printf(" %s%s%s", quote, *argv, quote);

		buffer_puts(b, word);
		free(word);
	}
}

/* The last line has all that a user needs first. */
static void print_failure(const struct state *s, int status, const char *log, char **argv)
{
	char *exited = mem_printf("%s: exited with status %d", *argv, status);
	struct buffer again = { 0 };

	for (int i = 0; i < s->n_errors; i++)
		fprintf(stderr, "%s\n", s->errors[i]);
	fprintf(stderr, "  full log: %s\n", log);
	if (!s->again)
		add_command(&again, argv);
	say("%s [build-failed]; run%s%s", s->rank != NO_ERROR ? s->first : exited,
	    s->again ? " " : "", s->again ?: again.text);
	buffer_free(&again);
	free(exited);
}

static pid_t start(char **argv, const int fd[2])
{
	const pid_t child = fork();

	if (child)
		return child;
	dup2(fd[1], STDOUT_FILENO);
	dup2(fd[1], STDERR_FILENO);
	close(fd[0]);
	close(fd[1]);
	execvp(argv[0], argv);
	complain(argv[0], 0, "cannot be run [no-command]: %s", strerror(errno));
	_exit(127);
}

static int run(struct state *s, const char *log_path, const char *count_path, char **argv)
{
	int fd[2], status, result;
	FILE *log = fopen(log_path, "w");
	pid_t child;

	if (!log || pipe(fd))
		return unwritable(log_path);
	child = start(argv, fd);
	close(fd[1]);
	if (!follow(s, fd[0], log) || fclose(log))
		return unwritable(log_path);
	if (child < 0 || waitpid(child, &status, 0) != child)
		return CANNOT_RUN;
	if (s->terminal)
		fputs("\r\033[K", stderr);
	result = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
	if (result)
		print_failure(s, result, log_path, argv);
	else if (count_path && !write_count(s, count_path))
		return unwritable(count_path);
	return result;
}

/* "[~]N" */
static bool take_steps(void *state, const char *text)
{
	struct state *s = state;
	char *end;

	s->estimated = *text == '~';
	text += s->estimated;
	errno = 0;
	s->expected = strtol(text, &end, 10);
	if (!errno && end != text && !*end && s->expected >= 0 && s->expected <= MAX_STEPS)
		return true;
	say("--steps: not a valid number [bad-number]: expected 0 to %d, got '%s'", MAX_STEPS, text);
	return false;
}

static bool add_map(void *state, const char *map)
{
	struct state *s = state;

	if (s->n_maps == FILE_MAPS || !strchr(map, '=')) {
		say("--file: not a valid map [usage]: expected at most %d of FROM=TO, got '%s'",
		    FILE_MAPS, map);
		return false;
	}
	s->maps[s->n_maps++] = map;
	return true;
}

int main(int argc, char **argv)
{
	static struct state s;
	const char *log = NULL, *count = NULL;
	const struct opt opts[] = {
		OPT_NEED("label", "TEXT", &s.label, "the name of the stage"),
		OPT_NEED("log", "FILE", &log, "gets all output of the command"),
		OPT_CALL("steps", "[~]N", take_steps, &s,
			 "the number of steps, in lines as Kbuild's; ~N is an estimate"),
		OPT_TEXT("count", "FILE", &count,
			 "gets the number of steps, if the command succeeded"),
		OPT_NUMBER("every", "SECONDS", &s.every, 1, MAX_STEPS,
			   "between two lines of progress (default: 30; 1 on a terminal)"),
		OPT_TEXT("again", "TEXT", &s.again,
			 "the command to run again, for the message of a failure"),
		OPT_CALL("file", "FROM=TO", add_map, &s,
			 "print TO for FROM where an error's line begins with it"),
		OPT_END,
	};
	int status;

	s.terminal = isatty(STDERR_FILENO);
	s.every = s.terminal ? 1 : INTERVAL;
	status = options_read(&argc, &argv, &command, opts);
	if (status != GO_ON)
		return status;
	s.start = s.shown = s.stepped = seconds();
	return run(&s, log, count, argv);
}
