// SPDX-License-Identifier: GPL-2.0-only
/* What KUnit's suites said, of the modules *_test that are loaded: it is in the log alone. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "guest.h"

void prove_kunit(void)
{
	int fd = open("/dev/kmsg", O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	unsigned int cases = 0, suites = 0, bad = 0, number;
	char line[8193], name[64];
	ssize_t n;

	if (fd < 0) {
		record("fail kunit /dev/kmsg: %s", strerror(errno));
		return;
	}
	/* KTAP: a suite's line is flush left, those of its cases are indented by four. */
	while ((n = read(fd, line, sizeof(line) - 1)) > 0) {
		char *text;

		line[n] = '\0';
		line[strcspn(line, "\n")] = '\0';
		text = strchr(line, ';');
		if (!text)
			continue;
		text++;
		if (sscanf(text, "not ok %u %63s", &number, name) == 2) {
			record("device kunit fail %s", name);
			bad++;
		} else if (sscanf(text, "ok %u %63s", &number, name) == 2) {
			suites++;
		} else if (sscanf(text, "    ok %u %63s", &number, name) == 2) {
			cases++;
		}
	}
	close(fd);
	if (suites && !bad)
		record("device kunit ok %u cases of %u suites", cases, suites);
}
