// SPDX-License-Identifier: GPL-2.0-only
#include <stdlib.h>
#include <string.h>

#include "buffer.h"
#include "mem.h"

void buffer_add(struct buffer *b, const void *data, size_t size)
{
	if (b->most && size > b->most - b->size) {
		b->full = true;
		return;
	}
	if (b->size + size >= b->room) {
		b->room = 2 * (b->size + size) + 64;
		b->data = mem_realloc(b->data, b->room);
	}
	if (size)
		memcpy(b->data + b->size, data, size);
	b->size += size;
	b->data[b->size] = '\0';
}

void buffer_puts(struct buffer *b, const char *text)
{
	buffer_add(b, text, strlen(text));
}

void buffer_free(struct buffer *b)
{
	free(b->data);
	*b = (struct buffer){ 0 };
}
