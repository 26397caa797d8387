// SPDX-License-Identifier: GPL-2.0-only
/* bootlog - judges the console output of a guest of `make boot`. */
#include <errno.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clean.h"
#include "bootlog.h"
#include "figures.h"
#include "options.h"

static const struct command command = {
	.synopsis = "bootlog [OPTION...] LOG\n       bootlog rows ...; bootlog rows --help says more",
	.about = "Judges the console output of a guest with scripts/guest/init as its init.\n",
	.status = "0 held, 1 a finding or not verified, 2 could not run, 3 the guest died\n"
		  "before init",
	.least = 1,
	.most = 1,
};

static bool cannot_read(const char *path)
{
	complain(path, 0, "cannot be read [unreadable]: %s", strerror(errno));
	return false;
}

static bool for_lines_of(const char *path, void (*take)(void *data, char *line), void *data)
{
	FILE *in = fopen(path, "re");
	const bool good = in && for_lines(in, take, data);

	if (!good)
		cannot_read(path);
	if (in)
		fclose(in);
	return good;
}

static void take_allowed(void *list, char *line)
{
	if (*line != '#')
		list_add(list, -1, line);
}

static void take_secret(void *secret, char *line)
{
	char **to = secret;

	if (!*to)
		*to = mem_strdup(line);
}

/* The report's prefix, with the secret in FILE; NULL if it has none. */
static char *read_secret(const char *path)
{
	char *secret = NULL, *prefix = NULL;
	size_t n;

	if (!for_lines_of(path, take_secret, &secret))
		return NULL;
	n = secret ? strspn(secret, "0123456789abcdef") : 0;
	if (n < SECRET_LEAST || n > SECRET_MOST || secret[n])
		complain(
			path, 0,
			"has no secret [bad-secret]: expected a line of %d to %d digits of 0-9 and a-f; "
			"boot.sh writes it",
			SECRET_LEAST, SECRET_MOST);
	else
		prefix = mem_printf(MARK "%s ", secret);
	free(secret);
	return prefix;
}

static bool take_allow(void *allow, const char *path)
{
	return for_lines_of(path, take_allowed, allow);
}

static bool take_prefix(void *prefix, const char *path)
{
	char **to = prefix;

	free(*to);
	*to = read_secret(path);
	return *to;
}

/* An argument that the report prints: clean it in place. */
static bool take_text(void *to, const char *text)
{
	clean((char *)(uintptr_t)text, strlen(text), "");
	*(const char **)to = text;
	return true;
}

static int run(const char *log, const char *prefix, const struct wanted *w, bool json)
{
	struct report r;
	int verdict = CANNOT_RUN;

	report_init(&r);
	if (prefix) {
		r.prefix = prefix;
		r.secret = true;
	}
	r.warnings.allow = r.findings.allow = &w->allow;
	if (for_lines_of(log, read_line, &r)) {
		read_end(&r);
		verdict = judge(&r, w);
		if (!json)
			print_text(&r, w, verdict);
		else if (!print_json(&r, w, verdict))
			verdict = CANNOT_RUN;
	}
	report_free(&r);
	return verdict;
}

int main(int argc, char **argv)
{
	struct wanted w = { .expect = "", .ram_mib = -1, .cpus = -1, .allow.unbounded = true };
	char *prefix = NULL;
	bool json = false;
	const struct opt opts[] = {
		OPT_CALL("expect", "A,B,...", take_text, &w.expect,
			 "devices whose trials must pass, such as block,net"),
		OPT_CALL("release", "R", take_text, &w.release,
			 "the release that the kernel must have"),
		OPT_NUMBER("ram", "MIB", &w.ram_mib, 1, INT_MAX,
			   "the guest's memory in MiB"),
		OPT_NUMBER("cpus", "N", &w.cpus, 1, INT_MAX, "the guest's processors"),
		OPT_CALL("ended", "WHY", take_text, &w.ended,
			 "why boot.sh ended the guest, which is a finding"),
		OPT_CALL("allow", "FILE", take_allow, &w.allow,
			 "a line that contains a line of FILE does not count"),
		OPT_CALL("secret", "FILE", take_prefix, &prefix,
			 "the secret that init's records must have"),
		OPT_FLAG("strict", &w.strict, "also count the kernel's warnings"),
		OPT_FLAG("json", &json, "print the report as JSON"),
		OPT_END,
	};
	int verdict;

	if (argc > 1 && !strcmp(argv[1], "rows"))
		return cmd_rows(argc - 1, argv + 1);
	verdict = options_read(&argc, &argv, &command, opts);
	if (verdict == GO_ON)
		verdict = run(*argv, prefix, &w, json);
	if (fflush(stdout) || ferror(stdout)) {
		complain("standard output", 0, "cannot be written [unwritable]: %s",
			 strerror(errno));
		verdict = CANNOT_RUN;
	}
	free(prefix);
	list_free(&w.allow);
	return verdict == UNVERIFIED ? FINDING : verdict;
}
