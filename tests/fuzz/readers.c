// SPDX-License-Identifier: GPL-2.0-only
// fuzz: sources scripts/kconf/fragment.c scripts/kconf/text.c scripts/kconf/dotconfig.c
// fuzz: sources scripts/kconf/unpack.c scripts/kconf/needs.c scripts/lib/*.c; libs libdeflate
/*
 * What people write, and others' files: fragments (f), .config (c) and resolved configs
 * (r), and configs/needs (n), by the first byte. Crashes, leaks and hangs count; each file may be
 * wrong.
 */
#include <stdint.h>

#include "dotconfig.h"
#include "needs.h"
#include "resolved.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fragments f;
	struct dotconfig d = { 0 };
	struct needs n = { .path = "needs" };
	struct resolved r;
	FILE *in;

	if (size < 2)
		return -1;
	in = fmemopen((void *)(uintptr_t)(data + 1), size - 1, "r");
	if (!in)
		return -1;
	frag_init(&f, "x86_64", "6.12.107");
	f.archs = "arm64,s390x,x86_64";
	if (*data == 'f') {
		frag_read_stream(&f, in, "fragment", LAYER_BOARD);
		frag_find(&f, "NET");
		frag_waiver(&f, "NET");
	} else if (*data == 'c') {
		frag_init(&d.f, "x86_64", "6.12.107");
		dotconfig_read_stream(&d, in, "config");
		frag_free(&d.f);
	} else if (*data == 'r') {
		resolved_read_stream(&r, in, "resolved");
		resolved_free(&r);
	} else if (*data == 'n') {
		needs_read_stream(&n, in);
		needs_free(&n);
	}
	frag_free(&f);
	fclose(in);
	return 0;
}
