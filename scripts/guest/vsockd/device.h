// SPDX-License-Identifier: GPL-2.0-only
/* The device: packets go from its rings to vsock.c, and back. */
#ifndef DEVICE_H
#define DEVICE_H

#include "memory.h"
#include "vring.h"
#include "vsock.h"

/* In the order of virtio 1.2, 5.10.2. The third, for events, stays with QEMU. */
enum { RING_RX, RING_TX, RINGS };

struct device {
	struct memory memory;
	struct queue rings[RINGS];
	struct vsock vsock;
};

void device_init(struct device *d, uint64_t cid);
/* Moves packets both ways; true if there may be more to move. */
bool device_run(struct device *d);

#endif
