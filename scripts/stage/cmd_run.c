// SPDX-License-Identifier: GPL-2.0-only
/*
 * stage run: run a stage's command, and seal its results: the stamp records the inputs, and the
 * SHA-256, size and times of each result. If the stamp already records these inputs and the
 * results are as it says, the command does not run, whatever the times are.
 *
 * A result that is not as its stamp records is reported as [changed-output]: a result of this
 * stage is made again; for another's, its stamp is removed, and the next make makes it again.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "options.h"
#include "stage.h"

static const struct command command = {
	.synopsis =
		"stage run [--label LABEL --text TEXT] OUT STAMP LOCK INPUT-OR-RESULT... -- COMMAND...",
	.about =
		"Runs COMMAND, which makes the results, and records them in STAMP; or not, if STAMP says\n"
		"that they are current. One stage at a time has LOCK. OUT is the directory of results.\n"
		"Each INPUT-OR-RESULT is one of:\n"
		"\n"
		"  key FILE         an input that is text, such as a key; STAMP records its lines\n"
		"  from FILE STAMP  an input that another stage made, sealed in its STAMP; or - if none did\n"
		"  after STAMP      all results of another stage\n"
		"  makes PATH       a result, a file or directory beside STAMP\n"
		"  touch PATH       the same, and the target that make knows\n",
	.status = "0 the results are current, 1 an input is not what was made, 2 could not run;\n"
		  "else that of COMMAND",
	.least = 3,
	.most = ANY,
	.first = true,
};

struct input {
	enum { IN_KEY, IN_FROM, IN_AFTER, MAKES, TOUCH } kind;
	const char *path, *stamp; /* STAMP is NULL if no stage made it */
};

struct stage {
	const char *out, *label, *text, *lock;
	struct input *input;
	size_t n, room;
	char **command;
	struct stamp now; /* the inputs as they are, and the roots */
};

/* ---- arguments ------------------------------------------------------------------- */

/* The words of one input or result; how many, or 0 if they are not valid. */
static int take_input(struct stage *s, char **args, int n)
{
	static const char *const kinds[] = { "key", "from", "after", "makes", "touch" };
	struct input one = { 0 };
	size_t kind = 0;

	while (kind < ARRAY_SIZE(kinds) && strcmp(*args, kinds[kind]) != 0)
		kind++;
	if (kind == ARRAY_SIZE(kinds) || n < (kind == IN_FROM ? 3 : 2))
		return 0;
	one.kind = (int)kind;
	one.path = args[1];
	if (kind == IN_FROM && strcmp(args[2], "-") != 0)
		one.stamp = args[2];
	else if (kind == IN_AFTER)
		one.stamp = args[1];
	grow(s->input, s->n, s->room);
	s->input[s->n++] = one;
	return kind == IN_FROM ? 3 : 2;
}

static bool take_inputs(struct stage *s, char **args, int n)
{
	int took = 1;

	for (; n > 0 && strcmp(*args, "--") != 0; args += took, n -= took) {
		took = take_input(s, args, n);
		if (took)
			continue;
		complain(*args, 0, "not a valid input or result [usage]; run stage run --help");
		return false;
	}
	s->command = args + 1;
	if (n > 1)
		return true;
	say("the command is missing [usage]: expected -- COMMAND");
	return false;
}

/* ---- inputs ---------------------------------------------------------------------- */

static bool unreadable(const char *path)
{
	complain(path, 0, "cannot be read [unreadable]: %s", strerror(errno));
	return false;
}

static bool record_from(struct lines *l, const struct input *in, const char *name)
{
	char hash[HASH_LEN + 1];

	if (!hash_file(in->path, hash))
		return unreadable(in->path);
	lines_addf(l, "from %s %s", hash, name);
	if (!in->stamp)
		seen_now(in->path, name, l);
	return true;
}

/* By the sum of the other stamp; without one, input_changed() will report it. */
static void record_after(struct stage *s, const struct input *in, const char *name)
{
	const struct line *sum = NULL;
	struct stamp other;

	stamp_init(&other, s->out, in->stamp);
	if (stamp_read(&other))
		sum = lines_find(&other.lines, SUM, "");
	if (sum)
		lines_addf(&s->now.lines, "after %s %s", sum->value, name);
	stamp_free(&other);
}

static bool record(struct stage *s, const struct input *in)
{
	char *name = name_of(&s->now.place, in->path);
	bool good = true;

	switch (in->kind) {
	case IN_KEY:
		lines_addf(&s->now.lines, "key %s", name);
		good = key_lines(in->path, &s->now.lines) || unreadable(in->path);
		break;
	case IN_FROM:
		good = record_from(&s->now.lines, in, name);
		break;
	case IN_AFTER:
		record_after(s, in, name);
		break;
	case MAKES:
	case TOUCH:
		good = is_beside(name);
		if (good)
			lines_addf(&s->now.lines, "root %s", name);
		else
			complain(in->path, 0,
				 "is not beside %s [usage]: expected a result below %s",
				 s->now.path, s->now.place.dir);
		break;
	}
	free(name);
	return good;
}

static bool record_inputs(struct stage *s)
{
	for (size_t i = 0; i < s->n; i++)
		if (!record(s, &s->input[i]))
			return false;
	return true;
}

/* Are all results of the other stage, or the one that is an input, as its stamp records? */
static bool same_input(const struct stage *s, const struct input *in)
{
	static const char remedy[] = "run make again, which makes it anew";
	struct stamp other;
	char *name;
	bool same;

	stamp_init(&other, s->out, in->stamp);
	name = name_of(&other.place, in->path);
	same = stamp_read(&other);
	if (!same)
		complain(in->stamp, 0, "is missing or not complete [changed-output]; %s", remedy);
	else
		same = same_results(&other, in->kind == IN_FROM ? name : NULL, remedy);
	/* The next make runs its stage. */
	if (!same)
		unlink(in->stamp);
	free(name);
	stamp_free(&other);
	return same;
}

static bool same_inputs(const struct stage *s)
{
	for (size_t i = 0; i < s->n; i++)
		if (s->input[i].stamp && !same_input(s, &s->input[i]))
			return false;
	return true;
}

/* ---- the stamp ------------------------------------------------------------------- */

static bool is_input(enum kind kind)
{
	return kind != SEEN && kind < SUM;
}

/* The next line from I on that records an input, or the number of lines. */
static size_t next_input(const struct lines *l, size_t i)
{
	while (i < l->n && !is_input(l->line[i].kind))
		i++;
	return i;
}

static bool same_record(const struct lines *a, const struct lines *b)
{
	size_t i = next_input(a, 0), j = next_input(b, 0);

	for (; i < a->n && j < b->n; i = next_input(a, i + 1), j = next_input(b, j + 1))
		if (strcmp(a->line[i].text, b->line[j].text) != 0)
			return false;
	return i == a->n && j == b->n;
}

/* Append to the new stamp the results as they are: their sum, and each. */
static void add_results(struct stamp *s, const struct lines *hashes, const struct lines *stats)
{
	struct buffer text = { 0 };
	char sum[HASH_LEN + 1];

	for (size_t i = 0; i < hashes->n; i++) {
		buffer_puts(&text, hashes->line[i].text);
		buffer_puts(&text, "\n");
	}
	hash_text(&text, sum);
	lines_addf(&s->lines, "sum %s", sum);
	lines_copy(&s->lines, hashes, HASH);
	lines_copy(&s->lines, stats, STAT);
	buffer_free(&text);
}

/* Write the stamp; HASHES are those of the results, or NULL to read these. */
static int seal(struct stage *s, const struct lines *hashes)
{
	struct lines stats = { 0 }, read = { 0 };
	int status;

	stats_now(&s->now, &stats);
	if (!hashes)
		hashes_now(&s->now, &stats, NULL, &read);
	add_results(&s->now, hashes ?: &read, &stats);
	status = stamp_write(&s->now) ? DONE : CANNOT_RUN;
	lines_free(&stats);
	lines_free(&read);
	return status;
}

static bool touch_targets(const struct stage *s)
{
	for (size_t i = 0; i < s->n; i++) {
		if (s->input[i].kind != TOUCH || !utimensat(AT_FDCWD, s->input[i].path, NULL, 0))
			continue;
		complain(s->input[i].path, 0, "cannot be written [unwritable]: %s",
			 strerror(errno));
		return false;
	}
	return true;
}

/* If the results are current, write the stamp again. *STATUS is set then. */
static bool is_current(struct stage *s, int *status)
{
	struct lines hashes = { 0 };
	struct stamp old;
	bool same;

	stamp_init(&old, s->out, s->now.path);
	same = stamp_read(&old) && same_record(&old.lines, &s->now.lines) &&
	       (same_stats(&old) || same_results(&old, NULL, "making it again"));
	if (same) {
		lines_copy(&hashes, &old.lines, HASH);
		*status = touch_targets(s) ? seal(s, &hashes) : CANNOT_RUN;
	}
	lines_free(&hashes);
	stamp_free(&old);
	return same;
}

/* ---- the command ----------------------------------------------------------------- */

/* What a command gets of the caller's environment, as from scripts/env.sh. */
static void clean_environment(void)
{
	static const char *const passed[] = {
#define BUILD(name) #name,
#define HOST(name) #name,
#include "../environment.h"
	};
	char *kept[ARRAY_SIZE(passed)];

	for (size_t i = 0; i < ARRAY_SIZE(passed); i++)
		kept[i] = getenv(passed[i]);
	clearenv();
	for (size_t i = 0; i < ARRAY_SIZE(passed); i++)
		if (kept[i])
			setenv(passed[i], kept[i], 1);
	setenv("LC_ALL", "C", 1);
	setenv("TZ", "UTC", 1);
	if (!getenv("HOME") || !*getenv("HOME"))
		setenv("HOME", "/", 1);
}

static volatile sig_atomic_t child, stopped;

static void pass_on(int sig)
{
	stopped = sig;
	if (child > 0)
		kill((pid_t)child, sig);
}

static _Noreturn void execute(char **argv)
{
	clean_environment();
	execvp(argv[0], argv);
	complain(argv[0], 0, "cannot be run [no-command]: %s", strerror(errno));
	_exit(CANNOT_RUN);
}

/* The command's exit status; a signal waits for its end, so that the lock is held until then. */
static int run_command(char **argv)
{
	static const int signals[] = { SIGHUP, SIGINT, SIGTERM };
	const struct sigaction act = { .sa_handler = pass_on };
	int status;
	pid_t pid;

	for (size_t i = 0; i < ARRAY_SIZE(signals); i++)
		sigaction(signals[i], &act, NULL);
	fflush(NULL);
	pid = fork();
	if (!pid)
		execute(argv);
	child = pid;
	while (pid > 0 && waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	if (pid < 0) {
		say("no process [no-process]: %s", strerror(errno));
		return CANNOT_RUN;
	}
	if (stopped)
		return 130;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

static void report_wait(void *stage)
{
	const struct stage *s = stage;

	fprintf(stderr, "  WAIT    for another make that builds in %s\n", s->now.place.dir);
}

/* The command inherits the lock: it may live longer than this process. */
static bool take_lock(struct stage *s)
{
	const bool made = make_dirs(s->now.place.dir);
	// NOLINTNEXTLINE(android-cloexec-open): see above
	const int fd = made ? open(s->lock, O_WRONLY | O_CREAT | O_APPEND, 0666) : -1;

	if (fd >= 0 && lock(fd, report_wait, s))
		return true;
	complain(s->lock, 0, "cannot be locked [unwritable]: %s", strerror(errno));
	return false;
}

static int run(struct stage *s)
{
	int status = DONE;

	if (!take_lock(s) || !record_inputs(s))
		return CANNOT_RUN;
	if (is_current(s, &status))
		return status;
	if (!same_inputs(s))
		return FINDING;
	if (unlink(s->now.path) && errno != ENOENT) {
		complain(s->now.path, 0, "cannot be removed [unwritable]: %s", strerror(errno));
		return CANNOT_RUN;
	}
	if (s->label && *s->label)
		printf("  %-8s%s\n", s->label, s->text ?: "");
	status = run_command(s->command);
	return status ? status : seal(s, NULL);
}

int cmd_run(int argc, char **argv)
{
	struct stage s = { 0 };
	const struct opt opts[] = {
		OPT_TEXT("label", "LABEL", &s.label, "print LABEL and the text when COMMAND runs"),
		OPT_TEXT("text", "TEXT", &s.text, "the text"),
		OPT_END,
	};
	int status = options_read(&argc, &argv, &command, opts);

	if (status != GO_ON)
		return status;
	s.out = argv[0];
	s.lock = argv[2];
	stamp_init(&s.now, s.out, argv[1]);
	status = take_inputs(&s, argv + 3, argc - 3) ? run(&s) : CANNOT_RUN;
	stamp_free(&s.now);
	free(s.input);
	return status;
}
