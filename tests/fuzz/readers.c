// SPDX-License-Identifier: GPL-2.0-only
// fuzz: sources scripts/kconf/fragment.c scripts/kconf/text.c scripts/kconf/dotconfig.c
// fuzz: sources scripts/kconf/unpack.c scripts/kconf/needs.c scripts/kconf/compare.c
// fuzz: sources scripts/lib/*.c; libs libdeflate jansson
/*
 * What people write, and others' files: fragments (f), .config (c), resolved configs (r),
 * configs/needs (n) and tables of options (t), by the first byte. Crashes, leaks and hangs count;
 * each file may be wrong.
 */
#include <stdint.h>
#include <stdlib.h>

#include "compare.h"
#include "dotconfig.h"
#include "needs.h"
#include "resolved.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A table against itself has no differences. */
static void compare_self(const char *text, size_t size)
{
	json_t *table = table_parse(text, size, "table"), *changes = json_object();

	if (table)
		compare_tables(changes, table, table, NULL);
	if (json_object_size(changes))
		abort();
	json_decref(table);
	json_decref(changes);
}

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
	} else if (*data == 't') {
		compare_self((const char *)data + 1, size - 1);
	}
	frag_free(&f);
	fclose(in);
	return 0;
}
