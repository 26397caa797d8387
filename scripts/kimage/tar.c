// SPDX-License-Identifier: GPL-2.0-only
/* Tar: POSIX.1-1988 ustar, written and read; GNU's and PAX's extensions, read. */
#include <string.h>

#include "kimage.h"

enum { MAX_EXTENSION = 1 << 16, MAX_ENTRIES = 200000 };

/* The fields of a header: offset and length. */
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
	LINK = 157,
	MAGIC = 257,
	DEVICE = 329,
	PREFIX = 345,
	PREFIX_LEN = 155,
	PREFIX_END = 500,
	SHORT = 8,
	LONG = 12,
};

/* ---- reading ------------------------------------------------------------------- */

static bool all_zero(const unsigned char *p, size_t size)
{
	return !size || (!p[0] && !memcmp(p, p + 1, size - 1));
}

/* Octal digits, or GNU's and star's binary numbers for larger values. */
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
	/* GNU tar skips one leading NUL, others end there. */
	if (!field[0])
		return all_zero(field, len);
	while (i < len && field[i] == ' ')
		i++;
	for (; i < len && field[i] >= '0' && field[i] <= '7'; i++)
		*value = *value << 3 | (uint64_t)(field[i] - '0');
	/* Some readers continue after a blank, others refuse the field. */
	while (i < len && field[i] == ' ')
		i++;
	return i == len || field[i] == '\0';
}

static bool sum_right(const unsigned char *h)
{
	uint64_t sum = 0, wanted;

	for (int i = 0; i < TAR_BLOCK; i++)
		sum += i >= SUM && i < SUM + SHORT ? ' ' : h[i];
	return number(h + SUM, SHORT, &wanted) && sum == wanted;
}

/* ---- headers that readers interpret differently ----------------------------------- */

/* The records pending for the next entry, as a set. */
enum { HAS_X = 1, HAS_LONG_NAME = 2, HAS_LONG_LINK = 4 };

/* Report a header: an extended one (WHAT: NULL), or WHAT readers differ on. */
static void report(struct tar *t, const char *what)
{
	if (what && !t->odd)
		t->odd = what;
	if (t->on_header)
		t->on_header(t->ctx, &t->entry, what);
}

static bool is_extension(const struct tar_entry *e)
{
	return strchr("xgLK", e->type) != NULL;
}

static unsigned pending_bit(char type)
{
	return type == 'x' ? HAS_X : type == 'L' ? HAS_LONG_NAME : type == 'K' ? HAS_LONG_LINK : 0;
}

/* GNU's L and K may both precede an entry; readers disagree about any other pair. */
static void check_chain(struct tar *t, char type)
{
	unsigned bit = pending_bit(type);

	if (t->pending &&
	    (!bit || (t->pending | bit) != (HAS_LONG_NAME | HAS_LONG_LINK) || t->pending & bit))
		report(t, "an extended header follows another one");
	t->pending |= bit;
}

/*
 * May VALUE replace the field RAW? Writers need that for names that are too long for the field.
 * If a name fits, a reader without extensions must not see another one.
 */
static bool override_needed(const char *value, const char *raw)
{
	size_t len = strlen(value);

	if (len >= NAME_LEN - 1 || !strcmp(value, raw))
		return true;
	for (const char *c = value; *c; c++)
		if (*c & 0x80)
			return true;
	return false;
}

static bool starts_with(const unsigned char *key, size_t len, const char *start)
{
	return len >= strlen(start) && !memcmp(key, start, strlen(start));
}

/* Keys that change an entry's content, name or type for some readers only. */
static bool key_differs(const unsigned char *key, size_t len)
{
	static const char *const starts[] = { "GNU.", "SUN.", "SCHILY.realsize", "SCHILY.filetype",
					      "SCHILY.offset" };

	for (size_t i = 0; i < ARRAY_SIZE(starts); i++)
		if (starts_with(key, len, starts[i]))
			return true;
	return false;
}

static bool key_is(const unsigned char *key, size_t len, const char *name)
{
	return len == strlen(name) && !memcmp(key, name, len);
}

static const char *take_text(char *to, const unsigned char *value, size_t len, bool *has,
			     struct tar *t)
{
	if (len >= MAX_TAR_NAME || memchr(value, 0, len))
		return "has a broken PAX header";
	if (*has)
		report(t, "a PAX header has a record twice");
	memcpy(to, value, len);
	to[len] = '\0';
	*has = true;
	return NULL;
}

static const char *take_size(struct tar *t, const unsigned char *value, size_t len)
{
	t->size = 0;
	for (size_t i = 0; i < len; i++) {
		if (value[i] < '0' || value[i] > '9' || t->size > UINT64_MAX / 16)
			return "has a broken PAX header";
		t->size = t->size * 10 + value[i] - '0';
	}
	if (t->has_size)
		report(t, "a PAX header has a record twice");
	t->has_size = true;
	return NULL;
}

static const char *pax_record(struct tar *t, const unsigned char *key, size_t key_len,
			      const unsigned char *value, size_t len)
{
	if (t->entry.type == 'g') {
		if (!key_is(key, key_len, "comment"))
			report(t, "a global PAX header applies to all entries");
		return NULL;
	}
	if (key_is(key, key_len, "path"))
		return take_text(t->name, value, len, &t->has_name, t);
	if (key_is(key, key_len, "linkpath"))
		return take_text(t->link, value, len, &t->has_link, t);
	if (key_is(key, key_len, "size"))
		return take_size(t, value, len);
	if (key_differs(key, key_len))
		report(t, "a PAX header has a record of sparse files or of another type");
	return NULL;
}

/* The records of a PAX header, "LENGTH KEY=VALUE\n". */
static const char *pax_records(struct tar *t)
{
	static const char wrong[] = "has a broken PAX header";
	const unsigned char *p = t->extension.data, *end = p ? p + t->extension.size : p;
	const char *record_wrong;

	while (p < end) {
		const unsigned char *value, *start = p;
		size_t len = 0, key_len;

		while (p < end && *p >= '0' && *p <= '9' && len < MAX_EXTENSION)
			len = len * 10 + *p++ - '0';
		if (p == end || *p++ != ' ' || len > (size_t)(end - start) ||
		    len <= (size_t)(p - start) || start[len - 1] != '\n' || *start == '0')
			return wrong;
		value = memchr(p, '=', len - (size_t)(p - start));
		if (!value || value == p || memchr(p, 0, (size_t)(value - p)))
			return wrong;
		key_len = (size_t)(value++ - p);
		record_wrong = pax_record(t, p, key_len, value, len - 1 - (size_t)(value - start));
		if (record_wrong)
			return record_wrong;
		p = start + len;
	}
	return NULL;
}

/* GNU's long name, which ends at its first NUL. */
static const char *long_name(struct tar *t, char *to, bool *has)
{
	size_t size = t->extension.size;
	size_t len = size ? strnlen((const char *)t->extension.data, size) : 0;

	if (len >= MAX_TAR_NAME)
		return "has a name that is too long";
	if (!len || !all_zero(t->extension.data + len, size - len))
		report(t, "a GNU long name is empty, or has data after its end");
	if (len)
		memcpy(to, t->extension.data, len);
	to[len] = '\0';
	*has = true;
	return NULL;
}

/* The end of a header about other entries. */
static void extension_end(struct tar *t)
{
	char type = t->entry.type;

	if (type == 'x' || type == 'g')
		t->wrong = pax_records(t);
	else if (type == 'L')
		t->wrong = long_name(t, t->name, &t->has_name);
	else
		t->wrong = long_name(t, t->link, &t->has_link);
}

static void entry_end(struct tar *t)
{
	t->in_entry = false;
	if (is_extension(&t->entry))
		extension_end(t);
	else
		t->on_end(t->ctx);
}

/* Name and size from the ustar fields. */
static void raw_name(struct tar_entry *e, const unsigned char *h)
{
	if (h[PREFIX] && !memcmp(h + MAGIC, "ustar", 6))
		snprintf(e->raw, sizeof(e->raw), "%.155s/%.100s", (const char *)h + PREFIX,
			 (const char *)h);
	else
		snprintf(e->raw, sizeof(e->raw), "%.100s", (const char *)h);
	strcpy(e->name, e->raw);
}

/* Apply the extended headers to this entry. */
static void apply_extensions(struct tar *t, const unsigned char *h)
{
	struct tar_entry *e = &t->entry;
	char link[NAME_LEN + 1];

	snprintf(link, sizeof(link), "%.100s", (const char *)h + LINK);
	if (t->has_name)
		strcpy(e->name, t->name);
	if ((t->has_name && !override_needed(e->name, e->raw)) ||
	    (t->has_link && !override_needed(t->link, link)))
		report(t, "an extended header replaces a name that ustar can hold");
	if (t->has_size && t->size != e->size)
		report(t, "a PAX header replaces the size");
	if (t->has_size)
		e->size = t->size;
	t->has_name = t->has_link = t->has_size = false;
	t->pending = 0;
}

/* Magic and the rest of the header must be as POSIX, GNU or V7 write them. */
static void check_format(struct tar *t, const unsigned char *h)
{
	bool posix = !memcmp(h + MAGIC, "ustar", 6);
	bool gnu = !memcmp(h + MAGIC, "ustar  ", 8), v7 = all_zero(h + MAGIC, 8);

	if (!posix && !gnu && !v7)
		report(t, "the header has an unknown magic");
	else if (!posix && !all_zero(h + PREFIX, PREFIX_END - PREFIX))
		report(t, "the header has GNU or unknown fields where others have a prefix");
	if (!all_zero(h + PREFIX_END, TAR_BLOCK - PREFIX_END))
		report(t, "the header has fields after its end");
}

static void check_entry(struct tar *t)
{
	struct tar_entry *e = &t->entry;
	size_t len = strlen(e->name);

	if (e->type < '0' || e->type > '7')
		report(t, "the entry has a type that not all readers know");
	else if (e->type >= '1' && e->type <= '6' && e->size)
		report(t, "a link, device or directory has a size");
	else if ((e->type == '0' || e->type == '7') && len && e->name[len - 1] == '/')
		report(t, "a file has the name of a directory");
	/* Links, devices and directories have no data, whatever their header says. */
	if (e->type >= '1' && e->type <= '6')
		e->size = 0;
}

/* An extended header, or an entry, to which the extended headers before it apply. */
static const char *classify(struct tar *t, const unsigned char *h)
{
	struct tar_entry *e = &t->entry;

	raw_name(e, h);
	if (is_extension(e)) {
		report(t, NULL);
		check_chain(t, e->type);
		return e->size > MAX_EXTENSION ? "has an extended header that is too large" : NULL;
	}
	apply_extensions(t, h);
	check_format(t, h);
	check_entry(t);
	return NULL;
}

static const char *header(struct tar *t)
{
	const unsigned char *h = t->block;
	struct tar_entry *e = &t->entry;
	uint64_t mode;

	if (t->zeros == 1)
		return "has a block of zeros between its entries";
	if (!sum_right(h))
		return "is not a tar: bad header";
	if (!number(h + MODE, SHORT, &mode) || !number(h + UID, SHORT, &e->uid) ||
	    !number(h + GID, SHORT, &e->gid) || !number(h + SIZE, LONG, &e->size) ||
	    !number(h + MTIME, LONG, &e->mtime))
		return "has a header with a field that is not a number";
	if (++t->entries > MAX_ENTRIES)
		return "has more entries than any kernel image";
	e->mode = (unsigned)mode;
	e->type = (char)(h[TYPE] ? h[TYPE] : '0');
	t->wrong = classify(t, h);
	if (!t->wrong && e->size > MAX_LAYER)
		t->wrong = "has an entry that is larger than any kernel image";
	if (t->wrong)
		return t->wrong;
	t->left = e->size;
	t->padding = tar_padding(e->size);
	t->extension.size = 0;
	t->in_entry = true;
	if (!is_extension(e))
		t->on_entry(t->ctx, e);
	if (!t->left)
		entry_end(t);
	return t->wrong;
}

/* Take the bytes of the entry's data; their number. */
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
		if (all_zero(t->block, TAR_BLOCK)) {
			if (!t->zeros++ && t->pending)
				report(t, "an extended header is the last entry");
		} else {
			t->wrong = t->zeros < 2 ? header(t) : "has data after its end";
		}
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

/* A long name is cut at a '/'; the part before that is the prefix. */
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

const char *tar_header(unsigned char h[TAR_BLOCK], const char *name, uint64_t size, uint64_t mtime,
		       bool runs)
{
	size_t len = strlen(name);
	bool dir = len && name[len - 1] == '/';
	unsigned sum = 0;

	memset(h, 0, TAR_BLOCK);
	if (!put_name(h, name))
		return "has a name that is too long for ustar";
	if (size >> 33 || mtime >> 33)
		return "has a size or time too large for ustar";
	put_octal(h + MODE, SHORT, dir || runs ? 0755 : 0644);
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

/* Feed the unpacked layer to its digest and to its reader. */
struct fork {
	struct sha *sha;
	struct tar *tar;
	uint64_t *budget;
	bool spent;
};

static bool feed_both(void *ctx, const void *data, size_t size)
{
	struct fork *f = ctx;

	f->spent = size > *f->budget;
	if (f->spent)
		return false;
	*f->budget -= size;
	sha_add(f->sha, data, size);
	tar_feed(f->tar, data, size);
	return true;
}

static bool is_plain_tar(const struct bytes *b)
{
	return b->size >= TAR_BLOCK && sum_right(b->data);
}

bool is_zstd(const struct bytes *b)
{
	return b->size >= 4 && !memcmp(b->data, "\x28\xb5\x2f\xfd", 4);
}

const char *layer_read(const struct bytes *packed, struct tar *t, char diff_id[DIGEST_SIZE],
		       uint64_t *budget)
{
	struct fork f = { .sha = sha_open(), .tar = t, .budget = budget };
	const char *wrong = NULL;

	if (is_zstd(packed))
		wrong = "is compressed with zstd, which kimage does not support";
	else if (is_plain_tar(packed))
		wrong = "is an uncompressed tar, which kimage does not support";
	else
		wrong = gunzip(packed, feed_both, &f);
	if (f.spent)
		wrong = "makes the image larger than any kernel image, unpacked";
	sha_close(f.sha, diff_id);
	return wrong;
}
