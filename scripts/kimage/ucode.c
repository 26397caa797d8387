// SPDX-License-Identifier: GPL-2.0-only
/*
 * Microcode for the processor: a cpio that assemblers put before the initrd, where the kernel looks
 * for it before it unpacks anything (Documentation/arch/x86/microcode.rst, early load).
 */
#include <stdlib.h>
#include <string.h>

#include "kimage.h"

enum {
	HEADER = 110, /* bytes of an entry's header in the format newc */
	SIZE_AT = 54,
	NAME_SIZE_AT = 94,
	DIGITS = 8,
};

/* The number of DIGITS hexadecimal digits at P; -1 if one is not. */
static int64_t number(const unsigned char *p)
{
	int64_t value = 0;

	for (int i = 0; i < DIGITS; i++) {
		const char *all = "0123456789abcdefABCDEF", *at = p[i] ? strchr(all, p[i]) : NULL;

		if (!at)
			return -1;
		value = value * 16 + (at - all > 15 ? at - all - 6 : at - all);
	}
	return value;
}

static size_t padded(size_t n)
{
	return (n + 3) & ~(size_t)3;
}

const char *ucode_wrong(const struct bytes *b)
{
	static const char dir[] = "kernel/x86/microcode/", end[] = "TRAILER!!!";
	bool found = false;

	for (size_t at = 0; b->size - at >= HEADER;) {
		const unsigned char *entry = b->data + at;
		int64_t size = number(entry + SIZE_AT), name_size = number(entry + NAME_SIZE_AT);
		const char *name = (const char *)entry + HEADER;

		if (memcmp(entry, "070701", 6) && memcmp(entry, "070702", 6))
			return "is not a plain cpio in the format newc";
		if (size < 0 || name_size < 1 || (uint64_t)name_size > b->size - at - HEADER ||
		    name[name_size - 1])
			return "has a damaged entry";
		if (!strcmp(name, end))
			return found ? NULL : "has no file below kernel/x86/microcode/";
		at = padded(at + HEADER + (size_t)name_size);
		if (at > b->size || (uint64_t)size > b->size - at)
			return "is cut short";
		found |= size && !strncmp(name, dir, sizeof(dir) - 1) && name[sizeof(dir) - 1];
		at = padded(at + (size_t)size);
		if (at > b->size)
			return "is cut short";
	}
	return "has no end";
}
