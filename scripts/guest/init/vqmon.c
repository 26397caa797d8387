// SPDX-License-Identifier: GPL-2.0-only
/* modules/virtio_vqmon: its counts, its refusals, and its loading and removal. */
#include <dirent.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "guest.h"
#include "trial.h"

#define NAME "virtio_vqmon"
#define REPORT "/proc/virtio_vqmon"
#define PARAMETERS "/sys/module/virtio_vqmon/parameters/"

enum {
	PATIENCE = 60, /* seconds */
	BUCKETS = 9,
	RNG = 4, /* ids of devices that no other trial needs */
	BALLOON = 5,
	CYCLES = 50,
};

struct row {
	char device[32], name[32];
	unsigned int id, queue, size, used, peak;
	unsigned long samples, full;
};

/* Take the numbers between commas at *TEXT; their sum, and N of them. */
static unsigned long sum(char *text, unsigned int *n)
{
	unsigned long all = 0;
	char *one;

	for (*n = 0; (one = strsep(&text, ",")); ++*n)
		all += strtoul(one, NULL, 10);
	return all;
}

/* The first row of a device by its ID; false without one. All rows must add up. */
static bool find_row(unsigned int id, struct row *found)
{
	char *text = slurp(REPORT), *rest = text, *line, eighths[256];
	bool is = false;

	if (!text)
		failed("%s: %s", REPORT, strerror(errno));
	line = strsep(&rest, "\n");
	if (strcmp(line, "device id queue name size used peak samples full eighths"))
		failed("the first line is '%s'", line);
	while ((line = strsep(&rest, "\n"))) {
		struct row r;
		unsigned int n;

		if (sscanf(line, "%31s %u %u %31s %u %u %u %lu %lu %255s", r.device, &r.id, &r.queue, r.name,
			   &r.size, &r.used, &r.peak, &r.samples, &r.full, eighths) != 10)
			failed("a line is '%s'", line);
		if (r.used > r.peak || r.peak > r.size || sum(eighths, &n) != r.samples || n != BUCKETS)
			failed("does not add up: '%s'", line);
		if (!is && r.id == id) {
			*found = r;
			is = true;
		}
	}
	free(text);
	return is;
}

static void prove_samples(const char *argument)
{
	static const char ms[] = PARAMETERS "sample_ms";
	struct row first, later;

	(void)argument;
	if (!find_row(RNG, &first))
		failed("the source of random numbers has no row");
	if (!find_row(RNG, &later) || later.samples != first.samples + 1)
		failed("a read does not count once: %lu, then %lu", first.samples, later.samples);
	expect(ms, "60001", EINVAL);
	expect(ms, "-1", EINVAL);
	expect(ms, "4294967296", ERANGE);
	expect(ms, "soon", EINVAL);
	expect_told(NAME ": sample_ms takes 0 to 60000");
	expect(ms, "60000", 0);
	expect(ms, "10", 0);
	wait_ms(1000);
	expect(ms, "0", 0);
	if (!find_row(RNG, &later) || later.samples < first.samples + 10)
		failed("every 10 ms for a second are %lu samples", later.samples - first.samples);
	wait_ms(100);
	find_row(RNG, &first);
	wait_ms(200);
	find_row(RNG, &later);
	if (later.samples != first.samples + 1)
		failed("0 does not stop it: %lu, then %lu", first.samples, later.samples);
	expect(REPORT, "anything", 0);
	if (!find_row(RNG, &later) || later.samples != 1)
		failed("%lu samples after a request to begin anew", later.samples);
	passed("%s %s of %u descriptors, sampled", later.device, later.name, later.size);
}

/* How many interrupts by the name virtio* go to one processor alone. */
static unsigned int placed(void)
{
	DIR *irqs = opendir("/proc/irq");
	struct dirent *irq, *action;
	unsigned int n = 0;

	while (irqs && (irq = readdir(irqs))) {
		char path[300], *list;
		DIR *dir;

		snprintf(path, sizeof(path), "/proc/irq/%.250s", irq->d_name);
		dir = irq->d_name[0] == '.' ? NULL : opendir(path);
		list = slurpf("/proc/irq/%s/smp_affinity_list", irq->d_name);
		while (dir && (action = readdir(dir)))
			n += !strncmp(action->d_name, "virtio", 6) && list && strlen(list) == 1;
		free(list);
		if (dir)
			closedir(dir);
	}
	if (irqs)
		closedir(irqs);
	return n;
}

/*
 * Has an interrupt more than one queue, and no user may place it? On s390x, where adapters have
 * one for all that they carry, and on PCI without MSI, as riscv64's virt has it.
 */
static bool shares_interrupts(void)
{
	static const char device[] = "/sys/bus/virtio/devices/virtio0/..";
	struct utsname uts;
	char class[64], msi[64];

	uname(&uts);
	snprintf(class, sizeof(class), "%s/class", device);
	snprintf(msi, sizeof(msi), "%s/msi_irqs", device);
	return !strcmp(uts.machine, "s390x") || (!access(class, F_OK) && access(msi, F_OK));
}

static void prove_spread(const char *argument)
{
	static const char spread[] = PARAMETERS "spread", cpu1[] = "/sys/devices/system/cpu/cpu1/online";
	unsigned int before = placed(), after;

	(void)argument;
	expect(spread, "2", EINVAL);
	expect(spread, "soon", EINVAL);
	expect_told(NAME ": spread takes 0 or 1");
	expect(spread, "1", 0);
	after = placed();
	if (shares_interrupts() ? after != before : after <= before)
		failed("%u interrupts go to one processor, before %u", after, before);
	if (!access(cpu1, F_OK)) {
		expect(cpu1, "0", 0);
		expect(spread, "1", 0);
		expect(cpu1, "1", 0);
		expect(spread, "1", 0);
	}
	passed("%u interrupts go to one processor, %u did before", after, before);
}

/* Not the source of random numbers: in 6.1 its driver hangs when it goes, with this module or without. */
static void prove_rebind(const char *argument)
{
	static const char driver[] = "/sys/bus/virtio/drivers/virtio_balloon/";
	char path[128];
	struct row r, again;

	(void)argument;
	expect(PARAMETERS "sample_ms", "1", 0);
	if (!find_row(BALLOON, &r))
		failed("the balloon has no row");
	for (int i = 0; i < CYCLES; i++) {
		snprintf(path, sizeof(path), "%sunbind", driver);
		expect(path, r.device, 0);
		if (find_row(BALLOON, &again))
			failed("its row stays when its driver goes");
		snprintf(path, sizeof(path), "%sbind", driver);
		expect(path, r.device, 0);
		if (!find_row(BALLOON, &again))
			failed("its row does not come back");
	}
	expect(PARAMETERS "sample_ms", "0", 0);
	passed("%s bound %d times", r.device, CYCLES);
}

static void prove_reload(const char *argument)
{
	const int n = cycles(CYCLES);
	int error;

	(void)argument;
	for (int i = 0; i < n; i++) {
		error = remove_module(NAME);
		if (error)
			failed("cannot be removed: %s", strerror(error));
		if (!access(REPORT, F_OK))
			failed("%s is still there", REPORT);
		/* The kernel has a line in its log for each. */
		error = i == 0 ? insert_module(NAME, "sample_ms=60001") :
			i == 1 ? insert_module(NAME, "spread=soon") :
				 EINVAL;
		if (error != EINVAL)
			failed("a parameter that is none: %s", strerror(error));
		error = insert_module(NAME, "sample_ms=1 spread=1");
		if (error)
			failed("cannot be loaded again: %s", strerror(error));
	}
	passed("loaded %d times, sampling", n);
}

void prove_vqmon(void)
{
	if (access("/sys/module/" NAME, F_OK))
		return;
	trial("vqmon-samples", prove_samples, NULL, PATIENCE);
	trial("vqmon-spread", prove_spread, NULL, PATIENCE);
	trial("vqmon-rebind", prove_rebind, NULL, PATIENCE);
	trial("vqmon-reload", prove_reload, NULL, PATIENCE + 4 * (unsigned int)cycles(CYCLES));
}
