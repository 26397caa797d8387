// SPDX-License-Identifier: GPL-2.0-only
// fuzz: sources scripts/bump/diff.c scripts/lib/[!m]*.c scripts/lib/mem.c scripts/lib/msg.c; libs jansson
/*
 * A diff, as patches have it, up to a NUL, and then the text of a file. No change is in a text
 * twice as often as in itself.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "../../scripts/bump/bump.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = calloc(1, size + 2);
	const char *file;
	struct diff d;

	if (!text)
		abort();
	if (size)
		memcpy(text, data, size);
	file = text + strlen(text) + 1;
	if (diff_read(&d, text))
		for (size_t i = 0; i < d.n; i++) {
			block_is_in(&d.block[i], NULL, file);
			if (block_is_in(&d.block[i], file, file))
				abort();
		}
	diff_free(&d);
	free(text);
	return 0;
}
