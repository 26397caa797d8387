/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The code that the fuzz targets of kimage share. They are linked with kimage's sources but main.c,
 * and its libraries. Crashes, leaks, hangs and memory beyond the limit count.
 */
#ifndef KIMAGE_FUZZ_H
#define KIMAGE_FUZZ_H

#include <libdeflate.h>
#include <stdlib.h>
#include <string.h>

#include "../../scripts/kimage/kimage.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A gzip member of DATA, to free; *PACKED its size. */
static inline unsigned char *pack_member(const void *data, size_t size, size_t *packed)
{
	struct libdeflate_compressor *c = libdeflate_alloc_compressor(0);
	size_t room = libdeflate_gzip_compress_bound(c, size);
	unsigned char *out = mem_zalloc(room);

	*packed = libdeflate_gzip_compress(c, data, size, out, room);
	libdeflate_free_compressor(c);
	return out;
}

#endif
