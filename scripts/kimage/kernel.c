// SPDX-License-Identifier: GPL-2.0-only
/* What kernels, modules and configs look like from outside. */
#include <ctype.h>
#include <elf.h>
#include <stdlib.h>
#include <string.h>

#include "kimage.h"

/* ---- kernels -------------------------------------------------------------------- */

static bool at(const struct bytes *b, size_t offset, const char *magic)
{
	size_t len = strlen(magic);

	return b->size >= offset + len && !memcmp(b->data + offset, magic, len);
}

enum { IMAGE_HEADER = 0x40 }; /* of what is packed: its mark lies within */

static bool is_marked(const struct bytes *b, const struct platform *p)
{
	return at(b, p->mark_at, p->mark);
}

static bool keep_header(void *ctx, const void *data, size_t size)
{
	struct buffer *b = ctx;

	if (b->size < IMAGE_HEADER)
		buffer_add(b, data, size < IMAGE_HEADER ? size : IMAGE_HEADER);
	return true;
}

static const char *packed_wrong(const struct bytes *b, const struct platform *p)
{
	struct buffer head = { 0 };
	const char *wrong = gunzip(b, keep_header, &head);
	struct bytes bytes = buffer_bytes(&head);

	if (!wrong && !is_marked(&bytes, p))
		wrong = "holds no Image of the architecture: no magic at 0x38";
	buffer_free(&head);
	return wrong;
}

const char *kernel_format(const struct bytes *b, const struct platform *p)
{
	return *p->other && at(b, 0, p->other_mark) ? p->other : p->format;
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

const char *kernel_wrong(const struct bytes *b, const struct platform *p, const char *format)
{
	if (!b->size)
		return "is empty";
	if (strcmp(format, kernel_format(b, p)))
		return "has another format than its architecture boots:" KERNEL_FORMATS;
	if (!strcmp(format, "vmlinux"))
		return vmlinux_wrong(b, p->machine);
	if (!strcmp(format, "Image.gz"))
		return packed_wrong(b, p);
	if (at(b, 0, "MZ") && at(b, 4, "zimg"))
		return "is an EFI zboot image, which only EFI can boot; take Image";
	return is_marked(b, p) ? NULL : "lacks the mark of its architecture's kernel file";
}

/* Where a kernel that is not packed has its banner's release; 0 if it has none. */
static size_t banner(const struct bytes *b)
{
	static const char start[] = "Linux version ";
	const unsigned char *p = b->data, *end = p ? p + b->size : p;

	while (p && (p = memmem(p, (size_t)(end - p), start, sizeof(start) - 1))) {
		p += sizeof(start) - 1;
		if (p < end && isdigit(*p))
			return (size_t)(p - b->data);
	}
	return 0;
}

char *kernel_release(const struct bytes *b)
{
	size_t offset, n = 0;

	/* The header's kernel_version counts from the end of the boot sector. */
	if (at(b, 0x202, "HdrS") && b->size >= 0x210)
		offset = (size_t)(b->data[0x20e] | b->data[0x20f] << 8) + 0x200;
	else
		offset = banner(b);
	if (!offset)
		return NULL;
	while (offset + n < b->size && n < MAX_NAME && isgraph(b->data[offset + n]))
		n++;
	return n ? xasprintf("%.*s", (int)n, (const char *)b->data + offset) : NULL;
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
	const size_t trailer_size = sizeof(trailer) - 1, info_size = 12;
	size_t size;

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

/* The rest of the line of a .config that begins with START; *LEN its length. */
static const char *config_line(const struct bytes *config, const char *start, size_t *len)
{
	const char *p = (const char *)config->data, *end = p ? p + config->size : p;
	size_t start_len = strlen(start);

	while (p && p < end) {
		const char *eol = memchr(p, '\n', (size_t)(end - p));
		size_t n = (size_t)((eol ? eol : end) - p);

		if (n >= start_len && !memcmp(p, start, start_len)) {
			*len = n - start_len;
			return p + start_len;
		}
		p = eol ? eol + 1 : NULL;
	}
	return NULL;
}

bool config_has(const struct bytes *config, const char *line)
{
	size_t len;

	return config_line(config, line, &len) && !len;
}

char *config_string(const struct bytes *config, const char *option)
{
	char *start = xasprintf("%s=\"", option);
	size_t len = 0;
	const char *value = config_line(config, start, &len);

	free(start);
	/* Without the closing quote. */
	return xasprintf("%.*s", value && len ? (int)len - 1 : 0, value ? value : "");
}
