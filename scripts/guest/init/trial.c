// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "guest.h"
#include "trial.h"

static const char *on_trial;

void verdict(const char *word, const char *fmt, ...)
{
	char text[1024];
	va_list args;

	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	record("device %s %s %s", on_trial, word, text);
	_exit(0);
}

int must(int result, const char *what)
{
	if (result < 0)
		failed("%s: %s", what, strerror(errno));
	return result;
}

bool is_on_cmdline(const char *word)
{
	char *cmdline = slurp("/proc/cmdline");
	bool is = cmdline && strstr(cmdline, word);

	free(cmdline);
	return is;
}

int number(const char *key, int usual)
{
	char *cmdline = slurp("/proc/cmdline"), *word = cmdline ? strstr(cmdline, key) : NULL;
	int n = word ? atoi(word + strlen(key)) : usual;

	free(cmdline);
	return n;
}

int cycles(int usual)
{
	return number("keelson.cycles=", usual);
}

unsigned int slower(unsigned int seconds)
{
	static int times;

	if (!times)
		times = number("keelson.slow=", 1);

	return seconds * (unsigned int)(times > 1 ? times : 1);
}

void trial(const char *name, void (*prove)(const char *argument), const char *argument,
	   unsigned int patience)
{
	int status = 0;
	pid_t child;

	patience = slower(patience);
	on_trial = name;
	child = fork();
	if (child == 0) {
		alarm(patience);
		prove(argument);
		_exit(1);
	}
	if (child < 0 || waitpid(child, &status, 0) != child)
		record("device %s fail can't be tried: %s", name, strerror(errno));
	else if (WIFSIGNALED(status) && WTERMSIG(status) == SIGALRM)
		record("device %s fail no answer for %u seconds", name, patience);
	else if (status)
		record("device %s fail the test died, wait status %d", name, status);
}

bool runs_old_code(void)
{
	return number("keelson.old_code=", 0);
}

bool is_release(const char *start)
{
	struct utsname uts;

	uname(&uts);
	return !strncmp(uts.release, start, strlen(start));
}

void wait_ms(long ms)
{
	struct timespec t = { ms / 1000, ms % 1000 * 1000000 };

	nanosleep(&t, NULL);
}

int write_to(const char *file, const char *text)
{
	int fd = open(file, O_WRONLY | O_CLOEXEC), error = 0;

	if (fd < 0)
		return errno;
	if (write(fd, text, strlen(text)) < 0)
		error = errno;
	close(fd);
	return error;
}

void expect(const char *file, const char *text, int error)
{
	int got = write_to(file, text);

	if (got != error)
		failed("'%s' to %s: %s, not: %s", text, file, strerror(got), strerror(error));
}
