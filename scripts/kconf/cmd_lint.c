// SPDX-License-Identifier: GPL-2.0-only
/* kconf lint: the fragments' own rules, without a kernel tree. */
#include <getopt.h>

#include "kconf.h"

static const char usage[] =
	"usage: kconf lint --arch ARCH [--archs ARCH,...] --release RELEASE LAYER:FRAGMENT...\n"
	"\n"
	"Reads the fragments as resolve would, and reports what is wrong with them: an option\n"
	"without a reason, a repeated or contradicting request, an unknown directive or\n"
	"architecture, an expired waiver. --archs lists what '#: arch' may name; default: --arch.\n"
	"Exit status: 0 nothing is wrong, 2 something is.\n";

int cmd_lint(int argc, char **argv)
{
	static const struct option options[] = {
		{ "arch", required_argument, NULL, 'a' },
		{ "archs", required_argument, NULL, 'K' },
		{ "release", required_argument, NULL, 'r' },
		{ "help", no_argument, NULL, 'h' },
		{ 0 },
	};
	const char *arch = NULL, *archs = NULL, *release = NULL;
	struct fragments f;
	bool clean;
	int c;

	while ((c = getopt_long(argc, argv, "h", options, NULL)) != -1) {
		switch (c) {
		case 'a':
			arch = optarg;
			break;
		case 'K':
			archs = optarg;
			break;
		case 'r':
			release = optarg;
			break;
		case 'h':
			fputs(usage, stdout);
			return DONE;
		default:
			fputs(usage, stderr);
			return CANNOT_RUN;
		}
	}
	if (!arch || !release) {
		fputs(usage, stderr);
		return CANNOT_RUN;
	}
	frag_init(&f, arch, release);
	f.archs = archs;
	clean = frag_read_args(&f, argc - optind, argv + optind);
	frag_free(&f);
	return clean ? DONE : CANNOT_RUN;
}
