/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef VIRTIO_VQMON_H
#define VIRTIO_VQMON_H

#include <linux/types.h>

#define VQMON_BUCKETS	9	/* by eighths of the size, the last for full queues */

/* The place in the histogram of so many descriptors in use of SIZE, which is not 0. */
static inline unsigned int vqmon_bucket(unsigned int used, unsigned int size)
{
	return used * (VQMON_BUCKETS - 1) / size;
}

#endif
