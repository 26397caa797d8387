// SPDX-License-Identifier: GPL-2.0-only
/* The formats of kernels, modules and configs. */
#include <ctype.h>
#include <elf.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "config.h"
#include "kimage.h"

static bool at(const struct bytes *b, size_t offset, const char *magic)
{
	size_t len = strlen(magic);

	return b->size >= offset + len && !memcmp(b->data + offset, magic, len);
}

static uint64_t get(const unsigned char *p, size_t len, bool big)
{
	uint64_t value = 0;

	for (size_t i = 0; i < len; i++)
		value = value << 8 | p[big ? i : len - 1 - i];
	return value;
}

#define FIELD(base, type, member) \
	get((base) + offsetof(type, member), sizeof(((type *)0)->member), big)

/* ---- kernels, as they are read ---------------------------------------------------- */

static const char banner[] = "Linux version ";

enum {
	/* Up to what a bzImage's header can point at, its release included. */
	HEAD = 0x10000 + 0x400 + MAX_NAME,
	WINDOW = 1 << 16, /* bytes searched for the banner at a time */
	SEAM = sizeof(banner) - 1 + MAX_NAME, /* what may hang over its end */
	PIECE = 1 << 16,
};

struct kernel {
	struct sha *sha;
	char digest[DIGEST_SIZE];
	uint64_t size;
	struct buffer head;
	/* The unpacked kernel of an Image.gz. */
	z_stream z;
	enum { UNKNOWN, PLAIN, PACKED, WHOLE, BROKEN } packed;
	uint64_t unpacked;
	struct buffer inner; /* its header */
	/* The search for the banner. */
	unsigned char window[WINDOW];
	size_t filled;
	char release[MAX_NAME];
};

struct kernel *kernel_open(void)
{
	struct kernel *k = mem_zalloc(sizeof(*k));

	k->sha = sha_open();
	return k;
}

/*
 * The release in a banner that begins in the window's first LIMIT bytes; a format string has
 * the same words.
 */
static void search(struct kernel *k, size_t limit)
{
	const unsigned char *p = k->window, *end = p + k->filled;
	size_t n = 0;

	while ((p = memmem(p, (size_t)(end - p), banner, sizeof(banner) - 1))) {
		p += sizeof(banner) - 1;
		if ((size_t)(p - k->window) > limit + sizeof(banner) - 1)
			return;
		if (p == end || !isdigit(*p))
			continue;
		while (p + n < end && n < MAX_NAME - 1 && isgraph(p[n]))
			n++;
		memcpy(k->release, p, n);
		return;
	}
}

static void search_in(struct kernel *k, const unsigned char *p, size_t size)
{
	while (size && !k->release[0]) {
		size_t n = WINDOW - k->filled < size ? WINDOW - k->filled : size;

		memcpy(k->window + k->filled, p, n);
		k->filled += n;
		p += n;
		size -= n;
		if (k->filled < WINDOW)
			return;
		/* A banner that begins in the overlap is found whole in the next window. */
		search(k, WINDOW - SEAM);
		memmove(k->window, k->window + WINDOW - SEAM, SEAM);
		k->filled = SEAM;
	}
}

static void keep(struct buffer *b, const void *data, size_t size, size_t limit)
{
	size_t room = limit - b->size;

	buffer_add(b, data, size < room ? size : room);
}

enum { IMAGE_HEADER = 0x40 }; /* of a packed kernel: its mark lies within */

static void unpack(struct kernel *k, const unsigned char *p, size_t size)
{
	unsigned char out[PIECE];

	k->z.next_in = (Bytef *)(uintptr_t)p;
	k->z.avail_in = (uInt)size;
	while (k->packed == PACKED || (k->packed == WHOLE && k->z.avail_in)) {
		int status;

		/* After a whole member only another one may follow. */
		if (k->packed == WHOLE)
			inflateReset(&k->z);
		k->packed = PACKED;
		k->z.next_out = out;
		k->z.avail_out = PIECE;
		status = inflate(&k->z, Z_NO_FLUSH);
		if (status == Z_BUF_ERROR)
			return;
		k->unpacked += PIECE - k->z.avail_out;
		keep(&k->inner, out, PIECE - k->z.avail_out, IMAGE_HEADER);
		search_in(k, out, PIECE - k->z.avail_out);
		if (status == Z_STREAM_END)
			k->packed = WHOLE;
		else if (status != Z_OK || k->unpacked > MAX_LAYER)
			k->packed = BROKEN;
		else if (!k->z.avail_in && k->z.avail_out)
			return;
	}
}

/* A piece of at most PIECE bytes. */
static void take(struct kernel *k, const unsigned char *p, size_t size)
{
	struct bytes head;

	sha_add(k->sha, p, size);
	k->size += size;
	keep(&k->head, p, size, HEAD);
	if (k->packed == UNKNOWN && k->size < 2)
		return;
	if (k->packed == UNKNOWN) {
		/* The head has all bytes so far. */
		head = buffer_bytes(&k->head);
		p = head.data;
		size = head.size;
		k->packed = !at(&head, 0, "\x1f\x8b")		 ? PLAIN :
			    inflateInit2(&k->z, 15 + 16) == Z_OK ? PACKED :
								   BROKEN;
	}
	if (k->packed != PLAIN)
		unpack(k, p, size);
	else
		search_in(k, p, size);
}

bool kernel_feed(void *kernel, const void *data, size_t size)
{
	const unsigned char *p = data;

	for (size_t n; size; p += n, size -= n) {
		n = size < PIECE ? size : PIECE;
		take(kernel, p, n);
	}
	return true;
}

/* The header's kernel_version counts from the end of the boot sector. */
static void header_release(struct kernel *k)
{
	const struct bytes b = buffer_bytes(&k->head);
	size_t offset, n = 0;

	if (!at(&b, 0x202, "HdrS") || b.size < 0x210)
		return;
	offset = (size_t)get(b.data + 0x20e, 2, false) + 0x200;
	memset(k->release, 0, sizeof(k->release));
	if (offset == 0x200)
		return;
	while (offset + n < b.size && n < MAX_NAME - 1 && isgraph(b.data[offset + n]))
		n++;
	if (n)
		memcpy(k->release, b.data + offset, n);
}

const char *kernel_end(struct kernel *k)
{
	sha_close(k->sha, k->digest);
	k->sha = NULL;
	if (!k->release[0])
		search(k, k->filled);
	header_release(k);
	return k->digest;
}

void kernel_free(struct kernel *k)
{
	char digest[DIGEST_SIZE];

	if (!k)
		return;
	if (k->sha)
		sha_close(k->sha, digest);
	inflateEnd(&k->z);
	buffer_free(&k->head);
	buffer_free(&k->inner);
	free(k);
}

/* ---- kernels, judged ---------------------------------------------------------------- */

static bool is_marked(const struct bytes *b, const struct platform *p)
{
	return at(b, p->mark_at, p->mark);
}

static const char *packed_wrong(const struct kernel *k, const struct platform *p)
{
	const struct bytes inner = buffer_bytes(&k->inner);

	if (k->packed != WHOLE)
		return "is not gzip, or broken, or cut short";
	return is_marked(&inner, p) ? NULL : "does not contain a kernel of the architecture";
}

const char *kernel_format(const struct kernel *k, const struct platform *p)
{
	const struct bytes b = buffer_bytes(&k->head);

	return *p->other && at(&b, 0, p->other_mark) ? p->other : p->format;
}

/* Firecracker's and QEMU's loaders take the segments, and the entry. */
static const char *vmlinux_wrong(const struct bytes *b, uint16_t machine)
{
	const bool big = false;

	if (b->size < sizeof(Elf64_Ehdr) || b->data[EI_CLASS] != ELFCLASS64 ||
	    FIELD(b->data, Elf64_Ehdr, e_machine) != machine)
		return "is an ELF file of another architecture";
	if (FIELD(b->data, Elf64_Ehdr, e_type) != ET_EXEC || !FIELD(b->data, Elf64_Ehdr, e_phnum))
		return "is an ELF file, but not a vmlinux: it has no segment that can be started";
	return NULL;
}

const char *kernel_wrong(const struct kernel *k, const struct platform *p, const char *format)
{
	const struct bytes b = buffer_bytes(&k->head);

	if (!k->size)
		return "is empty";
	if (strcmp(format, kernel_format(k, p)))
		return "has another format than its architecture boots:" KERNEL_FORMATS;
	if (!strcmp(format, "vmlinux"))
		return vmlinux_wrong(&b, p->machine);
	if (!strcmp(format, "Image.gz"))
		return packed_wrong(k, p);
	if (at(&b, 0, "MZ") && at(&b, 4, "zimg"))
		return "is an EFI zboot image, which only EFI can boot; take Image";
	return is_marked(&b, p) ? NULL : "lacks the mark of its architecture's kernel file";
}

const char *kernel_release(const struct kernel *k)
{
	return k->release[0] ? k->release : NULL;
}

/* ---- device trees ---------------------------------------------------------------- */

bool is_dtb(const char *name)
{
	size_t len = strlen(name);

	return len > 4 && !strcmp(name + len - 4, ".dtb") && !strchr(name, '/');
}

/* Devicetree Specification 5.2: magic and size of the whole, big-endian. */
const char *dtb_wrong(const struct bytes *b)
{
	if (!at(b, 0, "\xd0\x0d\xfe\xed") || b->size < 40)
		return "is not a device tree blob";
	return get(b->data + 4, 4, true) == b->size ? NULL : "is not as long as its header says";
}

/* ---- modules --------------------------------------------------------------------- */

/* The bytes of an ELF64 section by name; nothing if it isn't there, or not within B. */
static struct bytes section(const struct bytes *b, const char *name)
{
	const unsigned char *e = b->data, *sections, *names, *s;
	uint64_t shoff, shnum, shstrndx, names_off, names_size, off, size;
	size_t name_size = strlen(name) + 1;
	bool big;

	if (b->size < sizeof(Elf64_Ehdr) || memcmp(e, ELFMAG, SELFMAG) || e[EI_CLASS] != ELFCLASS64)
		return (struct bytes){ 0 };
	big = e[EI_DATA] == ELFDATA2MSB;
	shoff = FIELD(e, Elf64_Ehdr, e_shoff);
	shnum = FIELD(e, Elf64_Ehdr, e_shnum);
	shstrndx = FIELD(e, Elf64_Ehdr, e_shstrndx);
	if (shoff > b->size || shnum > (b->size - shoff) / sizeof(Elf64_Shdr) || shstrndx >= shnum)
		return (struct bytes){ 0 };
	sections = e + shoff;
	s = sections + shstrndx * sizeof(Elf64_Shdr);
	names_off = FIELD(s, Elf64_Shdr, sh_offset);
	names_size = FIELD(s, Elf64_Shdr, sh_size);
	if (names_off > b->size || names_size > b->size - names_off)
		return (struct bytes){ 0 };
	names = e + names_off;
	for (uint64_t i = 0; i < shnum; i++) {
		s = sections + i * sizeof(Elf64_Shdr);
		off = FIELD(s, Elf64_Shdr, sh_name);
		if (off > names_size || names_size - off < name_size ||
		    memcmp(names + off, name, name_size))
			continue;
		off = FIELD(s, Elf64_Shdr, sh_offset);
		size = FIELD(s, Elf64_Shdr, sh_size);
		if (FIELD(s, Elf64_Shdr, sh_type) == SHT_NOBITS || off > b->size ||
		    size > b->size - off)
			break;
		return (struct bytes){ e + off, (size_t)size, false };
	}
	return (struct bytes){ 0 };
}

const char *module_wrong(const struct bytes *b, uint16_t machine)
{
	bool big;

	if (b->size < sizeof(Elf64_Ehdr) || memcmp(b->data, ELFMAG, SELFMAG))
		return "is not an ELF object";
	big = b->data[EI_DATA] == ELFDATA2MSB;
	if (machine != EM_NONE && FIELD(b->data, Elf64_Ehdr, e_machine) != machine)
		return "is for another architecture";
	if (!section(b, ".modinfo").size)
		return "has no .modinfo section";
	return NULL;
}

const char *module_info(const struct bytes *b, const char *key)
{
	struct bytes info = section(b, ".modinfo");
	const char *p = (const char *)info.data, *end = p ? p + info.size : p;
	size_t len = strlen(key);

	/* Strings of the form KEY=VALUE, each with its NUL. */
	while (p && p < end) {
		const char *nul = memchr(p, 0, (size_t)(end - p));

		if (nul && (size_t)(nul - p) > len && !memcmp(p, key, len) && p[len] == '=')
			return p + len + 1;
		p = nul ? nul + 1 : NULL;
	}
	return NULL;
}

size_t module_unsigned_size(const struct bytes *b)
{
	/* include/linux/module_signature.h */
	static const char trailer[] = "~Module signature appended~\n";
	const size_t trailer_size = MODULE_TRAILER_SIZE, info_size = MODULE_INFO_SIZE;
	size_t size;

	_Static_assert(sizeof(trailer) - 1 == MODULE_TRAILER_SIZE, "include/linux/module_signature.h");
	if (b->size < trailer_size + info_size)
		return b->size;
	size = b->size - trailer_size;
	if (memcmp(b->data + size, trailer, trailer_size))
		return b->size;
	/* struct module_signature ends with the length of what precedes it. */
	size_t signature = (size_t)get(b->data + size - 4, 4, true);

	size -= info_size;
	return signature && signature <= size ? size - signature : b->size;
}

bool is_module(const char *name, bool packed)
{
	static const char *const endings[] = { ".ko", ".ko.gz", ".ko.xz", ".ko.zst" };
	size_t len = strlen(name);

	for (size_t i = 0; i < (packed ? ARRAY_SIZE(endings) : 1); i++)
		if (len > strlen(endings[i]) &&
		    !strcmp(name + len - strlen(endings[i]), endings[i]))
			return true;
	return false;
}

/* ---- configs --------------------------------------------------------------------- */

/* The value of an option, to free; NULL if no line has one. */
static char *config_value(const struct bytes *config, const char *option)
{
	char *copy = mem_zalloc(config->size + 1), *rest = copy, *line, *name, *value, *found = NULL;

	if (config->size)
		memcpy(copy, config->data, config->size);
	/* A NUL must not hide the lines after it. */
	for (char *nul = copy; (nul = memchr(nul, 0, config->size - (size_t)(nul - copy)));)
		*nul = '?';
	while (!found && (line = strsep(&rest, "\n")))
		if (config_line(line, &name, &value) && !strcmp(name, option))
			found = mem_strdup(value);
	free(copy);
	return found;
}

bool config_is(const struct bytes *config, const char *option, const char *value)
{
	char *found = config_value(config, option);
	const bool is = found && !strcmp(found, value);

	free(found);
	return is;
}

char *config_string(const struct bytes *config, const char *option)
{
	char *value = config_value(config, option);
	const size_t len = value ? strlen(value) : 0;
	const bool quoted = len >= 2 && *value == '"' && value[len - 1] == '"';
	char *text = mem_printf("%.*s", quoted ? (int)len - 2 : 0, quoted ? value + 1 : "");

	free(value);
	return text;
}
