// SPDX-License-Identifier: GPL-2.0-only
/* bootlog - judge what a guest of `make boot` said on its console. */
#include <errno.h>
#include <getopt.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bootlog.h"

static const char usage[] =
	"usage: bootlog [OPTION...] LOG\n"
	"\n"
	"Judges what a guest with tests/guest as its init said on its console.\n"
	"\n"
	"  --expect A,B,...  devices that must have worked, say block,net\n"
	"  --release R       what the kernel's release must be\n"
	"  --ram MIB         the memory that the guest was given\n"
	"  --cpus N          the processors that it was given\n"
	"  --ended WHY       the guest did not end by itself, which is a finding\n"
	"  --allow FILE      what contains a line of FILE does not count\n"
	"  --strict          warnings of the kernel count, too\n"
	"  --json            the report in JSON\n"
	"  --help            this\n"
	"\n"
	"Exit status: 0 held, 1 a finding, 2 could not run, 3 the guest died before init.\n";

static void take_allowed(void *list, char *line)
{
	if (*line != '#')
		list_add(list, -1, line);
}

static bool read_count(const char *option, long *count)
{
	char *end;

	errno = 0;
	*count = strtol(optarg, &end, 10);
	if (end != optarg && !*end && !errno && *count > 0 && *count <= INT_MAX)
		return true;
	fprintf(stderr, "bootlog: %s: '%s' is no number; give a whole one above 0\n", option,
		optarg);
	return false;
}

static bool read_options(int argc, char **argv, struct wanted *w, bool *json, bool *help)
{
	static const struct option options[] = {
		{ "expect", required_argument, NULL, 'e' },
		{ "release", required_argument, NULL, 'r' },
		{ "ram", required_argument, NULL, 'm' },
		{ "allow", required_argument, NULL, 'a' },
		{ "strict", no_argument, NULL, 's' },
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
			w->expect = optarg;
			break;
		case 'r':
			w->release = optarg;
			break;
		case 'E':
			w->ended = optarg;
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
			if (!for_lines(optarg, take_allowed, &w->allow))
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
			fputs(usage, stderr);
			return false;
		}
	}
	if (optind + 1 == argc)
		return true;
	fputs(usage, stderr);
	return false;
}

static void free_report(struct report *r)
{
	struct list *lists[] = { &r->modules, &r->refused,  &r->virtio,
				 &r->devices, &r->warnings, &r->findings };

	for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++)
		list_free(lists[i]);
	free(r->release);
	free(r->last);
	free(r->head);
}

int main(int argc, char **argv)
{
	struct wanted w = { .expect = "", .ram_mib = -1, .cpus = -1 };
	struct report r = {
		.init_ms = -1, .cpus = -1, .total_kb = -1, .available_kb = -1, .taint = -1
	};
	bool json = false, help = false;
	enum verdict verdict = CANNOT_RUN;

	if (!read_options(argc, argv, &w, &json, &help)) {
		/* It has said why. */
	} else if (help) {
		fputs(usage, stdout);
		verdict = HELD;
	} else if (for_lines(argv[optind], read_line, &r)) {
		read_end(&r);
		verdict = judge(&r, &w);
		(json ? print_json : print_text)(&r, &w, verdict);
	}
	if (fflush(stdout) || ferror(stdout)) {
		fprintf(stderr, "bootlog: standard output: %s\n", strerror(errno));
		verdict = CANNOT_RUN;
	}
	free_report(&r);
	list_free(&w.allow);
	return (int)verdict;
}
