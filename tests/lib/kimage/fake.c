// SPDX-License-Identifier: GPL-2.0-only
/*
 * fake kernel FORMAT RELEASE: the head of a kernel file, with real magic
 * fake module ARCH VERMAGIC [SIGNATURE]: an ELF object with a .modinfo section
 * Both on standard output, and nothing that could run.
 */
#include <elf.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static unsigned char out[1 << 17];

static void put(size_t at, const char *text)
{
	memcpy(out + at, text, strlen(text));
}

static size_t kernel(const char *format, const char *release)
{
	if (!strcmp(format, "bzImage")) {
		put(0x202, "HdrS");
		out[0x20f] = 0x01; /* the version is at 0x100 + 0x200 */
		snprintf((char *)out + 0x300, 256, "%s (keelson@keelson) #1 SMP", release);
	} else if (!strcmp(format, "Image") || !strcmp(format, "riscv")) {
		put(0x38, strcmp(format, "riscv") ? "ARM\x64" : "RSC\x05");
		snprintf((char *)out + 0x300, 256, "Linux version %%s Linux version %s (a@b)", release);
	} else if (!strcmp(format, "vmlinux")) {
		put(0, ELFMAG);
		out[EI_CLASS] = ELFCLASS64;
		out[EI_DATA] = ELFDATA2LSB;
		out[offsetof(Elf64_Ehdr, e_type)] = ET_EXEC;
		out[offsetof(Elf64_Ehdr, e_machine)] = EM_X86_64;
		out[offsetof(Elf64_Ehdr, e_phnum)] = 1;
		snprintf((char *)out + 0x300, 256, "Linux version %s (a@b)", release);
	} else if (!strcmp(format, "zboot")) {
		put(0, "MZ");
		put(4, "zimg");
	} else if (!strcmp(format, "s390")) {
		put(0x10008, "S390EP");
	}
	return 0x11000;
}

static void number(size_t at, size_t len, uint64_t value, int big)
{
	for (size_t i = 0; i < len; i++)
		out[at + (big ? len - 1 - i : i)] = (unsigned char)(value >> 8 * i);
}

static void section(unsigned i, unsigned name, unsigned type, size_t offset, size_t size, int big)
{
	size_t at = sizeof(Elf64_Ehdr) + i * sizeof(Elf64_Shdr);

	number(at + offsetof(Elf64_Shdr, sh_name), 4, name, big);
	number(at + offsetof(Elf64_Shdr, sh_type), 4, type, big);
	number(at + offsetof(Elf64_Shdr, sh_offset), 8, offset, big);
	number(at + offsetof(Elf64_Shdr, sh_size), 8, size, big);
}

static size_t module(const char *arch, const char *vermagic, const char *signature)
{
	static const char names[] = "\0.modinfo\0.shstrtab";
	int big = !strcmp(arch, "s390x");
	unsigned machine = big ? EM_S390 : !strcmp(arch, "arm64") ? EM_AARCH64 :
			     !strcmp(arch, "riscv64") ? EM_RISCV : EM_X86_64;
	size_t end = sizeof(Elf64_Ehdr) + 3 * sizeof(Elf64_Shdr), start = end;

	memcpy(out, ELFMAG, SELFMAG);
	out[EI_CLASS] = ELFCLASS64;
	out[EI_DATA] = big ? ELFDATA2MSB : ELFDATA2LSB;
	number(offsetof(Elf64_Ehdr, e_machine), 2, machine, big);
	number(offsetof(Elf64_Ehdr, e_shoff), 8, sizeof(Elf64_Ehdr), big);
	number(offsetof(Elf64_Ehdr, e_shnum), 2, 3, big);
	number(offsetof(Elf64_Ehdr, e_shstrndx), 2, 2, big);
	end += (size_t)sprintf((char *)out + end, "license=GPL") + 1;
	end += (size_t)sprintf((char *)out + end, "version=1.0") + 1;
	end += (size_t)sprintf((char *)out + end, "vermagic=%s", vermagic) + 1;
	section(1, 1, SHT_PROGBITS, start, end - start, big);
	section(2, 10, SHT_STRTAB, end, sizeof(names), big);
	memcpy(out + end, names, sizeof(names));
	end += sizeof(names);
	if (signature) {
		end += (size_t)sprintf((char *)out + end, "%s", signature);
		out[end + 2] = 2; /* PKEY_ID_PKCS7 */
		number(end + 8, 4, strlen(signature), 1);
		end += 12;
		end += (size_t)sprintf((char *)out + end, "~Module signature appended~\n");
	}
	return end;
}

int main(int argc, char **argv)
{
	size_t size;

	if (argc == 4 && !strcmp(argv[1], "kernel"))
		size = kernel(argv[2], argv[3]);
	else if ((argc == 4 || argc == 5) && !strcmp(argv[1], "module"))
		size = module(argv[2], argv[3], argv[4]);
	else
		return 2;
	return fwrite(out, 1, size, stdout) != size;
}
