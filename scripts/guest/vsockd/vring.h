// SPDX-License-Identifier: GPL-2.0-only
/*
 * One split virtqueue, seen from the device (virtio 1.2, 2.7).
 *
 * An invalid chain is handed out empty, and is returned to the guest as any other. An invalid
 * ring (an index out of range) is broken: vsockd ignores it until the front end sets it up anew,
 * since the guest's intention is unknown.
 */
#ifndef VRING_H
#define VRING_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/uio.h>

#include "memory.h"

/* More pieces than any driver's chain has; a longer one is not valid. */
#define CHAIN_PIECES 1024
/* The specification's limit. */
#define QUEUE_MAX    32768

struct vring_desc;
struct vring_avail;
struct vring_used;

struct queue {
	const struct memory *memory;
	const char *name;
	/* The front end's addresses, to be looked up anew with each memory table. */
	uint64_t desc_user, avail_user, used_user;
	const struct vring_desc *desc;
	struct vring_avail *avail;
	struct vring_used *used;
	uint16_t num;
	uint16_t next_avail; /* the next entry to take */
	uint16_t next_used;
	uint16_t signalled; /* next_used at the last signal to the guest */
	bool event_idx, indirect; /* as negotiated */
	bool enabled, started;
	bool blamed; /* messages since the start: a guest can't make us write without end */
	int kick, call, err;
};

struct chain {
	uint16_t head;
	unsigned int readable, writable; /* pieces: first the guest's data, then its room */
	struct iovec pieces[CHAIN_PIECES];
};

void queue_init(struct queue *q, const struct memory *m, const char *name);

/* Finds the ring in the memory; false if it isn't there. A started queue needs it anew
 * whenever the memory table changes. */
bool queue_map(struct queue *q);
bool queue_start(struct queue *q);
void queue_stop(struct queue *q);
static inline bool queue_runs(const struct queue *q)
{
	return q->started && q->enabled;
}

/* The next chain, if there is one. Each must be given back, by one of the next two. */
bool queue_pop(struct queue *q, struct chain *c);
void queue_push(struct queue *q, const struct chain *c, uint32_t written);
void queue_unpop(struct queue *q);
/* Wakes the other end of @fd, unless @fd is -1. */
void queue_signal(int fd);
/* Reports on stderr the guest's first error. */
void queue_blame(struct queue *q, const char *what);
/* Signals to the guest the pushed buffers, if it wants a signal. */
void queue_notify(struct queue *q);

#endif
