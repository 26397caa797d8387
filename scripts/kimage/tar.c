// SPDX-License-Identifier: GPL-2.0-only
/*
 * Tar as it stands in the file, header by header (POSIX.1-1988 ustar). Libraries hide
 * what matters here: a global header, a leading "./", the order, a hard link.
 */
#include <string.h>

#include "kimage.h"

enum { BLOCK = 512 };

static bool octal(const unsigned char *field, size_t len, uint64_t *value)
{
	size_t i = 0;

	*value = 0;
	while (i < len && field[i] == ' ')
		i++;
	for (; i < len && field[i] >= '0' && field[i] <= '7'; i++)
		*value = *value * 8 + (uint64_t)(field[i] - '0');
	return i == len || field[i] == '\0' || field[i] == ' ';
}

static bool checksum_right(const unsigned char *header, uint64_t wanted)
{
	uint64_t sum = 0;

	for (int i = 0; i < BLOCK; i++)
		sum += i >= 148 && i < 156 ? ' ' : header[i];
	return sum == wanted;
}

static bool is_zero(const unsigned char *block)
{
	for (int i = 0; i < BLOCK; i++)
		if (block[i])
			return false;
	return true;
}

/* Nothing but zeros from here to the end, and at least two blocks of them. */
static int end(struct tar *t, const char **why)
{
	size_t left = t->bytes.size - t->at;

	if (left < 2 * (size_t)BLOCK || left % BLOCK) {
		*why = "has no end: two blocks of zeros";
		return -1;
	}
	for (size_t i = t->at; i < t->bytes.size; i += BLOCK) {
		if (!is_zero(t->bytes.data + i)) {
			*why = "goes on after its end";
			return -1;
		}
	}
	t->ended = true;
	return 0;
}

int tar_next(struct tar *t, struct tar_entry *e, const char **why)
{
	const unsigned char *h = t->bytes.data + t->at;
	uint64_t sum, mode, blocks;

	if (t->ended)
		return 0;
	if (t->bytes.size - t->at < BLOCK) {
		*why = "is cut short";
		return -1;
	}
	if (is_zero(h))
		return end(t, why);
	if (memcmp(h + 257, "ustar", 5) || !octal(h + 148, 8, &sum) || !checksum_right(h, sum)) {
		*why = "is no plain tar (bad header; is it compressed?)";
		return -1;
	}
	if (!octal(h + 100, 8, &mode) || !octal(h + 108, 8, &e->uid) ||
	    !octal(h + 116, 8, &e->gid) || !octal(h + 124, 12, &e->size) ||
	    !octal(h + 136, 12, &e->mtime)) {
		*why = "has a header with a field that is no octal number";
		return -1;
	}
	e->mode = (unsigned)mode;
	e->type = h[156] ? (char)h[156] : '0';
	if (h[345])
		snprintf(e->name, sizeof(e->name), "%.155s/%.100s", (const char *)h + 345,
			 (const char *)h);
	else
		snprintf(e->name, sizeof(e->name), "%.100s", (const char *)h);
	if (e->type == '1' || e->type == '2' || e->type == '5')
		e->size = 0;
	blocks = (e->size + BLOCK - 1) / BLOCK;
	t->at += BLOCK;
	if (blocks > (t->bytes.size - t->at) / BLOCK) {
		*why = "is cut short";
		return -1;
	}
	e->data = t->bytes.data + t->at;
	t->at += (size_t)blocks * BLOCK;
	return 1;
}
