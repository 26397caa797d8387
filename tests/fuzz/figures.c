// SPDX-License-Identifier: GPL-2.0-only
// fuzz: sources scripts/guest/bootlog/figures.c scripts/guest/bootlog/page.c scripts/lib/*.c
// fuzz: libs jansson
/*
 * The files of bootlog rows, by the first byte: a report of a boot (r), and a page (p). A page that
 * is accepted has the same rows once it is printed.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "../../scripts/guest/bootlog/figures.h"
#include "mem.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void read_page(const char *text)
{
	struct page p = { .path = "page" }, again = { .path = "page" };
	struct buffer table = { 0 }, all = { 0 };
	char *copy = mem_strdup(text);

	if (page_parse(&p, copy)) {
		page_print(&p, &table, &all);
		if (!page_parse(&again, all.text) || again.n != p.n)
			abort();
		for (size_t i = 0; i < p.n; i++)
			if (strcmp(p.row[i].text, again.row[i].text) != 0)
				abort();
	}
	page_free(&p);
	page_free(&again);
	buffer_free(&table);
	buffer_free(&all);
	free(copy);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct buffer b = { 0 };
	struct boot boot;

	if (size < 2)
		return -1;
	buffer_add(&b, data + 1, size - 1);
	if (*data == 'r') {
		char *wrong = boot_parse(&boot, &b);

		if (!wrong && (boot.init_ms < 0 || boot.gone_mib < 0))
			abort();
		free(wrong);
	} else if (*data == 'p') {
		read_page(b.text);
	}
	buffer_free(&b);
	return 0;
}
