// SPDX-License-Identifier: GPL-2.0-only
/* What kernels and modules look like from outside. */
#include <ctype.h>
#include <string.h>

#include "kimage.h"

#define SIGNATURE_TRAILER "~Module signature appended~\n" /* include/linux/module_signature.h */

static bool at(const struct bytes *b, size_t offset, const void *magic, size_t len)
{
	return b->size >= offset + len && !memcmp(b->data + offset, magic, len);
}

const char *kernel_wrong(const struct bytes *b, const char *format)
{
	/* Documentation/arch/x86/boot.rst, arch/arm64/booting.rst, arch/s390/boot/head.S */
	static const unsigned char s390ep[] = { 'S', '3', '9', '0', 'E', 'P' };

	if (!b->size)
		return "is empty";
	if (!strcmp(format, "bzImage"))
		return at(b, 0x202, "HdrS", 4) ? NULL : "is no bzImage: no HdrS at 0x202";
	if (!strcmp(format, "Image"))
		return at(b, 0x38, "ARM\x64", 4) ? NULL : "is no arm64 Image: no magic at 0x38";
	if (!strcmp(format, "Image.gz"))
		return at(b, 0, "\x1f\x8b", 2) ? NULL : "is no gzip file";
	if (!strcmp(format, "s390"))
		return at(b, 0x10008, s390ep, sizeof(s390ep)) ?
			       NULL :
			       "is no s390 bzImage: no S390EP at 0x10008";
	return "has a format that kimage doesn't know; it knows bzImage, Image, Image.gz, s390";
}

const char *kernel_release(const struct bytes *b)
{
	static char release[65];
	size_t offset, n = 0;

	if (!at(b, 0x202, "HdrS", 4) || b->size < 0x210)
		return NULL;
	/* The header's kernel_version counts from the end of the boot sector. */
	offset = (size_t)(b->data[0x20e] | b->data[0x20f] << 8) + 0x200;
	while (offset + n < b->size && n < sizeof(release) - 1 &&
	       !isspace(b->data[offset + n]) && isprint(b->data[offset + n])) {
		release[n] = (char)b->data[offset + n];
		n++;
	}
	release[n] = '\0';
	return n ? release : NULL;
}

const char *modinfo(const struct bytes *b, const char *key)
{
	size_t len = strlen(key);
	const unsigned char *p = b->data, *end = b->data + b->size;

	/* A string of the form KEY=VALUE that ends; only .modinfo holds such. */
	while (p && (p = memmem(p, (size_t)(end - p), key, len))) {
		if ((p == b->data || !p[-1]) && p + len < end && p[len] == '=' &&
		    memchr(p, 0, (size_t)(end - p)))
			return (const char *)p + len + 1;
		p++;
	}
	return NULL;
}

size_t unsigned_size(const struct bytes *b)
{
	size_t trailer = strlen(SIGNATURE_TRAILER), info = 12, len;
	const unsigned char *p;

	if (b->size < trailer + info ||
	    memcmp(b->data + b->size - trailer, SIGNATURE_TRAILER, trailer))
		return b->size;
	/* struct module_signature ends with the length of what precedes it, big-endian. */
	p = b->data + b->size - trailer - 4;
	len = (size_t)p[0] << 24 | (size_t)p[1] << 16 | (size_t)p[2] << 8 | p[3];
	if (len > b->size - trailer - info)
		return b->size;
	return b->size - trailer - info - len;
}

bool config_has(const struct bytes *config, const char *line)
{
	size_t len = strlen(line);
	const unsigned char *p = config->data, *end = p + config->size;

	while (p && p < end) {
		const unsigned char *eol = memchr(p, '\n', (size_t)(end - p));
		size_t n = (size_t)((eol ? eol : end) - p);

		if (n == len && !memcmp(p, line, len))
			return true;
		p = eol ? eol + 1 : NULL;
	}
	return false;
}
