/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The table of architectures: their names in images, for users and in ELF headers, and the format
 * of their kernel files. To add an architecture to kimage, add a row here.
 *
 * The platform, OCI's architecture and variant, people's name, e_machine; the formats in words;
 * the format of the kernel file, and what marks it where; another format and its first bytes, or
 * two empty strings. By Documentation/arch/x86/boot.rst, arm64/booting.rst and
 * riscv/boot-image-header.rst, and arch/s390/boot/head.S, whose text is in ASCII.
 */
#ifndef ARCHS_H
#define ARCHS_H

#define PLATFORMS(P)                                                                        \
	P("linux/amd64", "amd64", "", "x86_64", EM_X86_64, "bzImage or vmlinux",            \
	  "bzImage", 0x202, "HdrS", "vmlinux", ELFMAG)                                      \
	P("linux/arm64/v8", "arm64", "v8", "arm64", EM_AARCH64, "Image or Image.gz",        \
	  "Image", 0x38, "ARM\x64", "Image.gz", "\x1f\x8b")                                 \
	P("linux/s390x", "s390x", "", "s390x", EM_S390, "bzImage",                          \
	  "bzImage", 0x10008, "S390EP", "", "")                                             \
	P("linux/riscv64", "riscv64", "", "riscv64", EM_RISCV, "Image or Image.gz",         \
	  "Image", 0x38, "RSC\x05", "Image.gz", "\x1f\x8b")

#define PLATFORM_ROW(name, oci, variant, arch, machine, formats, ...) \
	{ name, oci, variant, arch, machine, __VA_ARGS__ },
#define PLATFORM_ONE(...) +1
#define PLATFORM_NAME(name, ...) " " name
#define PLATFORM_FORMATS(name, oci, variant, arch, machine, formats, ...) " " arch ": " formats ";"

enum { N_PLATFORMS = 0 PLATFORMS(PLATFORM_ONE) };

/* For messages: " linux/amd64 ..." and " x86_64: bzImage or vmlinux; ..." */
#define PLATFORM_NAMES PLATFORMS(PLATFORM_NAME)
#define KERNEL_FORMATS PLATFORMS(PLATFORM_FORMATS)

#endif
