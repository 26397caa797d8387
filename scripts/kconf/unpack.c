// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <libdeflate.h>
#include <stdlib.h>
#include <string.h>

#include "kconf.h"
#include "unpack.h"

/* The first bytes of other files, and the programs that read them. */
static const struct {
	const char *magic, *what, *run;
} others[] = {
	{ "\xff\xfe", "UTF-16", "iconv -f UTF-16 -t UTF-8" },
	{ "\xfe\xff", "UTF-16", "iconv -f UTF-16 -t UTF-8" },
	{ "\xfd" "7zXZ", "packed by xz", "xz -dc" },
	{ "\x28\xb5\x2f\xfd", "packed by zstd", "zstd -dc" },
	{ "BZh", "packed by bzip2", "bzip2 -dc" },
	{ "MZ", "a kernel", "scripts/extract-ikconfig of a kernel tree" },
	{ "\x7f" "ELF", "a kernel", "scripts/extract-ikconfig of a kernel tree" },
};

/* Is it a known kind of another file? */
static bool report_other(const char *text, const char *path)
{
	for (size_t i = 0; i < ARRAY_SIZE(others); i++) {
		if (strncmp(text, others[i].magic, strlen(others[i].magic)))
			continue;
		complain(path, 0, "is %s [not-text]: expected text, or gzip; run %s", others[i].what,
			 others[i].run);
		return true;
	}
	return false;
}

static char *slurp(FILE *in, const char *path, size_t *size)
{
	size_t room = 1 << 16, n;
	char *text = mem_realloc(NULL, room + 1);

	for (*size = 0; (n = fread(text + *size, 1, room - *size, in)) > 0;) {
		*size += n;
		if (*size == room && room < UNPACK_MAX)
			text = mem_realloc(text, (room *= 2) + 1);
	}
	text[*size] = '\0';
	if (!ferror(in) && *size < UNPACK_MAX)
		return text;
	if (ferror(in))
		complain(path, 0, "%s", strerror(errno));
	else
		complain(path, 0, "is too large [too-large]: expected less than %d MiB", UNPACK_MAX >> 20);
	free(text);
	return NULL;
}

/* All members of a file of gzip's. */
static char *gunzip(const char *packed, size_t left, const char *path, size_t *size)
{
	struct libdeflate_decompressor *d = libdeflate_alloc_decompressor();
	char *text = mem_realloc(NULL, UNPACK_MAX + 1);
	enum libdeflate_result result = d ? LIBDEFLATE_SUCCESS : LIBDEFLATE_BAD_DATA;

	*size = 0;
	while (left && result == LIBDEFLATE_SUCCESS) {
		size_t in, out;

		result = libdeflate_gzip_decompress_ex(d, packed, left, text + *size,
						       UNPACK_MAX - *size, &in, &out);
		if (result == LIBDEFLATE_SUCCESS) {
			packed += in;
			left -= in;
			*size += out;
		}
	}
	libdeflate_free_decompressor(d);
	text[result == LIBDEFLATE_SUCCESS ? *size : 0] = '\0';
	if (result == LIBDEFLATE_SUCCESS)
		return text;
	if (result == LIBDEFLATE_INSUFFICIENT_SPACE)
		complain(path, 0, "is too large [too-large]: expected less than %d MiB unpacked",
			 UNPACK_MAX >> 20);
	else
		complain(path, 0, "is damaged [bad-gzip]: expected a complete gzip file");
	free(text);
	return NULL;
}

char *unpack_stream(FILE *in, const char *path, size_t *size)
{
	char *text = slurp(in, path, size), *packed = text;

	if (!text || strncmp(text, "\x1f\x8b", 2)) {
		if (text && report_other(text, path)) {
			free(text);
			text = NULL;
		}
		return text;
	}
	text = gunzip(packed, *size, path, size);
	free(packed);
	return text;
}
