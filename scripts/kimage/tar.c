// SPDX-License-Identifier: GPL-2.0-only
/* Tar: POSIX.1-1988 ustar, written and read; GNU's and PAX's extensions, read. */
#include <string.h>

#include "kimage.h"

enum { MAX_EXTENSION = 1 << 16, MAX_ENTRIES = 200000 };

/* The fields of a header: where, and how long. */
enum {
	NAME = 0,
	NAME_LEN = 100,
	MODE = 100,
	UID = 108,
	GID = 116,
	SIZE = 124,
	MTIME = 136,
	SUM = 148,
	TYPE = 156,
	MAGIC = 257,
	DEVICE = 329,
	PREFIX = 345,
	PREFIX_LEN = 155,
	SHORT = 8,
	LONG = 12,
};

/* ---- reading ------------------------------------------------------------------- */

/* Octal digits, or GNU's and star's binary for what these can't say. */
static bool number(const unsigned char *field, size_t len, uint64_t *value)
{
	size_t i = 0;

	*value = 0;
	if (field[0] & 0x80) {
		if (field[0] != 0x80)
			return false;
		for (i = 1; i < len; i++) {
			if (*value >> 56)
				return false;
			*value = *value << 8 | field[i];
		}
		return true;
	}
	while (i < len && field[i] == ' ')
		i++;
	for (; i < len && field[i] >= '0' && field[i] <= '7'; i++)
		*value = *value << 3 | (uint64_t)(field[i] - '0');
	return i == len || field[i] == '\0' || field[i] == ' ';
}

static bool sum_right(const unsigned char *h)
{
	uint64_t sum = 0, wanted;

	for (int i = 0; i < TAR_BLOCK; i++)
		sum += i >= SUM && i < SUM + SHORT ? ' ' : h[i];
	return number(h + SUM, SHORT, &wanted) && sum == wanted;
}

static bool all_zero(const unsigned char *p, size_t size)
{
	return !size || (!p[0] && !memcmp(p, p + 1, size - 1));
}

/* The records of a PAX header, "LENGTH KEY=VALUE\n"; two of them matter here. */
static const char *pax_records(struct tar *t)
{
	static const char wrong[] = "has a broken PAX header";
	const unsigned char *p = t->extension.data, *end = p + t->extension.size;

	while (p < end) {
		const unsigned char *value, *start = p;
		size_t len = 0, value_len;

		while (p < end && *p >= '0' && *p <= '9' && len < MAX_EXTENSION)
			len = len * 10 + *p++ - '0';
		if (p == end || *p++ != ' ' || len > (size_t)(end - start) ||
		    len <= (size_t)(p - start) || start[len - 1] != '\n')
			return wrong;
		value = memchr(p, '=', len - (size_t)(p - start));
		if (!value)
			return wrong;
		value_len = len - 1 - (size_t)(++value - start);
		if (value - p == 5 && !memcmp(p, "path=", 5)) {
			if (value_len >= sizeof(t->name) || memchr(value, 0, value_len))
				return wrong;
			memcpy(t->name, value, value_len);
			t->name[value_len] = '\0';
			t->has_name = true;
		} else if (value - p == 5 && !memcmp(p, "size=", 5)) {
			t->size = 0;
			for (size_t i = 0; i < value_len; i++) {
				if (value[i] < '0' || value[i] > '9' || t->size > UINT64_MAX / 16)
					return wrong;
				t->size = t->size * 10 + value[i] - '0';
			}
			t->has_size = true;
		}
		p = start + len;
	}
	return NULL;
}

/* The end of a header that is about the next entry. */
static void extension_end(struct tar *t)
{
	if (t->entry.type == 'x') {
		t->wrong = pax_records(t);
	} else if (t->entry.type == 'L') {
		if (t->extension.size >= sizeof(t->name)) {
			t->wrong = "has a name that is too long";
			return;
		}
		memcpy(t->name, t->extension.data, t->extension.size);
		t->name[t->extension.size] = '\0';
		t->has_name = true;
	}
}

static bool is_extension(const struct tar_entry *e)
{
	return e->type == 'x' || e->type == 'L' || e->type == 'K';
}

static void entry_end(struct tar *t)
{
	t->in_entry = false;
	if (is_extension(&t->entry))
		extension_end(t);
	else
		t->on_end(t->ctx);
}

/* Fill in name and size from the header, or from the extended one before it. */
static void name_and_size(struct tar *t, const unsigned char *h)
{
	struct tar_entry *e = &t->entry;

	if (h[PREFIX] && !memcmp(h + MAGIC, "ustar", 6))
		snprintf(e->name, sizeof(e->name), "%.155s/%.100s", (const char *)h + PREFIX,
			 (const char *)h);
	else
		snprintf(e->name, sizeof(e->name), "%.100s", (const char *)h);
	e->extended = false;
	if (is_extension(e) || e->type == 'g')
		return;
	e->extended = t->has_name || t->has_size;
	if (t->has_name)
		strcpy(e->name, t->name);
	if (t->has_size)
		e->size = t->size;
	t->has_name = t->has_size = false;
	/* Links, devices and directories have no data, whatever their header says. */
	if (e->type >= '1' && e->type <= '6')
		e->size = 0;
}

static const char *header(struct tar *t)
{
	const unsigned char *h = t->block;
	struct tar_entry *e = &t->entry;
	uint64_t mode;

	if (t->zeros == 1)
		return "has a block of zeros between its entries";
	if (!sum_right(h))
		return "is no tar: bad header";
	if (!number(h + MODE, SHORT, &mode) || !number(h + UID, SHORT, &e->uid) ||
	    !number(h + GID, SHORT, &e->gid) || !number(h + SIZE, LONG, &e->size) ||
	    !number(h + MTIME, LONG, &e->mtime))
		return "has a header with a field that is no number";
	if (++t->entries > MAX_ENTRIES)
		return "has more entries than any kernel";
	e->mode = (unsigned)mode;
	e->type = (char)(h[TYPE] ? h[TYPE] : '0');
	name_and_size(t, h);
	if (e->size > MAX_LAYER)
		return "has an entry that is larger than any kernel image";
	t->left = e->size;
	t->padding = tar_padding(e->size);
	t->extension.size = 0;
	if (is_extension(e) && e->size > MAX_EXTENSION)
		return "has an extended header that is too large";
	t->in_entry = true;
	if (!is_extension(e))
		t->on_entry(t->ctx, e);
	if (!t->left)
		entry_end(t);
	return t->wrong;
}

/* Take what is of the entry's data; the number of bytes. */
static size_t take_data(struct tar *t, const unsigned char *p, size_t size)
{
	size_t n = size < t->left ? size : (size_t)t->left;

	if (is_extension(&t->entry))
		buffer_add(&t->extension, p, n);
	else
		t->on_data(t->ctx, p, n);
	t->left -= n;
	if (!t->left)
		entry_end(t);
	return n;
}

bool tar_feed(void *tar, const void *data, size_t size)
{
	struct tar *t = tar;
	const unsigned char *p = data;

	while (size && !t->wrong) {
		size_t n;

		if (t->left) {
			n = take_data(t, p, size);
		} else if (t->padding) {
			n = size < t->padding ? size : (size_t)t->padding;
			t->padding -= n;
		} else {
			n = TAR_BLOCK - t->have;
			n = size < n ? size : n;
			memcpy(t->block + t->have, p, n);
			t->have += n;
		}
		p += n;
		size -= n;
		if (t->have < TAR_BLOCK)
			continue;
		t->have = 0;
		if (all_zero(t->block, TAR_BLOCK))
			t->zeros++;
		else
			t->wrong = t->zeros < 2 ? header(t) : "goes on after its end";
	}
	return !t->wrong;
}

const char *tar_finish(struct tar *t)
{
	buffer_free(&t->extension);
	if (!t->wrong && (t->left || t->padding || t->have))
		t->wrong = "is cut short";
	else if (!t->wrong && t->zeros < 2)
		t->wrong = "lacks the two blocks of zeros that end it";
	return t->wrong;
}

/* ---- writing ------------------------------------------------------------------- */

static void put_octal(unsigned char *field, int len, uint64_t value)
{
	char text[32];

	snprintf(text, sizeof(text), "%0*llo", len - 1, (unsigned long long)value);
	memcpy(field, text, (size_t)len);
}

/* A long name is cut at a '/', what precedes it goes to the prefix. */
static bool put_name(unsigned char *h, const char *name)
{
	size_t len = strlen(name);
	const char *cut = name;

	if (len <= NAME_LEN) {
		memcpy(h + NAME, name, len);
		return true;
	}
	do
		cut = strchr(cut + 1, '/');
	while (cut && strlen(cut + 1) > NAME_LEN);
	if (!cut || !cut[1] || cut - name > PREFIX_LEN)
		return false;
	memcpy(h + PREFIX, name, (size_t)(cut - name));
	memcpy(h + NAME, cut + 1, strlen(cut + 1));
	return true;
}

const char *tar_header(unsigned char h[TAR_BLOCK], const char *name, uint64_t size, uint64_t mtime)
{
	size_t len = strlen(name);
	bool dir = len && name[len - 1] == '/';
	unsigned sum = 0;

	memset(h, 0, TAR_BLOCK);
	if (!put_name(h, name))
		return "has a name that is too long for ustar";
	if (size >> 33 || mtime >> 33)
		return "has a size or time too large for ustar";
	put_octal(h + MODE, SHORT, dir ? 0755 : 0644);
	put_octal(h + UID, SHORT, 0);
	put_octal(h + GID, SHORT, 0);
	put_octal(h + SIZE, LONG, size);
	put_octal(h + MTIME, LONG, mtime);
	memset(h + SUM, ' ', SHORT);
	h[TYPE] = dir ? '5' : '0';
	memcpy(h + MAGIC, "ustar\00000", 8);
	put_octal(h + DEVICE, SHORT, 0);
	put_octal(h + DEVICE + SHORT, SHORT, 0);
	for (int i = 0; i < TAR_BLOCK; i++)
		sum += h[i];
	put_octal(h + SUM, SHORT - 1, sum);
	return NULL;
}

size_t tar_padding(uint64_t size)
{
	return (size_t)(-size & (TAR_BLOCK - 1));
}

/* ---- layers -------------------------------------------------------------------- */

/* The unpacked layer goes to its digest and to its reader. */
struct fork {
	struct sha *sha;
	struct tar *tar;
};

static bool feed_both(void *ctx, const void *data, size_t size)
{
	struct fork *f = ctx;

	sha_add(f->sha, data, size);
	tar_feed(f->tar, data, size);
	return true;
}

const char *layer_read(const struct bytes *packed, struct tar *t, char diff_id[DIGEST_SIZE])
{
	struct fork f = { sha_open(), t };
	const char *wrong = gunzip(packed, feed_both, &f);

	sha_close(f.sha, diff_id);
	return wrong;
}
