// SPDX-License-Identifier: GPL-2.0-only
/*
 * ticks - the frequency, in kHz, of the counter that QEMU without KVM gives an x86 guest as
 * its TSC: the host's TSC (cpu_get_host_ticks() in QEMU). A guest measures it against the PIT.
 * On a busy host that fails, and a guest without a PM timer (microvm) then hangs. Linux
 * accepts the value as tsc_early_khz= (Documentation/admin-guide/kernel-parameters.txt).
 */
#include <stdint.h>
#include <stdio.h>
#include <time.h>

#include "msg.h"
#include "options.h"

#if defined(__x86_64__) || defined(__i386__)
#include <x86intrin.h>

struct pair {
	uint64_t ticks, ns;
};

/* Read both clocks as closely together as a few tries allow. */
static struct pair both(void)
{
	struct pair best = { 0 };
	uint64_t least = UINT64_MAX;

	for (int i = 0; i < 64; i++) {
		const uint64_t before = __rdtsc();
		struct timespec t;
		uint64_t took;

		clock_gettime(CLOCK_MONOTONIC_RAW, &t);
		took = __rdtsc() - before;
		if (took < least) {
			least = took;
			best.ticks = before + took / 2;
			best.ns = (uint64_t)t.tv_sec * 1000000000 + (uint64_t)t.tv_nsec;
		}
	}
	return best;
}

static int measure(void)
{
	const struct timespec wait = { .tv_nsec = 50000000 };
	const struct pair start = both();
	struct pair end;

	nanosleep(&wait, NULL);
	end = both();
	printf("%.0f\n", (double)(end.ticks - start.ticks) / (double)(end.ns - start.ns) * 1e6);
	return 0;
}
#else
static int measure(void)
{
	say("this host has no TSC [no-tsc]");
	return FINDING;
}
#endif

int main(int argc, char **argv)
{
	static const struct command command = {
		.synopsis = "ticks",
		.about = "Prints the frequency of this host's TSC in kHz.\n",
		.status = "0 printed, 1 this host has no such counter, 2 could not run",
	};
	int status = options_read(&argc, &argv, &command, &(const struct opt)OPT_END);

	return status == GO_ON ? measure() : status;
}
