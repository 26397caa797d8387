// SPDX-License-Identifier: GPL-2.0-only
/*
 * The kernel's types: a program that was compiled for another kernel finds a member of a structure
 * where this kernel has it. The program returns the offset that the kernel put into it (CO-RE), and
 * the trial compares that with /sys/kernel/btf/vmlinux.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <linux/btf.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "guest.h"
#include "trial.h"

enum { PATIENCE = 30, MOST = 64 << 20 };

#define STRUCTURE "task_struct"
#define MEMBER "pid"

static int bpf(enum bpf_cmd cmd, union bpf_attr *attr)
{
	return (int)syscall(SYS_bpf, cmd, attr, sizeof(*attr));
}

/* ---- what the kernel says of itself ------------------------------------------------- */

/* The bytes that follow the head of a type of this KIND with N members. */
static size_t tail(unsigned int kind, size_t n)
{
	switch (kind) {
	case BTF_KIND_INT:
	case BTF_KIND_VAR:
	case BTF_KIND_DECL_TAG:
		return sizeof(uint32_t);
	case BTF_KIND_ARRAY:
		return sizeof(struct btf_array);
	case BTF_KIND_STRUCT:
	case BTF_KIND_UNION:
		return n * sizeof(struct btf_member);
	case BTF_KIND_ENUM:
		return n * sizeof(struct btf_enum);
	case BTF_KIND_ENUM64:
		return n * sizeof(struct btf_enum64);
	case BTF_KIND_FUNC_PROTO:
		return n * sizeof(struct btf_param);
	case BTF_KIND_DATASEC:
		return n * sizeof(struct btf_var_secinfo);
	default:
		return 0;
	}
}

/* The byte offset of MEMBER in structure T; -1 if it has none. */
static long offset_in(const struct btf_type *t, const char *strings)
{
	const struct btf_member *m = (const struct btf_member *)(t + 1);

	for (size_t i = 0; i < BTF_INFO_VLEN(t->info); i++) {
		unsigned int bits = BTF_INFO_KFLAG(t->info) ? BTF_MEMBER_BIT_OFFSET(m[i].offset) :
							      m[i].offset;

		if (!strcmp(strings + m[i].name_off, MEMBER))
			return bits / 8;
	}
	return -1;
}

/* The byte offset of MEMBER in STRUCTURE, by the types of SIZE bytes at BTF. */
static long find_offset(const char *btf, size_t size)
{
	const struct btf_header *h = (const struct btf_header *)btf;
	const char *at, *last, *strings;

	if (size < sizeof(*h) || h->magic != BTF_MAGIC || h->hdr_len > size ||
	    h->type_off + (size_t)h->type_len > size - h->hdr_len ||
	    h->str_off + (size_t)h->str_len > size - h->hdr_len)
		failed("/sys/kernel/btf/vmlinux has no types");
	at = btf + h->hdr_len + h->type_off;
	last = at + h->type_len;
	strings = btf + h->hdr_len + h->str_off;
	while (at + sizeof(struct btf_type) <= last) {
		const struct btf_type *t = (const struct btf_type *)at;
		unsigned int kind = BTF_INFO_KIND(t->info);

		if (kind == BTF_KIND_STRUCT && !strcmp(strings + t->name_off, STRUCTURE))
			return offset_in(t, strings);
		at += sizeof(*t) + tail(kind, BTF_INFO_VLEN(t->info));
	}
	return -1;
}

/* Files below /sys/kernel/btf are read, not mapped, since 6.1 can't map them. */
static long kernel_offset(void)
{
	int fd = must(open("/sys/kernel/btf/vmlinux", O_RDONLY | O_CLOEXEC), "BTF");
	char *btf = malloc(MOST);
	size_t size = 0;
	ssize_t n;

	while (btf && size < MOST && (n = read(fd, btf + size, MOST - size)) > 0)
		size += (size_t)n;
	close(fd);
	return btf ? find_offset(btf, size) : -1;
}

/* ---- what a program finds ------------------------------------------------------------ */

/* Types of a program: struct task_struct { int pid; }, and int f(void). */
static int load_types(void)
{
	static const char strings[] = "\0int\0" STRUCTURE "\0" MEMBER "\0f\0" "0:0";
	static const struct {
		struct btf_header header;
		struct btf_type number;
		uint32_t bits;
		struct btf_type structure;
		struct btf_member member;
		struct btf_type prototype;
		struct btf_type function;
		char strings[sizeof(strings)];
	} types = {
		.header = { .magic = BTF_MAGIC,
			    .version = BTF_VERSION,
			    .hdr_len = sizeof(struct btf_header),
			    .type_len = 4 * sizeof(struct btf_type) + sizeof(uint32_t) +
					sizeof(struct btf_member),
			    .str_off = 4 * sizeof(struct btf_type) + sizeof(uint32_t) +
				       sizeof(struct btf_member),
			    .str_len = sizeof(strings) },
		.number = { .name_off = 1, .info = BTF_KIND_INT << 24, .size = 4 },
		.bits = BTF_INT_SIGNED << 24 | 32,
		.structure = { .name_off = 5, .info = BTF_KIND_STRUCT << 24 | 1, .size = 4 },
		.member = { .name_off = 5 + sizeof(STRUCTURE), .type = 1 },
		.prototype = { .info = BTF_KIND_FUNC_PROTO << 24, .type = 1 },
		.function = { .name_off = 5 + sizeof(STRUCTURE) + sizeof(MEMBER),
			      .info = BTF_KIND_FUNC << 24,
			      .type = 3 },
		.strings = "\0int\0" STRUCTURE "\0" MEMBER "\0f\0" "0:0",
	};
	union bpf_attr attr = { .btf = (uintptr_t)&types,
				.btf_size = offsetof(__typeof__(types), strings) + sizeof(strings) };

	return must(bpf(BPF_BTF_LOAD, &attr), "the program's types");
}

/* A program that returns the offset of the member: 0 where it was compiled. */
static int load_program(void)
{
	struct bpf_insn code[] = {
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0, .imm = 0 },
		{ .code = BPF_JMP | BPF_EXIT },
	};
	struct bpf_func_info function = { .insn_off = 0, .type_id = 4 };
	struct bpf_core_relo place = {
		.type_id = 2,
		.access_str_off = 5 + sizeof(STRUCTURE) + sizeof(MEMBER) + sizeof("f"),
		.kind = BPF_CORE_FIELD_BYTE_OFFSET,
	};
	union bpf_attr attr = {
		.prog_type = BPF_PROG_TYPE_SOCKET_FILTER,
		.insn_cnt = sizeof(code) / sizeof(code[0]),
		.insns = (uintptr_t)code,
		.license = (uintptr_t) "GPL",
		.prog_btf_fd = (unsigned int)load_types(),
		.func_info = (uintptr_t)&function,
		.func_info_cnt = 1,
		.func_info_rec_size = sizeof(function),
		.core_relos = (uintptr_t)&place,
		.core_relo_cnt = 1,
		.core_relo_rec_size = sizeof(place),
	};

	return must(bpf(BPF_PROG_LOAD, &attr), "a program with relocations");
}

static long program_offset(void)
{
	char packet[64] = { 0 };
	union bpf_attr attr = {
		.test = { .prog_fd = (unsigned int)load_program(),
			  .data_in = (uintptr_t)packet,
			  .data_size_in = sizeof(packet) },
	};

	must(bpf(BPF_PROG_TEST_RUN, &attr), "run");
	return attr.test.retval;
}

static void prove_core(const char *argument)
{
	long expected = kernel_offset(), found;

	(void)argument;
	if (expected <= 0)
		failed("the kernel's types have no " STRUCTURE "." MEMBER);
	found = program_offset();
	if (found != expected)
		failed("a program finds " STRUCTURE "." MEMBER " at %ld, the kernel has it at %ld", found,
		       expected);
	passed("a program finds " STRUCTURE "." MEMBER " at byte %ld, as the kernel has it", found);
}

void prove_btf(void)
{
	if (is_on_cmdline("keelson.btf"))
		trial("btf", prove_core, NULL, PATIENCE);
}
