// SPDX-License-Identifier: GPL-2.0-only
/*
 * The tree allocates a parse in some 380,000 pieces, which it walks all over and of which it
 * gives few back. kconf is linked with --wrap=malloc and its like, so that until the
 * parse is done they lie one after the other, in large pages where the system gives them.
 *
 * Measured with the board virt of 6.12, means of 10 runs, in turns: resolve takes 118 ms of CPU time
 * with this and 152 ms with malloc() alone (743 and 8,383 page faults), 22 % less.
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "tree.h"

#ifdef __SANITIZE_ADDRESS__ /* ASan must see each allocation */
void arena_open(void)
{
}

void arena_close(void)
{
}
#else
#define ALIGNED(n, to) (((n) + ((to) - 1)) / (to) * (to))

/* Larger pieces are buffers for files, which are freed again. */
enum { PAGE = 2 << 20, SPACE = 128 << 20, LONGEST = 1024 };

static char *start, *end, *at, *last;
static bool open;

/* NOLINTBEGIN(bugprone-reserved-identifier): the linker's names */
void *__real_malloc(size_t size);
void *__real_realloc(void *p, size_t size);
void *__real_calloc(size_t n, size_t size);
void __real_free(void *p);
void *__wrap_malloc(size_t size);
void *__wrap_realloc(void *p, size_t size);
void *__wrap_calloc(size_t n, size_t size);
void __wrap_free(void *p);

void arena_open(void)
{
	char *p = mmap(NULL, SPACE + 2 * PAGE, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	if (p == MAP_FAILED)
		return;
	/* Aligned by hand: only such are large pages. */
	start = at = p + (ALIGNED((uintptr_t)p, PAGE) - (uintptr_t)p);
	end = start + SPACE;
	madvise(start, SPACE, MADV_HUGEPAGE);
#if !KC_OLD_MODEL
	madvise(sym_hashtable, sizeof(sym_hashtable), MADV_HUGEPAGE);
	madvise(expr_hashtable, sizeof(expr_hashtable), MADV_HUGEPAGE);
#endif
	open = true;
}

void arena_close(void)
{
	open = false;
}

static bool fits(size_t size)
{
	return open && size <= LONGEST && ALIGNED(size, 16) < (size_t)(end - at);
}

static bool inside(const void *p)
{
	return (const char *)p >= start && (const char *)p < end;
}

void *__wrap_malloc(size_t size)
{
	if (!fits(size))
		return __real_malloc(size);
	last = at;
	at += ALIGNED(size ?: 1, 16);
	return last;
}

/* No part of the arena is used twice, so all of it is zero, as the system gave it. */
void *__wrap_calloc(size_t n, size_t size)
{
	if (n > LONGEST || size > LONGEST || !fits(n * size))
		return __real_calloc(n, size);
	return __wrap_malloc(n * size);
}

void *__wrap_realloc(void *p, size_t size)
{
	void *new;

	if (!p)
		return __wrap_malloc(size);
	if (!inside(p))
		return __real_realloc(p, size);
	if (p == last && fits(size)) {
		if (at < last + ALIGNED(size, 16))
			at = last + ALIGNED(size, 16);
		return p;
	}
	new = __wrap_malloc(size);
	/* The length of the old one is unknown; the bytes after it are the arena's, too. */
	if (new)
		memmove(new, p, size < LONGEST ? size : LONGEST);
	return new;
}

void __wrap_free(void *p)
{
	if (!inside(p))
		__real_free(p);
}
/* NOLINTEND(bugprone-reserved-identifier) */
#endif
