// SPDX-License-Identifier: GPL-2.0-only
// fuzz: sources scripts/kimage/[!m]*.c scripts/kimage/modules.c scripts/lib/*.c
// fuzz: libs libdeflate zlib libcrypto jansson; options -pthread
/* Device trees. */
#include "kimage_fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct bytes b = { data, size, false };
	char *name = mem_printf("%.*s", (int)size, (const char *)data);

	is_dtb(name);
	dtb_wrong(&b);
	free(name);
	return 0;
}
