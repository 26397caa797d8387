// SPDX-License-Identifier: GPL-2.0-only
#include <stdlib.h>
#include <string.h>

#include "echo.h"

/* The bytes lie in a circle: @waiting of them from @first on. */
struct echo {
	size_t size, first, waiting;
	uint8_t bytes[];
};

struct echo *echo_new(size_t size)
{
	struct echo *e = malloc(sizeof(*e) + size);

	if (!e)
		return NULL;
	/* The bytes need not be touched before they are used. */
	e->size = size;
	e->first = e->waiting = 0;
	return e;
}

void echo_free(struct echo *e)
{
	free(e);
}

size_t echo_size(const struct echo *e)
{
	return e->size;
}

size_t echo_waiting(const struct echo *e)
{
	return e->waiting;
}

size_t echo_room(const struct echo *e)
{
	return e->size - e->waiting;
}

/* How much of @len bytes at @at comes before the circle's end. */
static size_t before_end(const struct echo *e, size_t at, size_t len)
{
	return len < e->size - at ? len : e->size - at;
}

void echo_put(struct echo *e, const uint8_t *from, size_t len)
{
	const size_t at = (e->first + e->waiting) % e->size;
	const size_t part = before_end(e, at, len);

	memcpy(e->bytes + at, from, part);
	memcpy(e->bytes, from + part, len - part);
	e->waiting += len;
}

size_t echo_get(struct echo *e, uint8_t *to, size_t max)
{
	const size_t len = max < e->waiting ? max : e->waiting;
	const size_t part = before_end(e, e->first, len);

	memcpy(to, e->bytes + e->first, part);
	memcpy(to + part, e->bytes, len - part);
	e->first = (e->first + len) % e->size;
	e->waiting -= len;
	return len;
}
