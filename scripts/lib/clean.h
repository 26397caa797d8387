/* SPDX-License-Identifier: GPL-2.0-only */
/* Make the text of a guest, a compiler or another program safe for a terminal. */
#ifndef CLEAN_H
#define CLEAN_H

#include <stddef.h>

/*
 * Replace each byte of the LEN at TEXT that is not part of a printable UTF-8 character by a '?',
 * except the characters in KEEP. Control characters, also those of C1, and marks that reorder text
 * are not printable.
 */
void clean(char *text, size_t len, const char *keep);

/*
 * A copy of TEXT, to free, with \xNN for each byte that clean() replaces, and for each byte of
 * a blank other than the space.
 */
char *visible(const char *text);

#endif
