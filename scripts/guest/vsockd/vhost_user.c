// SPDX-License-Identifier: GPL-2.0-only
#include <endian.h>
#include <errno.h>
#include <linux/virtio_config.h>
#include <linux/virtio_ring.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "msg.h"
#include "vhost_user.h"

#define BIT(n) (1ULL << (n))

/* In the flags of a message, and in the number of a ring that comes with a descriptor. */
enum { VERSION = 1, VERSION_MASK = 3, IS_REPLY = 4, NEED_REPLY = 8 };
enum { RING_MASK = 0xff, RING_NO_FD = 0x100 };

static const uint64_t f_indirect = BIT(VIRTIO_RING_F_INDIRECT_DESC);
static const uint64_t f_event_idx = BIT(VIRTIO_RING_F_EVENT_IDX);
static const uint64_t f_protocol = BIT(30);
static const uint64_t features = BIT(VIRTIO_VSOCK_F_SEQPACKET) | BIT(VIRTIO_F_VERSION_1) |
				 BIT(VIRTIO_RING_F_INDIRECT_DESC) | BIT(VIRTIO_RING_F_EVENT_IDX) |
				 BIT(30);
static const uint64_t p_reply_ack = BIT(3), p_config = BIT(9);

enum {
	GET_FEATURES = 1,
	SET_FEATURES = 2,
	SET_OWNER = 3,
	RESET_OWNER = 4,
	SET_MEM_TABLE = 5,
	SET_VRING_NUM = 8,
	SET_VRING_ADDR = 9,
	SET_VRING_BASE = 10,
	GET_VRING_BASE = 11,
	SET_VRING_KICK = 12,
	SET_VRING_CALL = 13,
	SET_VRING_ERR = 14,
	GET_PROTOCOL_FEATURES = 15,
	SET_PROTOCOL_FEATURES = 16,
	SET_VRING_ENABLE = 18,
	GET_CONFIG = 24,
};

union payload {
	uint64_t u64;
	struct {
		uint32_t index, num;
	} state;
	struct {
		uint32_t index, flags;
		uint64_t desc, used, avail, log;
	} addr;
	struct {
		uint32_t count, padding;
		struct {
			uint64_t guest, size, user, offset;
		} regions[MEMORY_REGIONS];
	} memory;
	struct {
		uint32_t offset, size, flags;
		uint8_t bytes[256];
	} config;
};

#define CONFIG_HEAD offsetof(union payload, config.bytes)
#define MEMORY_HEAD offsetof(union payload, memory.regions)

struct session {
	int fd;
	struct device *device;
	uint64_t protocol_features;

	/* The received message, and the answer. */
	struct {
		uint32_t request, flags, size;
	} head;
	union payload p;
	struct queue *ring; /* that it is about */
	int fds[MEMORY_REGIONS];
	unsigned int num_fds;
};

enum outcome { REFUSED, TAKEN, REPLY };

static enum outcome refuse(const struct session *s, const char *why)
{
	say("message %u of the front end: %s; it must be QEMU's vhost-user-vsock", s->head.request,
	    why);
	return REFUSED;
}

static enum outcome reply_u64(struct session *s, uint64_t value)
{
	s->p.u64 = value;
	s->head.size = sizeof(s->p.u64);
	return REPLY;
}

/* ---- the device as a whole -------------------------------------------------------- */

static enum outcome nothing(struct session *s)
{
	(void)s;
	return TAKEN;
}

static enum outcome get_features(struct session *s)
{
	return reply_u64(s, features);
}

static enum outcome get_protocol_features(struct session *s)
{
	return reply_u64(s, p_reply_ack | p_config);
}

static enum outcome set_features(struct session *s)
{
	if (s->p.u64 & ~features)
		return refuse(s, "a feature that was not offered [not-offered]");
	for (unsigned int i = 0; i < RINGS; i++) {
		struct queue *q = &s->device->rings[i];

		q->indirect = s->p.u64 & f_indirect;
		q->event_idx = s->p.u64 & f_event_idx;
		/* A front end that can't enable rings has them enabled from the start. */
		if (!(s->p.u64 & f_protocol))
			q->enabled = true;
	}
	return TAKEN;
}

static enum outcome set_protocol_features(struct session *s)
{
	if (s->p.u64 & ~(p_reply_ack | p_config))
		return refuse(s, "a protocol feature that was not offered [not-offered]");
	s->protocol_features = s->p.u64;
	return TAKEN;
}

/* The configuration is the guest's CID, and can't be changed. No payload says no. */
static enum outcome get_config(struct session *s)
{
	const uint64_t cid = htole64(s->device->vsock.guest_cid);
	const uint32_t offset = s->p.config.offset, size = s->p.config.size;

	if (s->head.size < CONFIG_HEAD || size > sizeof(s->p.config.bytes) ||
	    s->head.size != CONFIG_HEAD + size)
		return refuse(s, "its size is wrong [wrong-size]");
	if (offset > sizeof(cid) || size > sizeof(cid) - offset)
		s->head.size = 0;
	else
		memcpy(s->p.config.bytes, (const uint8_t *)&cid + offset, size);
	return REPLY;
}

static enum outcome set_memory(struct session *s)
{
	struct device *d = s->device;
	const uint32_t count = s->p.memory.count;

	if (s->head.size < MEMORY_HEAD || count > MEMORY_REGIONS ||
	    s->head.size < MEMORY_HEAD + count * sizeof(s->p.memory.regions[0]))
		return refuse(s, "its size is wrong [wrong-size]");
	if (count != s->num_fds)
		return refuse(s, "not one file descriptor for each memory region [no-descriptor]");
	memory_clear(&d->memory);
	for (uint32_t i = 0; i < count; i++)
		if (!memory_add(&d->memory, s->p.memory.regions[i].guest,
				s->p.memory.regions[i].user, s->p.memory.regions[i].size,
				s->p.memory.regions[i].offset, s->fds[i]))
			return REFUSED;
	for (unsigned int i = 0; i < RINGS; i++)
		if (d->rings[i].started && !queue_map(&d->rings[i]))
			return refuse(s, "a ring that runs is not in the memory [bad-ring]");
	return TAKEN;
}

/* ---- rings ------------------------------------------------------------------------ */

static enum outcome set_ring_num(struct session *s)
{
	struct queue *q = s->ring;
	const uint32_t num = s->p.state.num;

	if (q->started)
		return refuse(s, "the ring runs [ring-runs]");
	if (!num || num > QUEUE_MAX || num & (num - 1))
		return refuse(s, "the size of the ring is not a power of two up to 32768 [bad-ring]");
	q->num = (uint16_t)num;
	return TAKEN;
}

static enum outcome set_ring_addr(struct session *s)
{
	struct queue *q = s->ring;

	q->desc_user = s->p.addr.desc;
	q->avail_user = s->p.addr.avail;
	q->used_user = s->p.addr.used;
	if (q->started && !queue_map(q))
		return refuse(s, "the ring is not in the memory [bad-ring]");
	return TAKEN;
}

static enum outcome set_ring_base(struct session *s)
{
	struct queue *q = s->ring;

	if (q->started)
		return refuse(s, "the ring runs [ring-runs]");
	q->next_avail = (uint16_t)s->p.state.num;
	/* From 0: the driver starts anew, and has no connection. */
	if (!q->next_avail)
		vsock_reset(&s->device->vsock);
	return TAKEN;
}

static enum outcome set_ring_enable(struct session *s)
{
	s->ring->enabled = s->p.state.num;
	return TAKEN;
}

/* Replaces @old by the message's descriptor; the caller owns it from now on. */
static void replace_fd(int *old, struct session *s)
{
	if (*old >= 0)
		close(*old);
	*old = -1;
	if (s->p.u64 & RING_NO_FD || !s->num_fds)
		return;
	*old = s->fds[--s->num_fds];
}

static enum outcome get_ring_base(struct session *s)
{
	struct queue *q = s->ring;

	queue_stop(q);
	/* The front end may give this descriptor to another process: stop reading it. */
	if (q->kick >= 0)
		close(q->kick);
	q->kick = -1;
	s->p.state.num = q->next_avail;
	return REPLY;
}

static enum outcome set_ring_kick(struct session *s)
{
	struct queue *q = s->ring;

	replace_fd(&q->kick, s);
	if (q->kick < 0)
		return refuse(s, "a ring without a descriptor to kick it by [no-descriptor]");
	if (!q->started && !queue_start(q))
		return refuse(s, "the ring is not in the memory [bad-ring]");
	return TAKEN;
}

static enum outcome set_ring_call(struct session *s)
{
	replace_fd(&s->ring->call, s);
	/* Signal the buffers that were pushed meanwhile, without a wait for the next one. */
	queue_signal(s->ring->call);
	return TAKEN;
}

static enum outcome set_ring_err(struct session *s)
{
	replace_fd(&s->ring->err, s);
	return TAKEN;
}

/* ---- messages --------------------------------------------------------------------- */

#define SIZE_OF(field) sizeof(((union payload *)NULL)->field)

static const struct request {
	enum outcome (*handle)(struct session *s);
	enum { DEVICE, RING, RING_FD } about;
	uint32_t size; /* 0 where the handler checks it, or no handler reads it */
} requests[] = {
	[GET_FEATURES] = { get_features, DEVICE, 0 },
	[SET_FEATURES] = { set_features, DEVICE, SIZE_OF(u64) },
	[SET_OWNER] = { nothing, DEVICE, 0 },
	[RESET_OWNER] = { nothing, DEVICE, 0 },
	[SET_MEM_TABLE] = { set_memory, DEVICE, 0 },
	[SET_VRING_NUM] = { set_ring_num, RING, SIZE_OF(state) },
	[SET_VRING_ADDR] = { set_ring_addr, RING, SIZE_OF(addr) },
	[SET_VRING_BASE] = { set_ring_base, RING, SIZE_OF(state) },
	[GET_VRING_BASE] = { get_ring_base, RING, SIZE_OF(state) },
	[SET_VRING_KICK] = { set_ring_kick, RING_FD, SIZE_OF(u64) },
	[SET_VRING_CALL] = { set_ring_call, RING_FD, SIZE_OF(u64) },
	[SET_VRING_ERR] = { set_ring_err, RING_FD, SIZE_OF(u64) },
	[GET_PROTOCOL_FEATURES] = { get_protocol_features, DEVICE, 0 },
	[SET_PROTOCOL_FEATURES] = { set_protocol_features, DEVICE, SIZE_OF(u64) },
	[SET_VRING_ENABLE] = { set_ring_enable, RING, SIZE_OF(state) },
	[GET_CONFIG] = { get_config, DEVICE, 0 },
};

static enum outcome handle(struct session *s)
{
	const uint32_t request = s->head.request;
	const size_t known = sizeof(requests) / sizeof(requests[0]);
	const struct request *r = request < known ? &requests[request] : NULL;
	uint64_t index;

	if (!r || !r->handle)
		return refuse(s, "a request that was not offered [not-offered]");
	if (r->size && r->size != s->head.size)
		return refuse(s, "its size is wrong [wrong-size]");
	if (r->about == DEVICE)
		return r->handle(s);
	/* Every other message about a ring begins with its number in 32 bits. */
	index = r->about == RING_FD ? s->p.u64 & RING_MASK : s->p.state.index;
	if (index >= RINGS)
		return refuse(s, "such a ring does not exist [no-ring]");
	s->ring = &s->device->rings[index];
	return r->handle(s);
}

static bool read_all(int fd, void *to, size_t len)
{
	uint8_t *at = to;

	while (len) {
		const ssize_t n = read(fd, at, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0) {
			say("the front end hung up in the middle of a message [hung-up]");
			return false;
		}
		at += n;
		len -= (size_t)n;
	}
	return true;
}

/* Descriptors come with a message's first byte. Returns as recvmsg(). */
static ssize_t read_start(struct session *s)
{
	union {
		struct cmsghdr align;
		char bytes[CMSG_SPACE(sizeof(s->fds))];
	} control;
	struct iovec iov = { .iov_base = &s->head, .iov_len = sizeof(s->head) };
	struct msghdr msg = { .msg_iov = &iov,
			      .msg_iovlen = 1,
			      .msg_control = &control,
			      .msg_controllen = sizeof(control) };
	const ssize_t n = recvmsg(s->fd, &msg, MSG_CMSG_CLOEXEC);
	const struct cmsghdr *c = n > 0 ? CMSG_FIRSTHDR(&msg) : NULL;

	s->num_fds = 0;
	if (c && c->cmsg_level == SOL_SOCKET && c->cmsg_type == SCM_RIGHTS) {
		s->num_fds = (unsigned int)((c->cmsg_len - CMSG_LEN(0)) / sizeof(int));
		memcpy(s->fds, CMSG_DATA(c), s->num_fds * sizeof(int));
	}
	return n;
}

static bool read_rest(struct session *s, size_t got)
{
	memset(&s->p, 0, sizeof(s->p));
	if (!read_all(s->fd, (uint8_t *)&s->head + got, sizeof(s->head) - got))
		return false;
	if ((s->head.flags & (VERSION_MASK | IS_REPLY)) != VERSION) {
		refuse(s, "its version is not 1 [other-version]");
		return false;
	}
	if (s->head.size > sizeof(s->p)) {
		refuse(s, "it is too long [too-long]");
		return false;
	}
	return read_all(s->fd, &s->p, s->head.size);
}

static bool answer(struct session *s)
{
	struct iovec iov[] = {
		{ .iov_base = &s->head, .iov_len = sizeof(s->head) },
		{ .iov_base = &s->p, .iov_len = s->head.size },
	};
	const struct msghdr msg = { .msg_iov = iov, .msg_iovlen = 2 };

	s->head.flags = VERSION | IS_REPLY;
	if (sendmsg(s->fd, &msg, MSG_NOSIGNAL) == (ssize_t)(sizeof(s->head) + s->head.size))
		return true;
	say("the front end does not read its answer [hung-up]");
	return false;
}

static bool do_message(struct session *s, size_t got)
{
	const bool read = read_rest(s, got);
	const bool wants_ack = s->head.flags & NEED_REPLY && s->protocol_features & p_reply_ack;
	enum outcome outcome = read ? handle(s) : REFUSED;

	/* Descriptors that no handler has taken. */
	while (s->num_fds)
		close(s->fds[--s->num_fds]);
	if (outcome == TAKEN && wants_ack)
		outcome = reply_u64(s, 0);
	return outcome == TAKEN || (outcome == REPLY && answer(s));
}

/* ---- the loop --------------------------------------------------------------------- */

static bool drain(int fd)
{
	uint64_t count;
	const ssize_t n = read(fd, &count, sizeof(count));

	if (n > 0 || (n < 0 && (errno == EAGAIN || errno == EINTR)))
		return true;
	say("the kick of a ring is not an eventfd [no-descriptor]");
	return false;
}

bool vhost_user_serve(int fd, struct device *d)
{
	struct session s = { .fd = fd, .device = d };
	bool more = false;

	for (;;) {
		struct pollfd p[1 + RINGS] = { { .fd = fd, .events = POLLIN } };
		ssize_t n;

		for (unsigned int i = 0; i < RINGS; i++)
			p[1 + i] = (struct pollfd){ .fd = d->rings[i].kick, .events = POLLIN };
		if (poll(p, 1 + RINGS, more ? 0 : -1) < 0)
			continue;
		for (unsigned int i = 0; i < RINGS; i++)
			if (p[1 + i].revents && !drain(p[1 + i].fd))
				return false;
		if (p[0].revents) {
			n = read_start(&s);
			if (n <= 0 && !(n < 0 && errno == EINTR))
				return true;
			if (n > 0 && !do_message(&s, (size_t)n))
				return false;
		}
		more = device_run(d);
	}
}
