// SPDX-License-Identifier: GPL-2.0-only
#include <endian.h>
#include <string.h>

#include "device.h"
#include "rogue.h"

struct packet {
	struct virtio_vsock_hdr head;
	uint8_t data[VSOCK_PAYLOAD_MAX];
};

/* Up to @max bytes of what the guest wrote, and how many they are. */
static size_t gather(const struct chain *c, void *to, size_t max)
{
	size_t done = 0;

	for (unsigned int i = 0; i < c->readable && done < max; i++) {
		const struct iovec *p = &c->pieces[i];
		const size_t part = p->iov_len < max - done ? p->iov_len : max - done;

		memcpy((uint8_t *)to + done, p->iov_base, part);
		done += part;
	}
	return done;
}

/* The guest's buffer must have room for @len bytes. */
static void scatter(const struct chain *c, const void *from, size_t len)
{
	size_t done = 0;

	for (const struct iovec *p = c->pieces + c->readable; done < len; p++) {
		const size_t part = p->iov_len < len - done ? p->iov_len : len - done;

		memcpy(p->iov_base, (const uint8_t *)from + done, part);
		done += part;
	}
}

static size_t room_in(const struct chain *c)
{
	size_t room = 0;

	for (unsigned int i = 0; i < c->writable; i++)
		room += c->pieces[c->readable + i].iov_len;
	return room;
}

/* At most as many as the ring holds, so that a busy guest does not delay its answers. */
static bool take_packets(struct device *d, struct chain *c, struct packet *p)
{
	struct queue *q = &d->rings[RING_TX];
	unsigned int n = 0;

	for (; n < q->num && vsock_has_room(&d->vsock) && queue_pop(q, c); n++) {
		const size_t len = gather(c, p, sizeof(*p));

		if (len >= sizeof(p->head))
			vsock_recv(&d->vsock, &p->head, p->data, len - sizeof(p->head),
				   c->readable > 2);
		else
			queue_blame(q, "a packet has no whole header [bad-packet]");
		queue_push(q, c, 0);
	}
	queue_notify(q);
	return n;
}

static bool give_packets(struct device *d, struct chain *c, struct packet *p)
{
	struct queue *q = &d->rings[RING_RX];
	unsigned int n = 0;

	for (; n < q->num && queue_pop(q, c); n++) {
		const size_t room = room_in(c);
		size_t max, len;
		uint32_t used = 0;

		if (room > sizeof(p->head)) {
			max = room - sizeof(p->head);
			if (!vsock_next(&d->vsock, &p->head, p->data,
					max < sizeof(p->data) ? max : sizeof(p->data))) {
				queue_unpop(q);
				break;
			}
			len = sizeof(p->head) + le32toh(p->head.len);
			used = rogue_twist(&p->head, (uint32_t)len);
			scatter(c, p, len);
		} else {
			queue_blame(q, "a buffer is too small for a packet [small-buffer]");
		}
		queue_push(q, c, used);
	}
	queue_notify(q);
	return n;
}

bool device_run(struct device *d)
{
	static struct chain chain;
	static struct packet packet;
	const bool took = take_packets(d, &chain, &packet);

	return give_packets(d, &chain, &packet) || took;
}

void device_init(struct device *d, uint64_t cid)
{
	memset(d, 0, sizeof(*d));
	vsock_init(&d->vsock, cid);
	queue_init(&d->rings[RING_RX], &d->memory, "receive");
	queue_init(&d->rings[RING_TX], &d->memory, "transmit");
}
