/* SPDX-License-Identifier: GPL-2.0-only */
/* Files that may be packed by gzip, as /proc/config.gz is. */
#ifndef KCONF_UNPACK_H
#define KCONF_UNPACK_H

#include <stddef.h>
#include <stdio.h>

/* A .config is some 300 KB. */
enum { UNPACK_MAX = 16 << 20 };

/*
 * All of IN, unpacked, with a NUL after it; the caller frees it. At most UNPACK_MAX bytes,
 * packed and unpacked. NULL after a report that names PATH.
 */
char *unpack_stream(FILE *in, const char *path, size_t *size);

#endif
