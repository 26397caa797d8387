// SPDX-License-Identifier: GPL-2.0-only
/* patchck - check a patch as git format-patch writes it, and refuse all else. */
#include <errno.h>
#include <string.h>

#include "msg.h"
#include "options.h"
#include "patch.h"

static const struct command command = {
	.synopsis = "patchck [--diff | --files] FILE",
	.about = "Checks a patch as git format-patch writes it, and prints each finding.\n",
	.status = "0 a patch, 1 findings, 2 could not run",
	.least = 1,
	.most = 1,
};

static int check(struct patch *p)
{
	FILE *in = fopen(p->name, "re");
	int status;

	if (!in) {
		complain(p->name, 0, "cannot be read [unreadable]: %s", strerror(errno));
		return CANNOT_RUN;
	}
	status = patch_check(p, in);
	if (ferror(in)) {
		complain(p->name, 0, "cannot be read to its end [unreadable]");
		status = CANNOT_RUN;
	}
	fclose(in);
	return status == DONE && fflush(stdout) ? CANNOT_RUN : status;
}

int main(int argc, char **argv)
{
	static struct patch p;
	const struct opt opts[] = {
		OPT_FLAG("diff", &p.print_diff, "also print its diffs alone"),
		OPT_FLAG("files", &p.print_files, "also print the path of each file that it changes"),
		OPT_END,
	};
	const int status = options_read(&argc, &argv, &command, opts);

	if (status != GO_ON)
		return status;
	if (p.print_diff && p.print_files)
		return options_wrong(&command, opts);
	p.name = argv[0];
	return check(&p);
}
