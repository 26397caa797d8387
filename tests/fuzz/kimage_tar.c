// SPDX-License-Identifier: GPL-2.0-only
// fuzz: sources scripts/kimage/[!m]*.c scripts/kimage/modules.c scripts/lib/*.c
// fuzz: libs libdeflate zlib libcrypto jansson; options -pthread
/*
 * Layers (l) and the kernel.tar in one (k), by the first byte; the second is the platform.
 * All that verify knows of an image's files is done with them.
 */
#include "kimage_fuzz.h"

static bool add(void *ctx, const void *data, size_t size)
{
	buffer_add(ctx, data, size);
	return true;
}

static void wrap(struct buffer *layer, const uint8_t *data, size_t size)
{
	static const char config[] = "CONFIG_MODULES=y\nCONFIG_MODULE_SIG_ALL=y\n";
	const struct bytes text = { (const unsigned char *)config, sizeof(config) - 1, false };
	const struct bytes tar = { data, size, false };

	tar_put("config", &text, 0, add, layer);
	tar_put("kernel.tar", &tar, 0, add, layer);
	tar_end(add, layer);
}

/* Make the checksums right, so that a change in a header is seen. */
static void mend_sums(unsigned char *p, size_t size)
{
	while (size >= TAR_BLOCK) {
		char text[13] = "";
		unsigned sum = 8 * ' ';
		size_t skip;

		for (size_t i = 0; i < TAR_BLOCK; i++)
			sum += i >= 148 && i < 156 ? 0 : p[i];
		memcpy(text, p + 124, 12);
		if (sum > 8 * ' ')
			snprintf((char *)p + 148, 8, "%06o", sum);
		skip = strtoul(text, NULL, 8);
		skip = skip < size ? TAR_BLOCK + skip + tar_padding(skip) : TAR_BLOCK;
		skip = skip < size ? skip : size;
		p += skip;
		size -= skip;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct report r = report_new();
	uint64_t budget = MAX_UNPACKED;
	struct buffer layer = { 0 }, tar = { 0 };
	char diff_id[DIGEST_SIZE];
	struct bytes packed = { 0 };
	struct image *im;

	if (size < 3) {
		report_free(&r);
		return -1;
	}
	buffer_add(&tar, data + 2, size - 2);
	mend_sums(tar.data, tar.size);
	if (data[0] == 'k')
		wrap(&layer, tar.data, tar.size);
	else
		buffer_add(&layer, tar.data, tar.size);
	buffer_free(&tar);
	packed.data = pack_member(layer.data, layer.size, &packed.size);
	im = image_open(&r, data[1] % 5 < ARRAY_SIZE(platforms) ? &platforms[data[1] % 5] : NULL);
	/* Twice, so that one layer replaces the files of the other. */
	if (image_layer(im, "layer", &packed, diff_id, &budget))
		image_layer(im, "layer", &packed, diff_id, &budget);
	image_judge(im, NULL, NULL);
	image_close(im);
	free((void *)(uintptr_t)packed.data);
	buffer_free(&layer);
	report_free(&r);
	return 0;
}
