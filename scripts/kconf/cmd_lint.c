// SPDX-License-Identifier: GPL-2.0-only
/* kconf lint: the fragments' own rules, without a kernel tree. */
#include "kconf.h"
#include "options.h"

static const struct command command = {
	.synopsis = "kconf lint --arch ARCH [--archs ARCH,...] --release RELEASE LAYER:FRAGMENT...",
	.about =
		"Reads the fragments as resolve would, and reports their errors: an option without a\n"
		"reason, a repeated or contradicting request, an unknown directive or architecture, an\n"
		"expired waiver.\n",
	.status = "0 no error, 2 an error, or could not run",
	.most = ANY,
};

int cmd_lint(int argc, char **argv)
{
	const char *arch = NULL, *archs = NULL, *release = NULL;
	const struct opt opts[] = {
		OPT_NEED("arch", "ARCH", &arch, "the architecture to read them for"),
		OPT_TEXT("archs", "ARCH,...", &archs,
			 "all that '#: arch' may name; default: --arch alone"),
		OPT_NEED("release", "RELEASE", &release, "the release to read them for"),
		OPT_END,
	};
	int status = options_read(&argc, &argv, &command, opts);
	struct fragments f;

	if (status != GO_ON)
		return status;
	frag_init(&f, arch, release);
	f.archs = archs;
	status = frag_read_args(&f, argc, argv) ? DONE : CANNOT_RUN;
	frag_free(&f);
	return status;
}
