/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Allocations that do not fail: without memory, the tool exits with CANNOT_RUN. The caller frees
 * them.
 */
#ifndef MEM_H
#define MEM_H

#include <stdarg.h>
#include <stddef.h>

#ifndef ARRAY_SIZE
#define ARRAY_SIZE(a) (sizeof(a) / sizeof(*(a)))
#endif

/* Returns P; exits if it is NULL for lack of memory. */
void *mem_check(void *p);
/* SIZE bytes of 0. */
void *mem_zalloc(size_t size);
void *mem_realloc(void *p, size_t size);
char *mem_strdup(const char *s);
char *mem_strndup(const char *s, size_t len);
char *mem_printf(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
char *mem_vprintf(const char *fmt, va_list ap) __attribute__((format(printf, 1, 0)));

/* Grow ARRAY, which has room for ROOM elements, so that it can hold N + 1. */
#define grow(array, n, room)                                                               \
	do {                                                                               \
		if (!(array) || (n) == (room)) {                                           \
			(room) = (room) ? 2 * (room) : 16;                                 \
			(array) = mem_realloc((array), (size_t)(room) * sizeof(*(array))); \
		}                                                                          \
	} while (0)

#endif
