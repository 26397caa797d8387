/* SPDX-License-Identifier: GPL-2.0-only */
/* A buffer that grows; all zeros is empty. A NUL follows its bytes once one was added. */
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
	size_t most; /* most bytes that it may hold, or 0 for any number */
	bool full; /* an addition beyond the limit was dropped */
};

void buffer_add(struct buffer *b, const void *data, size_t size);
void buffer_puts(struct buffer *b, const char *text);
void buffer_free(struct buffer *b);

#endif
