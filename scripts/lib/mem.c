// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mem.h"
#include "msg.h"

void *mem_check(void *p)
{
	if (p)
		return p;
	/* die() would need memory. */
	fprintf(stderr, "%s: out of memory [no-memory]\n", program_invocation_short_name);
	exit(CANNOT_RUN);
}

void *mem_zalloc(size_t size)
{
	return mem_check(calloc(1, size ? size : 1));
}

void *mem_realloc(void *p, size_t size)
{
	return mem_check(realloc(p, size ? size : 1));
}

char *mem_strdup(const char *s)
{
	return mem_check(strdup(s));
}

char *mem_strndup(const char *s, size_t len)
{
	return mem_check(strndup(s, len));
}

char *mem_vprintf(const char *fmt, va_list ap)
{
	char *s = NULL;

	return mem_check(vasprintf(&s, fmt, ap) < 0 ? NULL : s);
}

char *mem_printf(const char *fmt, ...)
{
	va_list ap;
	char *s;

	va_start(ap, fmt);
	s = mem_vprintf(fmt, ap);
	va_end(ap);
	return s;
}
