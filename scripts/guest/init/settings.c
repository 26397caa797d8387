// SPDX-License-Identifier: GPL-2.0-only
/*
 * The settings of the command line: sysctl.NAME=VALUE, and MODULE.PARAMETER=VALUE of the loaded
 * modules. The kernel only logs a name or a value that is not valid.
 */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "guest.h"

/* sysctl.net.core.x to /proc/sys/net/core/x, module.x to /sys/module/module/parameters/x */
static char *value_of(const char *name)
{
	static const char sysctl[] = "sysctl.";
	size_t dot = strcspn(name, ".");
	char path[256];

	if (strncmp(name, sysctl, sizeof(sysctl) - 1)) {
		snprintf(path, sizeof(path), "/sys/module/%.*s/parameters/%s", (int)dot, name,
			 name + dot + 1);
	} else {
		snprintf(path, sizeof(path), "/proc/sys/%s", name + sizeof(sysctl) - 1);
		for (char *at = path; (at = strchr(at, '.')); )
			*at = '/';
	}
	return slurp(path);
}

static bool is_same(const char *is, const char *wanted)
{
	return !strcmp(is, wanted) || (!strcmp(wanted, "1") && !strcmp(is, "Y")) ||
	       (!strcmp(wanted, "0") && !strcmp(is, "N"));
}

/*
 * vsock bounds these two to the memory, and logs that; "window-start" proves by how much. A
 * profile is for guests of any size.
 */
static bool is_bounded(const char *name, const char *is, const char *wanted)
{
	return !strncmp(name, "vsock.rmem_", 11) &&
	       strtoull(is, NULL, 10) < strtoull(wanted, NULL, 10);
}

/* Built-in code has no such file, and may print its parameters in another form. */
static bool is_loaded(const char *name)
{
	char path[128];

	snprintf(path, sizeof(path), "/sys/module/%.*s/initstate", (int)strcspn(name, "."), name);
	return !access(path, F_OK);
}

void prove_settings(void)
{
	char *cmdline = slurp("/proc/cmdline"), *rest = cmdline, *word;
	bool ok = true, bounded = false;
	unsigned int n = 0;

	while ((word = strsep(&rest, " "))) {
		char *value = strchr(word, '='), *is;

		if (!value || !memchr(word, '.', value - word) || !strncmp(word, "keelson.", 8))
			continue;
		*value++ = '\0';
		if (strncmp(word, "sysctl.", 7) && !is_loaded(word))
			continue;
		is = value_of(word);
		if (is && is_bounded(word, is, value)) {
			bounded = true;
		} else if (!is || !is_same(is, value)) {
			record("device settings fail %s is %s, not %s", word, is ? is : "unknown", value);
			ok = false;
		}
		free(is);
		n++;
	}
	if (ok && n)
		record("device settings ok %u of the command line hold%s", n,
		       bounded ? ", bounded to the memory" : "");
	free(cmdline);
}
