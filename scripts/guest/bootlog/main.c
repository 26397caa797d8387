// SPDX-License-Identifier: GPL-2.0-only
/* bootlog - judge what a guest of `make boot` said on its console. */
#include <errno.h>
#include <getopt.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clean.h"
#include "bootlog.h"

static const char usage[] =
	"usage: bootlog [OPTION...] LOG\n"
	"\n"
	"Judges what a guest with scripts/guest/init as its init said on its console.\n"
	"\n"
	"  --expect A,B,...  devices that must have worked, say block,net\n"
	"  --release R       what the kernel's release must be\n"
	"  --ram MIB         the memory that the guest was given\n"
	"  --cpus N          the processors that it was given\n"
	"  --ended WHY       the guest did not end by itself, which is a finding\n"
	"  --allow FILE      what contains a line of FILE does not count\n"
	"  --secret FILE     the secret that init's records must carry\n"
	"  --strict          warnings of the kernel count, too\n"
	"  --json            the report in JSON\n"
	"  --help            this\n"
	"\n"
	"Exit status: 0 held, 1 a finding or not verified, 2 could not run, 3 the guest died\n"
	"before init.\n";

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

static bool read_count(const char *option, long *count)
{
	char *end;

	errno = 0;
	*count = strtol(optarg, &end, 10);
	if (end != optarg && !*end && !errno && *count > 0 && *count <= INT_MAX)
		return true;
	complain(option, 0, "not a valid number [bad-number]: expected 1 or more, got '%s'",
		 optarg);
	return false;
}

static bool misused(void)
{
	usage_error(usage);
	return false;
}

static char *cleaned(char *text)
{
	clean(text, strlen(text), "");
	return text;
}

/* PREFIX is to be freed. */
static bool read_options(int argc, char **argv, struct wanted *w, char **prefix, bool *json,
			 bool *help)
{
	static const struct option options[] = {
		{ "expect", required_argument, NULL, 'e' },
		{ "release", required_argument, NULL, 'r' },
		{ "ram", required_argument, NULL, 'm' },
		{ "allow", required_argument, NULL, 'a' },
		{ "strict", no_argument, NULL, 's' },
		{ "secret", required_argument, NULL, 'S' },
		{ "json", no_argument, NULL, 'j' },
		{ "ended", required_argument, NULL, 'E' },
		{ "help", no_argument, NULL, 'h' },
		{ "cpus", required_argument, NULL, 'c' },
		{ 0 },
	};
	int c;

	while ((c = getopt_long(argc, argv, "h", options, NULL)) != -1) {
		switch (c) {
		case 'e':
			w->expect = cleaned(optarg);
			break;
		case 'r':
			w->release = cleaned(optarg);
			break;
		case 'E':
			w->ended = cleaned(optarg);
			break;
		case 'm':
			if (!read_count("--ram", &w->ram_mib))
				return false;
			break;
		case 'c':
			if (!read_count("--cpus", &w->cpus))
				return false;
			break;
		case 'a':
			if (!for_lines_of(optarg, take_allowed, &w->allow))
				return false;
			break;
		case 'S':
			free(*prefix);
			*prefix = read_secret(optarg);
			if (!*prefix)
				return false;
			break;
		case 's':
			w->strict = true;
			break;
		case 'j':
			*json = true;
			break;
		case 'h':
			*help = true;
			return true;
		default:
			return misused();
		}
	}
	return optind + 1 == argc || misused();
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
	bool json = false, help = false;
	int verdict = CANNOT_RUN;
	char *prefix = NULL;

	if (!read_options(argc, argv, &w, &prefix, &json, &help)) {
		/* It has said why. */
	} else if (help) {
		fputs(usage, stdout);
		verdict = DONE;
	} else {
		verdict = run(argv[optind], prefix, &w, json);
	}
	if (fflush(stdout) || ferror(stdout)) {
		complain("standard output", 0, "cannot be written [unwritable]: %s",
			 strerror(errno));
		verdict = CANNOT_RUN;
	}
	free(prefix);
	list_free(&w.allow);
	return verdict == UNVERIFIED ? FINDING : verdict;
}
