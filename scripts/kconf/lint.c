// SPDX-License-Identifier: GPL-2.0-only
/* kconf lint: the fragments' own rules, without a kernel tree. */
#include <getopt.h>

#include "kconf.h"

static const char usage[] =
	"usage: kconf lint --arch ARCH --release RELEASE LAYER:FRAGMENT...\n"
	"\n"
	"Reads the fragments as resolve would and says what is wrong with them: an option\n"
	"without a reason, a repeated or contradicting request, an unknown directive, an\n"
	"expired waiver. Exit status: 0 nothing is, 2 something is.\n";

int cmd_lint(int argc, char **argv)
{
	static const struct option options[] = {
		{ "arch", required_argument, NULL, 'a' },
		{ "release", required_argument, NULL, 'r' },
		{ "help", no_argument, NULL, 'h' },
		{ 0 },
	};
	const char *arch = NULL, *release = NULL;
	struct fragments f;
	bool clean;
	int c;

	while ((c = getopt_long(argc, argv, "h", options, NULL)) != -1) {
		switch (c) {
		case 'a':
			arch = optarg;
			break;
		case 'r':
			release = optarg;
			break;
		case 'h':
			fputs(usage, stdout);
			return HELD;
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
	clean = frag_read_args(&f, argc - optind, argv + optind);
	frag_free(&f);
	return clean ? HELD : CANNOT_RUN;
}
