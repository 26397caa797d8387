// SPDX-License-Identifier: GPL-2.0-only
// fuzz: sources scripts/patchck/patch.c scripts/lib/*.c
/*
 * A patch, as a stranger may send it. By the first byte its diffs (d) or the paths of its files
 * (f) are printed. One that is accepted has an author, a date, a subject, a sign-off, one status
 * and a diff, and patch(1) gets no path outside of the tree.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "../../scripts/patchck/patch.h"
#include "msg.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool is_outside(const char *path)
{
	return *path == '/' || !strncmp(path, "../", 3) || strstr(path, "/../") ||
	       strstr(path, "/.git/");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct patch p;
	FILE *in;

	if (size < 2)
		return -1;
	in = fmemopen((void *)(uintptr_t)(data + 1), size - 1, "r");
	if (!in)
		return -1;
	p = (struct patch){ .name = "patch", .print_diff = *data == 'd', .print_files = *data == 'f' };
	if (patch_check(&p, in) == DONE) {
		if (!p.author || !p.date || !p.subject || !p.signed_off || p.statuses != 1 || !p.diffs)
			abort();
		if (p.old > 0 || p.new > 0 || is_outside(p.a + 2) || is_outside(p.b + 2))
			abort();
	}
	fclose(in);
	return 0;
}
