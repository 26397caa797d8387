// SPDX-License-Identifier: GPL-2.0-only
// fuzz: sources scripts/kaudit/policy.c scripts/kaudit/check.c scripts/kaudit/facts.c
// fuzz: sources scripts/kaudit/unpack.c scripts/lib/*.c; libs zlib
/*
 * Policies (p), whose examples are run, and files with a config (c), by the first byte. Crashes,
 * leaks and hangs count; each input may be wrong.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "../../scripts/kaudit/kaudit.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void policy(const struct buffer *b)
{
	struct policies p = { 0 };
	struct facts f = { 0 };
	char *text = mem_strdup(b->text ? b->text : "");

	policy_parse(&p, "fuzzed.policy", text);
	policy_examples(&p);
	facts_cmdline(&f, "quiet a=1 sysctl.kernel.x=1");
	for (size_t i = 0; i < p.n; i++) {
		free(rule_excluded(&p.rule[i], "s390x", "6.12.107"));
		if (p.rule[i].check)
			check_truth(p.rule[i].check, &f);
	}
	facts_free(&f);
	policies_free(&p);
	free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct buffer b = { 0 };

	if (!size)
		return -1;
	buffer_add(&b, data + 1, size - 1);
	if (*data == 'p')
		policy(&b);
	else if (*data == 'c')
		unpack_config(&b);
	buffer_free(&b);
	return 0;
}
