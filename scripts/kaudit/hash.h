/* SPDX-License-Identifier: GPL-2.0-only */
/* SHA-256, by libcrypto. Without it the tool exits with CANNOT_RUN. */
#ifndef KAUDIT_HASH_H
#define KAUDIT_HASH_H

#include <stddef.h>

enum { HASH_SIZE = 32 };

void sha256(const void *data, size_t size, unsigned char hash[HASH_SIZE]);
/* In hex, to free. */
char *sha256_text(const void *data, size_t size);

#endif
