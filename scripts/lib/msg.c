// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "clean.h"
#include "mem.h"
#include "msg.h"

static __attribute__((format(printf, 2, 0))) void print(const char *where, const char *fmt,
							va_list ap)
{
	char *text = mem_vprintf(fmt, ap), *line, *shown;

	line = mem_printf("%s%s%s", where, *where ? ": " : "", text);
	shown = visible(line);
	fprintf(stderr, "%s: %s\n", program_invocation_short_name, shown);
	free(text);
	free(line);
	free(shown);
}

void say(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	print("", fmt, ap);
	va_end(ap);
}

void complain(const char *where, int line, const char *fmt, ...)
{
	char *place = line ? mem_printf("%s:%d", where, line) : mem_strdup(where);
	va_list ap;

	va_start(ap, fmt);
	print(place, fmt, ap);
	va_end(ap);
	free(place);
}

void die(int status, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	print("", fmt, ap);
	va_end(ap);
	exit(status);
}
