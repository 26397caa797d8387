// SPDX-License-Identifier: GPL-2.0-only
// fuzz: sources scripts/kimage/[!m]*.c scripts/kimage/modules.c scripts/lib/*.c
// fuzz: libs libdeflate zlib libcrypto jansson; options -pthread
/* Kernels (k), modules (m) and configs (c), by the first byte. */
#include "kimage_fuzz.h"

static void try_kernel(const struct bytes *b)
{
	static const char *const formats[] = { "bzImage", "vmlinux", "Image", "Image.gz" };

	struct kernel *k = kernel_open();

	/* In two pieces, the first of any size. */
	kernel_feed(k, b->data, b->data[0] < b->size ? b->data[0] : b->size);
	if (b->data[0] < b->size)
		kernel_feed(k, b->data + b->data[0], b->size - b->data[0]);
	kernel_end(k);
	for (size_t p = 0; p < ARRAY_SIZE(platforms); p++) {
		kernel_wrong(k, &platforms[p], kernel_format(k, &platforms[p]));
		for (size_t f = 0; f < ARRAY_SIZE(formats); f++)
			kernel_wrong(k, &platforms[p], formats[f]);
	}
	free(mem_printf("%s", kernel_release(k) ? kernel_release(k) : ""));
	kernel_free(k);
}

static void try_module(const struct bytes *b)
{
	const char *vermagic;

	for (size_t p = 0; p < ARRAY_SIZE(platforms); p++)
		module_wrong(b, platforms[p].machine);
	vermagic = module_info(b, "vermagic");
	free(mem_printf("%s", vermagic ? vermagic : ""));
	if (module_unsigned_size(b) > b->size)
		abort();
	json_decref(about_module("a.ko", b));
}

static void try_config(const struct bytes *b)
{
	config_is(b, "MODULES", "y");
	free(config_string(b, "LOCALVERSION"));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct bytes b = { data + 1, size - 1, false };

	if (size < 2)
		return -1;
	if (*data == 'k')
		try_kernel(&b);
	else if (*data == 'm')
		try_module(&b);
	else if (*data == 'c')
		try_config(&b);
	else
		return -1;
	return 0;
}
