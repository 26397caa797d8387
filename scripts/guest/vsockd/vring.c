// SPDX-License-Identifier: GPL-2.0-only
#include <endian.h>
#include <linux/virtio_ring.h>
#include <string.h>
#include <unistd.h>

#include "msg.h"
#include "vring.h"

void queue_signal(int fd)
{
	const uint64_t one = 1;

	/* The write to an eventfd only fails after 2^64 signals. */
	if (fd >= 0 && write(fd, &one, sizeof(one)) < 0)
		return;
}

void queue_init(struct queue *q, const struct memory *m, const char *name)
{
	memset(q, 0, sizeof(*q));
	q->memory = m;
	q->name = name;
	q->kick = q->call = q->err = -1;
}

bool queue_map(struct queue *q)
{
	const size_t event = sizeof(uint16_t);
	void *desc = memory_at_user(q->memory, q->desc_user, q->num * sizeof(*q->desc));
	void *avail = memory_at_user(q->memory, q->avail_user,
				     sizeof(*q->avail) + q->num * sizeof(uint16_t) + event);
	void *used = memory_at_user(q->memory, q->used_user,
				    sizeof(*q->used) + q->num * sizeof(*q->used->ring) + event);

	if (!q->num || !desc || !avail || !used)
		return false;
	if ((uintptr_t)desc % VRING_DESC_ALIGN_SIZE || (uintptr_t)avail % VRING_AVAIL_ALIGN_SIZE ||
	    (uintptr_t)used % VRING_USED_ALIGN_SIZE)
		return false;
	q->desc = desc;
	q->avail = avail;
	q->used = used;
	return true;
}

bool queue_start(struct queue *q)
{
	if (!queue_map(q))
		return false;
	q->next_used = le16toh(__atomic_load_n(&q->used->idx, __ATOMIC_RELAXED));
	q->signalled = q->next_used;
	q->blamed = false;
	q->started = true;
	return true;
}

void queue_stop(struct queue *q)
{
	q->started = false;
	q->desc = NULL;
	q->avail = NULL;
	q->used = NULL;
}

void queue_blame(struct queue *q, const char *what)
{
	if (!q->blamed)
		say("%s ring: %s; the guest's driver is wrong", q->name, what);
	q->blamed = true;
}

static bool broken(struct queue *q)
{
	/* Report it even after another report on this ring: it is the last one. */
	q->blamed = false;
	queue_blame(q, "an index is out of range, and the ring rests [bad-index]");
	queue_signal(q->err);
	queue_stop(q);
	return false;
}

static uint16_t avail_idx(const struct queue *q)
{
	return le16toh(__atomic_load_n(&q->avail->idx, __ATOMIC_ACQUIRE));
}

/* Has the guest added a buffer? If not, request a kick for the next one. */
static bool look(struct queue *q)
{
	uint16_t idx = avail_idx(q);

	if (idx == q->next_avail && q->event_idx) {
		void *event = &q->used->ring[q->num];

		__atomic_store_n((uint16_t *)event, htole16(idx), __ATOMIC_RELAXED);
		__atomic_thread_fence(__ATOMIC_SEQ_CST);
		idx = avail_idx(q);
	}
	if ((uint16_t)(idx - q->next_avail) > q->num)
		return broken(q);
	return idx != q->next_avail;
}

/* A buffer may extend over adjacent regions. */
static bool add_buffer(struct queue *q, struct chain *c, const struct vring_desc *d)
{
	uint64_t addr = le64toh(d->addr);
	size_t len = le32toh(d->len);
	const bool writable = le16toh(d->flags) & VRING_DESC_F_WRITE;

	if (!writable && c->writable)
		return false;
	while (len) {
		const unsigned int n = c->readable + c->writable;
		size_t piece = len;
		void *at = memory_at(q->memory, addr, &piece);

		if (!at || n == CHAIN_PIECES)
			return false;
		c->pieces[n] = (struct iovec){ .iov_base = at, .iov_len = piece };
		if (writable)
			c->writable++;
		else
			c->readable++;
		addr += piece;
		len -= piece;
	}
	return true;
}

/* The table has as many descriptors as its size says; each is read at most once. */
static bool add_indirect(struct queue *q, struct chain *c, const struct vring_desc *d)
{
	const uint64_t table = le64toh(d->addr);
	const uint32_t len = le32toh(d->len);
	const uint32_t num = len / sizeof(*d);
	uint32_t i = 0;

	if (!q->indirect || !len || len % sizeof(*d) || num > CHAIN_PIECES)
		return false;
	for (uint32_t n = 0; n < num; n++) {
		struct vring_desc e;

		if (i >= num || !memory_read(q->memory, table + i * sizeof(e), &e, sizeof(e)) ||
		    le16toh(e.flags) & VRING_DESC_F_INDIRECT || !add_buffer(q, c, &e))
			return false;
		if (!(le16toh(e.flags) & VRING_DESC_F_NEXT))
			return true;
		i = le16toh(e.next);
	}
	return false;
}

static bool read_chain(struct queue *q, struct chain *c)
{
	uint16_t i = c->head;

	/* No chain is longer than the ring: a longer one is a loop. */
	for (unsigned int n = 0; n < q->num; n++) {
		struct vring_desc d;

		if (i >= q->num)
			return false;
		memcpy(&d, &q->desc[i], sizeof(d));
		if (le16toh(d.flags) & VRING_DESC_F_INDIRECT)
			return !(le16toh(d.flags) & VRING_DESC_F_NEXT) && add_indirect(q, c, &d);
		if (!add_buffer(q, c, &d))
			return false;
		if (!(le16toh(d.flags) & VRING_DESC_F_NEXT))
			return true;
		i = le16toh(d.next);
	}
	return false;
}

bool queue_pop(struct queue *q, struct chain *c)
{
	const uint16_t *slot;

	if (!queue_runs(q) || !look(q))
		return false;
	slot = &q->avail->ring[q->next_avail & (q->num - 1)];
	c->head = le16toh(__atomic_load_n(slot, __ATOMIC_RELAXED));
	c->readable = c->writable = 0;
	if (c->head >= q->num)
		return broken(q);
	q->next_avail++;
	if (!read_chain(q, c)) {
		queue_blame(q, "a descriptor is not valid, and its chain was skipped [bad-descriptor]");
		c->readable = c->writable = 0;
	}
	return true;
}

void queue_unpop(struct queue *q)
{
	q->next_avail--;
}

void queue_push(struct queue *q, const struct chain *c, uint32_t written)
{
	struct vring_used_elem *e = &q->used->ring[q->next_used & (q->num - 1)];

	e->id = htole32(c->head);
	e->len = htole32(written);
	q->next_used++;
	__atomic_store_n(&q->used->idx, htole16(q->next_used), __ATOMIC_RELEASE);
}

static bool wants_signal(const struct queue *q)
{
	if (q->event_idx) {
		const uint16_t *event = &q->avail->ring[q->num];

		return vring_need_event(le16toh(__atomic_load_n(event, __ATOMIC_RELAXED)),
					q->next_used, q->signalled);
	}
	return !(le16toh(__atomic_load_n(&q->avail->flags, __ATOMIC_RELAXED)) &
		 VRING_AVAIL_F_NO_INTERRUPT);
}

void queue_notify(struct queue *q)
{
	if (!queue_runs(q) || q->signalled == q->next_used)
		return;
	/* The guest must see the index before we read whether it waits for it. */
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
	if (wants_signal(q))
		queue_signal(q->call);
	q->signalled = q->next_used;
}
