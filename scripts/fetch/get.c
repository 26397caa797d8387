// SPDX-License-Identifier: GPL-2.0-only
/* A URL, through curl, or a local file. */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "fetch.h"

/* The first of curl's errors, without its "curl: (NUMBER) ". */
static const char *reason(const char *said, int status)
{
	const char *error = strstr(said, "curl: ("), *text = error ? strstr(error, ") ") : NULL;

	said = text ? text + 2 : said;
	if (!*said)
		return format("curl ended with status %d", status);
	return format("%.*s", (int)strcspn(said, "\n"), said);
}

enum outcome get(const char *url, const char *file, const char **why)
{
	bool local = !strstr(url, "://");
	int said, status;
	pid_t child;

	if (local && (!is_file(url) || access(url, R_OK))) {
		*why = is_file(url) ? format("%s", strerror(errno)) : "no such file";
		return NOT_THERE;
	}
	said = memory_file();
	if (local)
		child = start(-1, said, said, "cp", "--no-preserve=mode", "--", url, file, NULL);
	else
		child = start(-1, said, said, "curl", "--fail", "--silent", "--show-error",
			      "--location", "--proto", "=https,http,file", "--connect-timeout",
			      "15", "--speed-limit", "1000", "--speed-time", "30", "--retry", "2",
			      "--continue-at", "-", "--output", file, url, NULL);
	status = finish(child, local ? "cp" : "curl");
	*why = reason(memory_text(said), status);
	if (local && status)
		status = 23;
	switch (status) { /* as curl(1) has them */
	case 0:
		return GOT;
	case 22: /* an error of HTTP; 416 is a range that isn't there */
		return ends_in(*why, " 416") ? NO_RESUME : NOT_THERE;
	case 37: /* no such file, of file:// */
		return NOT_THERE;
	case 23:
		die(CANNOT_RUN, "%s: %s; is the disk full, or the directory read-only?", file,
		    *why);
	case 33: /* no ranges */
	case 36: /* less than that */
		return NO_RESUME;
	default:
		return NO_ANSWER;
	}
}
