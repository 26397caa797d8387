// SPDX-License-Identifier: GPL-2.0-only
/*
 * The device's side of virtio-vsock (virtio 1.2, 5.10) for a host that accepts connections to
 * the echo service, and connects to the guest on request. It handles packets only, not rings:
 * packets of the guest go in by vsock_recv(), packets for it are fetched with vsock_next()
 * whenever the guest has room for one. All memory has a bound: so many connections, so much
 * unread data in each (the credit that the guest gets) and so many messages, so many resets
 * that the guest is yet to fetch.
 */
#ifndef VSOCK_H
#define VSOCK_H

#include <linux/virtio_vsock.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/queue.h>

#define VSOCK_HOST 2 /* the host's CID, always */
#define VSOCK_PAYLOAD_MAX (64u << 10)
#define VSOCK_CONNECTIONS 256
#define VSOCK_MESSAGES 64
#define VSOCK_RESETS 256

/* An echo like a device that takes a packet's data in one piece, and ends a connection with more. */
#define VSOCK_NARROW_PORT 17
/* An echo with as much room as the guest has at its request, from ECHO_ROOM to ECHO_ROOM_MAX. */
#define VSOCK_WIDE_PORT 27
/* A connection to this has the host forget all others, as one does that restores a snapshot. */
#define VSOCK_FORGET_PORT 37
/* A stream to this + N has the host connect to the guest's port N, and gets the outcome. */
#define VSOCK_CALL_PORT (1u << 16)

TAILQ_HEAD(vsock_list, vsock_conn);

struct vsock {
	uint64_t guest_cid;
	struct vsock_list all;
	unsigned int open, over;
	uint32_t calls; /* connections that the host has made */
};

void vsock_init(struct vsock *v, uint64_t guest_cid);
/* Forgets all connections, and sends the guest nothing. */
void vsock_reset(struct vsock *v);

/* While this is false, no packet must be taken from the guest: it must fetch resets first. */
bool vsock_has_room(const struct vsock *v);
/*
 * Takes a packet; @len bytes came with the header, which says how many are its own, and if
 * @split, they were in more than one piece.
 */
void vsock_recv(struct vsock *v, const struct virtio_vsock_hdr *h, const uint8_t *data, size_t len,
		bool split);
/* The next packet for the guest, with up to @room (not 0) bytes of payload, if there is one. */
bool vsock_next(struct vsock *v, struct virtio_vsock_hdr *h, uint8_t *data, size_t room);

#endif
