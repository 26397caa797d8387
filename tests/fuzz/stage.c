// SPDX-License-Identifier: GPL-2.0-only
// fuzz: sources scripts/stage/stamp.c scripts/stage/lines.c scripts/stage/files.c
// fuzz: sources scripts/lib/*.c; libs libcrypto
/*
 * A stamp, which a user may edit and a full disk cuts short. An accepted line has its value and its
 * name within it, and no result is outside of the directory of the stamp.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "../../scripts/stage/stage.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_line(const struct line *l)
{
	const char *end = l->text + strlen(l->text);

	if (l->value < l->text || l->value > l->name || l->name > end || strchr(l->text, '\n'))
		abort();
	if ((l->kind == ROOT || l->kind == STAT || l->kind == HASH) && !is_beside(l->name))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct stamp s, again;
	struct buffer text = { 0 };

	buffer_add(&text, data, size);
	stamp_init(&s, "out", "out/nowhere/fuzz.stamp");
	stamp_init(&again, "out", "out/nowhere/fuzz.stamp");
	stamp_parse(&s, text.text);
	for (size_t i = 0; i < s.lines.n; i++) {
		check_line(&s.lines.line[i]);
		if (!lines_add(&again.lines, s.lines.line[i].text))
			abort();
	}
	same_stats(&s);
	stamp_free(&s);
	stamp_free(&again);
	buffer_free(&text);
	return 0;
}
