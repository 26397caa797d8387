// SPDX-License-Identifier: GPL-2.0-only
/* Get a URL through curl, or a local file, within bounds of size and time. */
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "fetch.h"

/* The first of curl's errors, without "curl: (NUMBER) "; it may contain text of the host. */
static const char *reason(const char *said, int status)
{
	const char *error = strstr(said, "curl: ("), *text = error ? strstr(error, ") ") : NULL;

	said = text ? text + 2 : said;
	if (!*said)
		return format("curl ended with status %d", status);
	return cleaned(format("%.*s", (int)strcspn(said, "\n"), said));
}

/* The child that copies URL to FILE. curl gives up at 1000 bytes a second, or after four hours. */
static pid_t start_copy(const char *url, const char *file, long long max, int said)
{
	pid_t child;

	limit_files(max);
	if (!strstr(url, "://"))
		child = start(-1, said, said, "cp", "--no-preserve=mode", "--", url, file, NULL);
	else
		child = start(-1, said, said, "curl", "--fail", "--silent", "--show-error",
			      "--location", "--max-redirs", "10", "--proto", "=https,http,file",
			      "--connect-timeout", "15", "--speed-limit", "1000", "--speed-time",
			      "30", "--max-time", "14400", "--retry", "2", "--max-filesize",
			      format("%lld", max), "--continue-at", "-", "--output", file, url, NULL);
	limit_files(0);
	return child;
}

static enum outcome too_long(const char *file, long long max, const char **why)
{
	*why = format("more than %lld bytes [too-long]", max);
	unlink(file);
	return TOO_LONG;
}

/* The outcome of curl(1) by its exit STATUS. */
static enum outcome outcome_of(int status, const char *file, const char *why)
{
	switch (status) {
	case 0:
		return GOT;
	case 22: /* an HTTP error; 416: the file has no such range */
		return ends_in(why, " 416") ? NO_RESUME : NOT_THERE;
	case 37: /* no such file, of file:// */
		return NOT_THERE;
	case 23:
		die(CANNOT_RUN,
		    "%s: %s [unwritable]; is the disk full, or the directory read-only?", file,
		    why);
	case 33: /* the host supports no ranges */
	case 36: /* the file ends before that place */
		return NO_RESUME;
	default:
		return NO_ANSWER;
	}
}

enum outcome get(const char *url, const char *file, long long max, const char **why)
{
	bool local = !strstr(url, "://");
	int said, status;

	if (local && (!is_file(url) || access(url, R_OK))) {
		*why = is_file(url) ? format("%s", strerror(errno)) : "no such file";
		return NOT_THERE;
	}
	if (size_of(file) > max)
		unlink(file);
	said = memory_file();
	status = finish(start_copy(url, file, max, said), local ? "cp" : "curl");
	*why = reason(memory_text(said), status);
	if (status == 63 || status == 128 + SIGXFSZ)
		return too_long(file, max, why);
	return outcome_of(local && status ? 23 : status, file, *why);
}
