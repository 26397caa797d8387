// SPDX-License-Identifier: GPL-2.0-only
/* Sections and symbols of ELF files. */
#include <errno.h>
#include <fcntl.h>
#include <gelf.h>
#include <string.h>
#include <unistd.h>

#include "ksize.h"

struct elf_file {
	int fd;
	Elf *elf;
	size_t sections, names; /* how many; and which holds the names */
	uint64_t size;
};

static const char *open_elf(struct elf_file *f, const char *path)
{
	char magic[4] = "";

	*f = (struct elf_file){ .fd = open(path, O_RDONLY | O_CLOEXEC) };
	if (f->fd < 0)
		return strerror(errno);
	if (pread(f->fd, magic, sizeof(magic), 0) == 4 && !memcmp(magic, "BC\xc0\xde", 4))
		return "is LLVM bitcode, which has no size before the link: configure without LTO";
	f->size = (uint64_t)lseek(f->fd, 0, SEEK_END);
	elf_version(EV_CURRENT);
	f->elf = elf_begin(f->fd, ELF_C_READ_MMAP, NULL);
	if (!f->elf || elf_kind(f->elf) != ELF_K_ELF)
		return "is not an ELF file";
	if (elf_getshdrnum(f->elf, &f->sections) || elf_getshdrstrndx(f->elf, &f->names))
		return "is a broken ELF file";
	/* The header of a truncated file promises more sections than it has. */
	return f->sections ? NULL : "is an ELF file without sections, or cut short";
}

static bool close_elf(struct elf_file *f, const char *path, const char *wrong)
{
	if (wrong)
		complain(path, 0, "%s [bad-object]; build the kernel again", wrong);
	elf_end(f->elf);
	if (f->fd >= 0)
		close(f->fd);
	return !wrong;
}

/* No section is larger than its file, or than any memory. */
static bool has_room(const struct elf_file *f, const GElf_Shdr *h)
{
	uint64_t limit = h->sh_type == SHT_NOBITS ? (uint64_t)1 << 40 : f->size;

	return h->sh_size <= limit &&
	       (h->sh_type == SHT_NOBITS || h->sh_offset <= limit - h->sh_size);
}

bool elf_sections(const char *path, void (*see)(void *ctx, const struct section *s), void *ctx)
{
	struct elf_file f;
	const char *wrong = open_elf(&f, path);
	size_t n = 1; /* section 0 is none */

	for (Elf_Scn *scn = NULL; !wrong && (scn = elf_nextscn(f.elf, scn)); n++) {
		struct section s = { 0 };
		GElf_Shdr h;

		if (!gelf_getshdr(scn, &h) || !has_room(&f, &h)) {
			wrong = "is a broken ELF file";
			break;
		}
		if (!(h.sh_flags & SHF_ALLOC))
			continue;
		s.name = elf_strptr(f.elf, f.names, h.sh_name);
		s.address = h.sh_addr;
		s.size = h.sh_size;
		s.writable = h.sh_flags & SHF_WRITE;
		s.executable = h.sh_flags & SHF_EXECINSTR;
		s.nobits = h.sh_type == SHT_NOBITS;
		if (!s.name)
			wrong = "is a broken ELF file";
		else
			see(ctx, &s);
	}
	if (!wrong && n != f.sections)
		wrong = "is a broken ELF file";
	return close_elf(&f, path, wrong);
}

/* The symbols of one section. */
static const char *read_symbols(Elf *elf, Elf_Scn *scn, const GElf_Shdr *h,
				void (*see)(void *ctx, const struct symbol *s), void *ctx)
{
	Elf_Data *data = elf_getdata(scn, NULL);
	size_t n = h->sh_entsize ? h->sh_size / h->sh_entsize : 0;

	for (size_t i = 1; data && i < n; i++) {
		struct symbol s = { 0 };
		GElf_Sym sym;

		if (!gelf_getsym(data, (int)i, &sym))
			return "is a broken ELF file";
		if (sym.st_shndx == SHN_UNDEF)
			continue;
		s.name = elf_strptr(elf, h->sh_link, sym.st_name);
		s.address = sym.st_value;
		s.global = GELF_ST_BIND(sym.st_info) != STB_LOCAL;
		if (!s.name)
			return "is a broken ELF file";
		see(ctx, &s);
	}
	return data ? NULL : "is a broken ELF file";
}

bool elf_symbols(const char *path, void (*see)(void *ctx, const struct symbol *s), void *ctx)
{
	struct elf_file f;
	const char *wrong = open_elf(&f, path);

	for (Elf_Scn *scn = NULL; !wrong && (scn = elf_nextscn(f.elf, scn));) {
		GElf_Shdr h;

		if (!gelf_getshdr(scn, &h))
			wrong = "is a broken ELF file";
		else if (h.sh_type == SHT_SYMTAB)
			wrong = read_symbols(f.elf, scn, &h, see, ctx);
	}
	return close_elf(&f, path, wrong);
}
