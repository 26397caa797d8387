// SPDX-License-Identifier: GPL-2.0-only
/*
 * Disks and network cards other than virtio's, by the name of their driver: each must pass the
 * trial of the virtio device.
 */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "guest.h"
#include "trial.h"

enum { PATIENCE = 30 /* seconds for one device */ };

static int visible(const struct dirent *entry)
{
	return entry->d_name[0] != '.';
}

/* The driver of the device /sys/class/CLASS/NAME, to free; NULL without one. */
static char *driver_of(const char *class, const char *name)
{
	char *driver = link_end("/sys/class/%s/%s/device/driver", class, name);

	/* NVMe has one more device between the two. */
	return driver ? driver : link_end("/sys/class/%s/%s/device/device/driver", class, name);
}

static void prove_class(const char *class, void (*prove)(const char *name))
{
	struct dirent **entries;
	char dir[64];
	int n;

	snprintf(dir, sizeof(dir), "/sys/class/%s", class);
	n = scandir(dir, &entries, visible, alphasort);
	for (int i = 0; i < n; i++) {
		char *driver = driver_of(class, entries[i]->d_name);

		if (driver && strncmp(driver, "virtio", 6))
			trial(driver, prove, entries[i]->d_name, PATIENCE);
		free(driver);
		free(entries[i]);
	}
	if (n >= 0)
		free(entries);
}

void prove_hardware(void)
{
	prove_class("block", prove_disk);
	prove_class("net", prove_link);
}
