// SPDX-License-Identifier: GPL-2.0-only
/* bump upstream: a release has a patch if it has each of its changes, and did not before. */
#include <stdlib.h>
#include <string.h>

#include "buffer.h"
#include "bump.h"
#include "file.h"
#include "options.h"

enum { FILE_MOST = 16 << 20 };

static const struct command command = {
	.synopsis = "bump upstream DIFF BEFORE AFTER",
	.about =
		"Looks for each change of DIFF, which 'patchck --diff' printed, in the files of two\n"
		"releases below the directories BEFORE and AFTER. A change that AFTER has and BEFORE has not\n"
		"is upstream, whatever the lines around it are. Prints how many changes are.\n",
	.status = "0 all are upstream, 1 some are not, 2 could not run",
	.least = 3,
	.most = 3,
};

/* The text of FILE below DIR, or NULL. */
static char *text_in(const char *dir, const char *file)
{
	char *path = mem_printf("%s/%s", dir, file);
	struct buffer b = { 0 };
	const char *wrong = file_read(path, FILE_MOST, &b);

	free(path);
	if (!wrong)
		return b.text;
	buffer_free(&b);
	return NULL;
}

static int look(const struct diff *d, const char *before, const char *after)
{
	size_t found = 0;

	for (size_t i = 0; i < d->n; i++) {
		char *old = text_in(before, d->block[i].file),
		     *new = text_in(after, d->block[i].file);

		found += block_is_in(&d->block[i], old, new);
		free(old);
		free(new);
	}
	printf("%zu of %zu changes are upstream\n", found, d->n);
	return fflush(stdout) ? CANNOT_RUN : found == d->n ? DONE : FINDING;
}

int cmd_upstream(int argc, char **argv)
{
	int status = options_read(&argc, &argv, &command, &(const struct opt)OPT_END);
	struct buffer b = { 0 };
	const char *wrong;
	struct diff d;

	if (status != GO_ON)
		return status;
	wrong = file_read(argv[0], FILE_MOST, &b);
	if (wrong)
		die(CANNOT_RUN, "%s: cannot be read [unreadable]: %s", argv[0], wrong);
	status = FINDING;
	if (diff_read(&d, b.text))
		status = look(&d, argv[1], argv[2]);
	else
		complain(argv[0], 0,
			 "has no hunk [no-diff]: expected the output of patchck --diff");
	diff_free(&d);
	buffer_free(&b);
	return status;
}
