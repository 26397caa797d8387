// SPDX-License-Identifier: GPL-2.0-only
#include <openssl/evp.h>
#include <stdio.h>

#include "hash.h"
#include "mem.h"
#include "msg.h"

void sha256(const void *data, size_t size, unsigned char hash[HASH_SIZE])
{
	if (!EVP_Digest(data, size, hash, NULL, EVP_sha256(), NULL))
		die(CANNOT_RUN, "libcrypto computes no SHA-256 [no-sha256]");
}

char *sha256_text(const void *data, size_t size)
{
	unsigned char hash[HASH_SIZE];
	char *text = mem_zalloc(2 * HASH_SIZE + 1);

	sha256(data, size, hash);
	for (size_t i = 0; i < HASH_SIZE; i++)
		sprintf(text + 2 * i, "%02x", hash[i]);
	return text;
}
