// SPDX-License-Identifier: GPL-2.0-only
// fuzz: sources scripts/kimage/[!m]*.c scripts/kimage/modules.c scripts/lib/*.c
// fuzz: libs libdeflate zlib libcrypto jansson; options -pthread
/* Input to unpack: gzip members, and other bytes. */
#include "kimage_fuzz.h"

static bool count(void *ctx, const void *data, size_t size)
{
	char digest[DIGEST_SIZE];
	size_t *left = ctx;

	sha_of(data, size < 64 ? size : 64, digest);
	if (size > *left)
		return false;
	*left -= size;
	return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct bytes b = { data, size, false };
	size_t left = 8 << 20;

	gunzip(&b, count, &left);
	return 0;
}
