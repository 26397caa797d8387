/* SPDX-License-Identifier: GPL-2.0-only */
/* Bytes that grow; all zeros is empty. A NUL follows them, unless nothing was ever added. */
#ifndef BUFFER_H
#define BUFFER_H

#include <stdbool.h>
#include <stddef.h>

struct buffer {
	union {
		char *text;
		unsigned char *data;
	};
	size_t size, room;
	size_t most; /* bytes that it may hold, or 0 */
	bool full; /* an addition was dropped for that */
};

void buffer_add(struct buffer *b, const void *data, size_t size);
void buffer_puts(struct buffer *b, const char *text);
void buffer_free(struct buffer *b);

#endif
