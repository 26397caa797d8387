// SPDX-License-Identifier: GPL-2.0-only
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "clean.h"
#include "mem.h"

static bool in(uint32_t c, uint32_t first, uint32_t last)
{
	return c >= first && c <= last;
}

/* C1, marks of direction, separators of lines, surrogates, and values beyond Unicode. */
static bool is_printable(uint32_t c)
{
	return !in(c, 0x80, 0x9f) && !in(c, 0x200e, 0x200f) && !in(c, 0x2028, 0x202e) &&
	       !in(c, 0x2066, 0x2069) && !in(c, 0xd800, 0xdfff) && c <= 0x10ffff;
}

/* The length of the printable character that N bytes at P begin with, or 0. */
static size_t printable(const unsigned char *p, size_t n)
{
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	const size_t len = *p >= 0xf0 ? 4 : *p >= 0xe0 ? 3 : 2;
	uint32_t c = *p & (0x7fu >> len);

	if (*p < 0x80)
		return in(*p, ' ', '~');
	if (*p < 0xc2 || *p > 0xf4 || len > n)
		return 0;
	for (size_t i = 1; i < len; i++) {
		if ((p[i] & 0xc0) != 0x80)
			return 0;
		c = c << 6 | (p[i] & 0x3f);
	}
	return c >= least[len] && is_printable(c) ? len : 0;
}

void clean(char *text, size_t len, const char *keep)
{
	for (size_t i = 0; i < len;) {
		const size_t n = printable((const unsigned char *)text + i, len - i);

		if (!n && !(text[i] && strchr(keep, text[i])))
			text[i] = '?';
		i += n ? n : 1;
	}
}

/* No-break, narrow and ideographic spaces, and the marks without a width. */
static bool is_blank(const char *p)
{
	return !strncmp(p, "\xc2\xa0", 2) || !strncmp(p, "\xe2\x80\x8b", 3) ||
	       !strncmp(p, "\xe2\x80\xaf", 3) || !strncmp(p, "\xe3\x80\x80", 3) ||
	       !strncmp(p, "\xef\xbb\xbf", 3);
}

char *visible(const char *text)
{
	size_t left = strlen(text), n;
	char *out = mem_zalloc(4 * left + 1), *o = out;

	for (; left; left -= n, text += n) {
		n = printable((const unsigned char *)text, left);
		if (n && !is_blank(text)) {
			o = mempcpy(o, text, n);
			continue;
		}
		n = 1;
		o += sprintf(o, "\\x%02x", (unsigned)(unsigned char)*text);
	}
	return out;
}
