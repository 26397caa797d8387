// SPDX-License-Identifier: GPL-2.0-only
// fuzz: sources scripts/kaudit/cve_record.c scripts/kaudit/cve_version.c scripts/lib/*.c
// fuzz: libs jansson
/*
 * A record of a CVE, and after a byte 0 its .dyad; each release in them is looked up. Crashes, leaks
 * and hangs count; each input may be wrong.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "../../scripts/kaudit/cve.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void look_up(const struct cve *c, const char *release)
{
	struct version v;
	const char *by;

	if (!release || !version_parse(release, &v))
		return;
	blocks_state(c->block, c->blocks, &v, &by);
	cve_fixed_by(c, by);
	cve_introduced_by(c, by);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const uint8_t *zero = size ? memchr(data, 0, size) : NULL;
	const size_t record = zero ? (size_t)(zero - data) : size;
	struct buffer b = { 0 };
	struct cve c = { 0 };
	char *fault;

	buffer_add(&b, data, record);
	fault = cve_parse(&c, b.text, b.size);
	free(fault);
	b.size = 0;
	buffer_add(&b, zero ? zero + 1 : data + size, zero ? size - record - 1 : 0);
	fault = cve_dyad(&c, b.text);
	free(fault);
	look_up(&c, "6.12.107");
	for (size_t i = 0; i < c.blocks; i++)
		for (size_t j = 0; j < c.block[i].n; j++)
			look_up(&c, c.block[i].span[j].to_text);
	buffer_free(&b);
	cve_free(&c);
	return 0;
}
