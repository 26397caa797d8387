// SPDX-License-Identifier: GPL-2.0-only
// fuzz: sources scripts/guest/bootlog/list.c scripts/guest/bootlog/read.c scripts/guest/bootlog/judge.c
// fuzz: sources scripts/guest/bootlog/print.c scripts/lib/*.c; libs jansson
/*
 * A console, as a guest may write it. By the first byte it is read with the secret of the boot,
 * which records of it may have or not, or without; and the report is JSON or text. No console
 * holds that lacks the secret.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "../../scripts/guest/bootlog/bootlog.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char secret[] = "0123456789abcdef";
	struct wanted w = { .expect = "net", .release = "1", .ram_mib = 512, .cpus = 2 };
	struct report r;
	int verdict;
	FILE *in;

	if (size < 2)
		return -1;
	in = fmemopen((void *)(uintptr_t)(data + 1), size - 1, "r");
	if (!in)
		return -1;
	report_init(&r);
	if (*data & 1) {
		r.prefix = "keelson: 0123456789abcdef ";
		r.secret = true;
	}
	w.strict = *data & 4;
	for_lines(in, read_line, &r);
	read_end(&r);
	verdict = judge(&r, &w);
	if (*data & 2 ? !print_json(&r, &w, verdict) : (print_text(&r, &w, verdict), false))
		abort();
	if (verdict == DONE && !memmem(data, size, secret, sizeof(secret) - 1))
		abort();
	report_free(&r);
	fclose(in);
	return 0;
}
