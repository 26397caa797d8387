// SPDX-License-Identifier: GPL-2.0-only
// fuzz: sources scripts/kimage/[!m]*.c scripts/kimage/modules.c scripts/lib/*.c
// fuzz: libs libdeflate zlib libcrypto jansson; options -pthread
/* Microcode for the processor. */
#include "kimage_fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct bytes b = { data, size, false };

	ucode_wrong(&b);
	return 0;
}
