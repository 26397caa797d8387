// SPDX-License-Identifier: GPL-2.0-only
/*
 * A .config out of a file: as it is, packed by gzip (/proc/config.gz), or in a kernel with
 * CONFIG_IKCONFIG, between the marks that kernel/configs.c puts around it. The kernel may be
 * packed by gzip itself, within a file that begins with a loader.
 */
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "kaudit.h"

static const char gzip_mark[] = "\x1f\x8b\x08", config_mark[] = "IKCFG_ST\x1f\x8b\x08";

enum { TRIES_MAX = 64 };

/* Unpack the gzip member that SIZE bytes at DATA begin with, up to MOST bytes. */
static bool inflate_one(const unsigned char *data, size_t size, size_t most, struct buffer *out)
{
	z_stream z = { .next_in = (Bytef *)(uintptr_t)data, .avail_in = (uInt)size };
	unsigned char piece[1 << 16];
	int status = inflateInit2(&z, 15 + 16);

	*out = (struct buffer){ .most = most };
	while (status == Z_OK) {
		z.next_out = piece;
		z.avail_out = sizeof(piece);
		status = inflate(&z, Z_NO_FLUSH);
		if (status != Z_OK && status != Z_STREAM_END)
			break;
		buffer_add(out, piece, sizeof(piece) - z.avail_out);
		if (out->full)
			status = Z_MEM_ERROR;
	}
	inflateEnd(&z);
	if (status == Z_STREAM_END && out->size)
		return true;
	buffer_free(out);
	return false;
}

static bool is_kernel(const struct buffer *b)
{
	return b->size > 0x206 && (!memcmp(b->data, "MZ", 2) ||
				   !memcmp(b->data,
					   "\x7f"
					   "ELF",
					   4) ||
				   !memcmp(b->data + 0x202, "HdrS", 4));
}

/* The .config between the marks in a kernel that is not packed. */
static bool find_config(const struct buffer *kernel, struct buffer *out)
{
	const unsigned char *p =
		memmem(kernel->data, kernel->size, config_mark, sizeof(config_mark) - 1);

	if (!p)
		return false;
	p += sizeof("IKCFG_ST") - 1;
	return inflate_one(p, kernel->size - (size_t)(p - kernel->data), CONFIG_MAX, out);
}

/* The same in a kernel that a member of gzip's in it unpacks to. */
static bool find_packed(const struct buffer *b, struct buffer *out)
{
	const unsigned char *p = b->data, *end = p + b->size;
	struct buffer kernel;
	bool found = false;

	for (int i = 0; i < TRIES_MAX && !found; i++, p++) {
		p = memmem(p, (size_t)(end - p), gzip_mark, sizeof(gzip_mark) - 1);
		if (!p)
			break;
		if (!inflate_one(p, (size_t)(end - p), KERNEL_MAX, &kernel))
			continue;
		found = find_config(&kernel, out);
		buffer_free(&kernel);
	}
	return found;
}

/* What else packs kernels, and files. */
static const char *other_packing(const struct buffer *b)
{
	static const struct {
		const char *mark, *why;
		size_t len;
	} others[] = {
		{ "\x28\xb5\x2f\xfd",
		  "is packed by zstd [compression]: unpack it with zstd -dc, or take "
		  "vmlinux",
		  4 },
		{ "\xfd"
		  "7zXZ",
		  "is packed by xz [compression]: unpack it with xz -dc, or take vmlinux", 5 },
		{ "\x02\x21\x4c\x18",
		  "is packed by lz4 [compression]: unpack it with lz4 -dc, or take "
		  "vmlinux",
		  4 },
		{ "BZh91AY",
		  "is packed by bzip2 [compression]: unpack it with bzip2 -dc, or take vmlinux",
		  7 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(others); i++)
		if (memmem(b->data, b->size, others[i].mark, others[i].len))
			return others[i].why;
	return NULL;
}

static const char *replace(struct buffer *b, const struct buffer *by)
{
	buffer_free(b);
	*b = *by;
	return NULL;
}

const char *unpack_config(struct buffer *b)
{
	struct buffer out = { 0 };
	const char *other;

	if (b->size > 2 && !memcmp(b->data, gzip_mark, 2)) {
		if (!inflate_one(b->data, b->size, KERNEL_MAX, &out))
			return "is damaged, or too large [bad-gzip]: expected a whole file of gzip's";
		replace(b, &out);
	}
	if (find_config(b, &out) || (is_kernel(b) && find_packed(b, &out)))
		return replace(b, &out);
	other = is_kernel(b) || (b->size && !strchr("#C\n", *b->text)) ? other_packing(b) : NULL;
	if (other)
		return other;
	if (is_kernel(b))
		return "is a kernel without its config [no-ikconfig]: expected CONFIG_IKCONFIG=y; give its "
		       ".config";
	if (b->size > CONFIG_MAX)
		return "is larger than any .config [too-large]";
	return b->size && strlen(b->text) != b->size ?
		       "is not a text file [not-text]: expected lines like "
		       "CONFIG_NET=y" :
		       NULL;
}
