// SPDX-License-Identifier: GPL-2.0-only
/* patchck - check a patch as git format-patch writes it, and refuse all else. */
#include <errno.h>
#include <string.h>

#include "msg.h"
#include "options.h"
#include "patch.h"

static const struct command command = {
	.synopsis = "patchck [--diff | --files | --commit] FILE",
	.about = "Checks a patch as git format-patch writes it, and prints each finding.\n",
	.status = "0 a patch, 1 findings, 2 could not run",
	.least = 1,
	.most = 1,
};

static int check(struct patch *p, bool print_commit)
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
	if (print_commit && status == DONE && p->accepted[0])
		printf("%s %s\n", p->accepted, basename(p->name));
	return status == DONE && fflush(stdout) ? CANNOT_RUN : status;
}

int main(int argc, char **argv)
{
	static struct patch p;
	bool print_commit = false;
	const struct opt opts[] = {
		OPT_FLAG("diff", &p.print_diff, "also print its diffs alone"),
		OPT_FLAG("files", &p.print_files, "also print the path of each file that it changes"),
		OPT_FLAG("commit", &print_commit,
			 "also print the upstream commit that it is, and its name, if any"),
		OPT_END,
	};
	const int status = options_read(&argc, &argv, &command, opts);

	if (status != GO_ON)
		return status;
	if (p.print_diff + p.print_files + print_commit > 1)
		return options_wrong(&command, opts);
	p.name = argv[0];
	return check(&p, print_commit);
}
