/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Files. A function returns the fault, to be put after the file's name, or NULL; the text
 * is constant or the C library's.
 */
#ifndef FILE_H
#define FILE_H

#include <stdbool.h>
#include <stdio.h>

#include "buffer.h"

/*
 * Open a regular file to read, with further FLAGS of open(2). *SIZE is its size, at most LIMIT.
 * After a fault *FD is closed and must not be used.
 */
const char *file_open(const char *path, int flags, size_t limit, int *fd, size_t *size);
/* Replace the content of B by a regular file of at most LIMIT bytes, and a NUL after them. */
const char *file_read(const char *path, size_t limit, struct buffer *b);

/* PATH.tmp, which output_close() renames unless a write failed. PATH NULL is standard output. */
struct output {
	const char *path;
	char *tmp;
	FILE *file;
};

/* Both complain and return false if the file cannot be written. */
bool output_open(struct output *o, const char *path);
/* Rename PATH.tmp to PATH if all writes worked and GOOD; else remove it and return false. */
bool output_close(struct output *o, bool good);

#endif
