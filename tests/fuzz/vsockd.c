// SPDX-License-Identifier: GPL-2.0-only
// fuzz: sources scripts/guest/vsockd/device.c scripts/guest/vsockd/echo.c scripts/guest/vsockd/memory.c
// fuzz: sources scripts/guest/vsockd/rogue.c scripts/guest/vsockd/vring.c scripts/guest/vsockd/vsock.c
// fuzz: sources scripts/lib/*.c
/*
 * A guest of vsockd's: its memory, in which two rings lie that are right at first, and the packets that it
 * does. The first byte has the features, each further one begins a step:
 *
 *   0 OFFSET LENGTH BYTES...   writes anything anywhere; two bytes each for the first two
 *   1 OP TYPE SRC DST LEN FLAGS
 *                              puts a packet, with ports of a few, into the transmit ring
 *   2 N                        gives N buffers to the receive ring
 *   3                          has the device run
 */
#include <endian.h>
#include <linux/virtio_ring.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "../../scripts/guest/vsockd/device.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum {
	NUM = 16, /* descriptors of a ring */
	DESC = 0, AVAIL = 0x200, USED = 0x400, /* below a ring's part of the memory */
	PART = 0x800,
	BUFFERS = 0x2000, /* of both rings, one after the other */
	BUFFER = 0x400,
	MEMORY = BUFFERS + 2 * NUM * BUFFER,
	CID = 3,
};

struct input {
	const uint8_t *at;
	size_t left;
};

struct guest {
	uint8_t *memory;
	struct device device;
	uint16_t added[RINGS];
};

static uint8_t take(struct input *in)
{
	if (!in->left)
		return 0;
	in->left--;
	return *in->at++;
}

static uint16_t take_two(struct input *in)
{
	const uint16_t low = take(in);

	return (uint16_t)(low | take(in) << 8);
}

static void put16(struct guest *g, size_t at, uint16_t value)
{
	value = htole16(value);
	memcpy(g->memory + at, &value, sizeof(value));
}

static void set_up(struct guest *g, unsigned int ring, uint8_t features)
{
	struct queue *q = &g->device.rings[ring];
	const size_t part = (size_t)ring * PART;

	q->desc_user = part + DESC;
	q->avail_user = part + AVAIL;
	q->used_user = part + USED;
	q->num = NUM;
	q->event_idx = features & 1;
	q->indirect = features & 2;
	for (size_t i = 0; i < NUM; i++) {
		const struct vring_desc d = {
			.addr = htole64(BUFFERS + ((size_t)ring * NUM + i) * BUFFER),
			.len = htole32(BUFFER),
			.flags = htole16(ring == RING_RX ? VRING_DESC_F_WRITE : 0),
		};

		memcpy(g->memory + part + DESC + i * sizeof(d), &d, sizeof(d));
		put16(g, part + AVAIL + 4 + 2 * i, (uint16_t)i);
	}
	q->enabled = queue_start(q);
}

static void add(struct guest *g, unsigned int ring)
{
	put16(g, (size_t)ring * PART + AVAIL + 2, ++g->added[ring]);
}

static void write_any(struct guest *g, struct input *in)
{
	size_t at = take_two(in) % MEMORY, len = take_two(in) % 512;

	for (; len && at < MEMORY && in->left; len--)
		g->memory[at++] = take(in);
}

static void send_packet(struct guest *g, struct input *in)
{
	/* Echo, no service, narrow echo, calls, rogues, wide echo, and the one that forgets. */
	static const uint32_t ports[] = { 7, 9, 17, 65536 + 7, 1000, 1007, 1016, 65536, 27, 37 };
	struct virtio_vsock_hdr h = { .src_cid = htole64(CID), .dst_cid = htole64(VSOCK_HOST) };

	h.op = htole16(take(in));
	h.type = htole16(take(in));
	h.src_port = htole32(take(in) % 4);
	h.dst_port = htole32(ports[take(in) % 10]);
	h.len = htole32(take_two(in));
	h.flags = htole32(take(in));
	h.buf_alloc = htole32(BUFFER);
	memcpy(g->memory + BUFFERS + (size_t)(NUM + g->added[RING_TX] % NUM) * BUFFER, &h, sizeof(h));
	add(g, RING_TX);
}

static void step(struct guest *g, struct input *in)
{
	switch (take(in) % 4) {
	case 0:
		write_any(g, in);
		break;
	case 1:
		send_packet(g, in);
		break;
	case 2:
		for (unsigned int n = take(in) % NUM; n; n--)
			add(g, RING_RX);
		break;
	default:
		device_run(&g->device);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct guest g;
	struct input in = { data, size };
	uint8_t features;

	if (size < 2)
		return -1;
	memset(&g, 0, sizeof(g));
	g.memory = calloc(1, MEMORY);
	if (!g.memory)
		abort();
	device_init(&g.device, CID);
	g.device.memory.regions[0] = (struct region){ .size = MEMORY, .host = g.memory };
	g.device.memory.count = 1;
	features = take(&in);
	set_up(&g, RING_RX, features);
	set_up(&g, RING_TX, features);
	while (in.left)
		step(&g, &in);
	device_run(&g.device);
	vsock_reset(&g.device.vsock);
	free(g.memory);
	return 0;
}
