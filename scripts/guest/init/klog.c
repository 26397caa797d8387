// SPDX-License-Identifier: GPL-2.0-only
/*
 * The kernel's log. Levels are in /dev/kmsg only, which has each message as
 * "PRIORITY,SEQUENCE,MICROSECONDS,FLAGS;TEXT".
 */
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "guest.h"
#include "trial.h"

enum { LEVEL_WARNING = 4 };

struct message {
	unsigned int priority; /* the bits above the level say who wrote it; the kernel is 0 */
	unsigned long long sequence, us;
	const char *text; /* in line */
	char line[8193];
};

static int open_log(void)
{
	int fd = open("/dev/kmsg", O_RDONLY | O_NONBLOCK | O_CLOEXEC);

	if (fd < 0)
		record("fail klog /dev/kmsg: %s", strerror(errno));
	return fd;
}

/* The next message; false after the last one, and then the log is closed. */
static bool next_message(int fd, struct message *m)
{
	ssize_t n;

	while ((n = read(fd, m->line, sizeof(m->line) - 1)) > 0) {
		m->line[n] = '\0';
		m->line[strcspn(m->line, "\n")] = '\0';
		m->text = strchr(m->line, ';');
		if (m->text && sscanf(m->line, "%u,%llu,%llu", &m->priority, &m->sequence, &m->us) == 3) {
			m->text++;
			return true;
		}
	}
	close(fd);
	return false;
}

void tell_klog(void)
{
	int fd = open_log();
	bool first = true;
	struct message m;

	while (fd >= 0 && next_message(fd, &m)) {
		if (first && m.sequence > 0)
			record("fail klog the first %llu messages are lost; "
			       "CONFIG_LOG_BUF_SHIFT is too small",
			       m.sequence);
		first = false;
		if (m.priority <= LEVEL_WARNING)
			record("klog %u [%5llu.%06llu] %s", m.priority, m.us / 1000000,
			       m.us % 1000000, m.text);
	}
}

void expect_told(const char *start)
{
	int fd = open_log();
	struct message m;

	while (fd >= 0 && next_message(fd, &m)) {
		if (!strncmp(m.text, start, strlen(start))) {
			close(fd);
			return;
		}
	}
	failed("no message in the kernel's log begins with '%s'", start);
}

/* KTAP: a suite's line is flush left, those of its cases are indented by four. */
void prove_kunit(void)
{
	unsigned int cases = 0, suites = 0, bad = 0, number;
	int fd = open_log();
	struct message m;
	char name[64];

	while (fd >= 0 && next_message(fd, &m)) {
		if (sscanf(m.text, "not ok %u %63s", &number, name) == 2) {
			record("device kunit fail %s", name);
			bad++;
		} else if (sscanf(m.text, "ok %u %63s", &number, name) == 2) {
			suites++;
		} else if (sscanf(m.text, "    ok %u %63s", &number, name) == 2) {
			cases++;
		}
	}
	if (suites && !bad)
		record("device kunit ok %u cases of %u suites", cases, suites);
}
