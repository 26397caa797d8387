// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "frontend.h"

enum { PATIENCE = 2000, RX_AT = 0x8000, TX_AT = 0x100000 };

struct ring rings[RINGS];
uint8_t *memory;
int memory_fd, connection;
uint64_t wanted_features = F_VERSION_1 | F_PROTOCOL | F_INDIRECT | F_EVENT_IDX;
static bool acked;

void fail(const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	vfprintf(stderr, fmt, args);
	va_end(args);
	fputc('\n', stderr);
	exit(1);
}

/* ---- the protocol ---------------------------------------------------------------- */

void connect_to(const char *path)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };

	snprintf(addr.sun_path, sizeof(addr.sun_path), "%s", path);
	connection = socket(AF_UNIX, SOCK_STREAM, 0);
	for (int i = 0; i < PATIENCE; i++) {
		if (!connect(connection, (struct sockaddr *)&addr, sizeof(addr)))
			return;
		usleep(1000);
	}
	fail("%s: %s", path, strerror(errno));
}

void send_message(uint32_t request, uint32_t flags, const void *payload, uint32_t size,
		  const int *fds, int count)
{
	uint32_t head[3] = { request, 1 | flags, size };
	char control[CMSG_SPACE(sizeof(int) * 16)] __attribute__((aligned(8))) = { 0 };
	struct iovec iov[2] = { { head, sizeof(head) }, { NULL, size } };
	struct msghdr msg = { .msg_iov = iov, .msg_iovlen = 2 };
	const size_t fds_size = sizeof(int) * (size_t)count;

	memcpy(&iov[1].iov_base, &payload, sizeof(payload));
	if (count) {
		msg.msg_control = control;
		msg.msg_controllen = CMSG_SPACE(fds_size);
		*(struct cmsghdr *)control = (struct cmsghdr){ .cmsg_len = CMSG_LEN(fds_size),
							       .cmsg_level = SOL_SOCKET,
							       .cmsg_type = SCM_RIGHTS };
		memcpy(CMSG_DATA((struct cmsghdr *)control), fds, fds_size);
	}
	expect(sendmsg(connection, &msg, MSG_NOSIGNAL) == (ssize_t)(sizeof(head) + size),
	       "message %u: %s", request, strerror(errno));
}

static void read_all(void *to, size_t len)
{
	uint8_t *at = to;

	while (len) {
		struct pollfd p = { .fd = connection, .events = POLLIN };
		ssize_t n;

		expect(poll(&p, 1, PATIENCE) == 1, "no answer");
		n = read(connection, at, len);
		expect(n > 0, "vsockd hung up");
		at += n;
		len -= (size_t)n;
	}
}

uint32_t get_answer(uint32_t request, void *payload, uint32_t max)
{
	uint32_t head[3];

	read_all(head, sizeof(head));
	expect(head[0] == request && (head[1] & 7) == 5 && head[2] <= max,
	       "message %u: answer %u, flags %u, size %u", request, head[0], head[1], head[2]);
	read_all(payload, head[2]);
	return head[2];
}

void set(uint32_t request, const void *payload, uint32_t size, const int *fds, int count)
{
	uint64_t status;

	send_message(request, acked ? NEED_REPLY : 0, payload, size, fds, count);
	if (!acked)
		return;
	expect(get_answer(request, &status, sizeof(status)) == sizeof(status) && !status,
	       "message %u is refused", request);
}

void set_u64(uint32_t request, uint64_t value, int fd)
{
	set(request, &value, sizeof(value), &fd, fd >= 0);
}

void set_state(uint32_t request, uint32_t index, uint32_t num)
{
	const uint32_t state[2] = { index, num };

	set(request, state, sizeof(state), NULL, 0);
}

uint64_t get_u64(uint32_t request)
{
	uint64_t value;

	send_message(request, 0, NULL, 0, NULL, 0);
	expect(get_answer(request, &value, sizeof(value)) == sizeof(value), "its size");
	return value;
}

void set_memory(void)
{
	const int fds[2] = { memory_fd, memory_fd };
	const struct memory_table t = {
		.count = 2,
		.regions = { { GUEST, GUEST_HALF, USER(0), 0 },
			     { GUEST + GUEST_HALF, GUEST_HALF, USER(1), GUEST_HALF } },
	};

	set(SET_MEM_TABLE, &t, 8 + 2 * sizeof(t.regions[0]), fds, 2);
}

void set_addr(uint32_t index, uint64_t desc, uint64_t avail, uint64_t used)
{
	const struct {
		uint32_t index, flags;
		uint64_t desc, used, avail, log;
	} addr = { index, 0, desc, used, avail, 0 };

	set(SET_VRING_ADDR, &addr, sizeof(addr), NULL, 0);
}

void negotiate(void)
{
	const uint64_t offered = get_u64(GET_FEATURES);

	memory_fd = memfd_create("guest", MFD_CLOEXEC);
	expect(memory_fd >= 0 && !ftruncate(memory_fd, GUEST_SIZE), "memfd");
	memory = mmap(NULL, GUEST_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, memory_fd, 0);
	expect(memory != MAP_FAILED, "mmap");
	expect((offered & wanted_features) == wanted_features, "features %#llx",
	       (unsigned long long)offered);
	expect(get_u64(GET_PROTOCOL_FEATURES) == (REPLY_ACK | 1ULL << 9), "protocol features");
	set_u64(SET_PROTOCOL_FEATURES, REPLY_ACK | 1ULL << 9, -1);
	acked = true;
	set_u64(SET_FEATURES, wanted_features, -1);
}

void start_ring(uint32_t index, uint32_t base)
{
	struct ring *r = &rings[index];
	const uint32_t at = index * 0x4000;

	memset(memory + at, 0, 0x4000);
	r->desc = (void *)(memory + at);
	r->avail = (void *)(memory + at + 0x1000);
	r->used = (void *)(memory + at + 0x2000);
	r->added = r->seen = (uint16_t)base;
	r->avail->idx = r->used->idx = (uint16_t)base;
	r->avail->ring[NUM] = r->added;
	r->kick = eventfd(0, EFD_NONBLOCK);
	r->call = eventfd(0, EFD_NONBLOCK);
	r->err = eventfd(0, EFD_NONBLOCK);
	set_state(SET_VRING_NUM, index, NUM);
	set_state(SET_VRING_BASE, index, base);
	set_addr(index, USER(0) + at, USER(0) + at + 0x1000, USER(0) + at + 0x2000);
	set_u64(SET_VRING_ERR, index, r->err);
	set_u64(SET_VRING_CALL, index, r->call);
	set_u64(SET_VRING_KICK, index, r->kick);
}

void set_up(void)
{
	negotiate();
	set_memory();
	for (uint32_t i = 0; i < RINGS; i++) {
		start_ring(i, 0);
		set_state(SET_VRING_ENABLE, i, 1);
	}
	fill_rx(NUM / 2);
}

void expect_end(void)
{
	struct pollfd p = { .fd = connection, .events = POLLIN };
	char c;

	shutdown(connection, SHUT_WR);
	expect(poll(&p, 1, PATIENCE) == 1 && read(connection, &c, 1) <= 0, "vsockd goes on");
}

/* ---- the guest's driver ------------------------------------------------------------ */

uint64_t guest_address(const void *p)
{
	return GUEST + (uint64_t)((const uint8_t *)p - memory);
}

uint8_t *tx_buffer(size_t n)
{
	return memory + TX_AT + 0x40000 + n * 0x11000;
}

void add(struct ring *r, uint16_t head)
{
	r->avail->ring[r->added % NUM] = head;
	__atomic_store_n(&r->avail->idx, ++r->added, __ATOMIC_RELEASE);
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
}

/* As a driver does: only if the device wants it. */
void kick(struct ring *r)
{
	const uint64_t one = 1;
	const uint16_t *event = (const uint16_t *)&r->used->ring[NUM];
	const bool event_idx = wanted_features & F_EVENT_IDX;

	if (event_idx && !vring_need_event(__atomic_load_n(event, __ATOMIC_RELAXED), r->added,
					   (uint16_t)(r->added - 1)))
		return;
	expect(write(r->kick, &one, sizeof(one)) == sizeof(one), "kick");
}

/* Buffer N is a header and then the rest; the 32nd lies across both regions. */
static void post_rx(size_t n)
{
	struct ring *r = &rings[RX];
	const uint64_t at =
		n == NUM / 2 - 1 ? GUEST + GUEST_HALF - 1000 : GUEST + RX_AT + n * BUFFER;

	r->desc[2 * n] = (struct vring_desc){ at, HEAD, VRING_DESC_F_WRITE | VRING_DESC_F_NEXT,
					      (uint16_t)(2 * n + 1) };
	r->desc[2 * n + 1] = (struct vring_desc){ at + HEAD, BUFFER - HEAD, VRING_DESC_F_WRITE, 0 };
	add(r, (uint16_t)(2 * n));
	kick(r);
}

void fill_rx(size_t count)
{
	for (size_t n = 0; n < count; n++)
		post_rx(n);
}

/* Has the device used a buffer? Waits for its call, which was requested. */
static bool wait_used(struct ring *r, int ms)
{
	struct pollfd p = { .fd = r->call, .events = POLLIN };
	uint64_t count;

	__atomic_store_n(&r->avail->ring[NUM], r->seen, __ATOMIC_RELAXED);
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
	while (__atomic_load_n(&r->used->idx, __ATOMIC_ACQUIRE) == r->seen) {
		if (poll(&p, 1, ms) != 1)
			return false;
		if (read(r->call, &count, sizeof(count)) != sizeof(count))
			return false;
	}
	return true;
}

void wait_tx(void)
{
	struct ring *r = &rings[TX];

	while (r->seen != r->added) {
		expect(wait_used(r, PATIENCE), "the transmit ring is stuck");
		expect(!r->used->ring[r->seen % NUM].len, "something was written to a packet");
		r->seen++;
	}
}

void send_chain(uint16_t head)
{
	add(&rings[TX], head);
	kick(&rings[TX]);
	wait_tx();
}

void send_packet(const struct virtio_vsock_hdr *h, const void *data, size_t len)
{
	struct vring_desc *d = rings[TX].desc;
	uint8_t *at = tx_buffer(0);

	memcpy(at, h, sizeof(*h));
	if (len)
		memcpy(at + 0x1000, data, len);
	d[0] = (struct vring_desc){ guest_address(at), HEAD, len ? VRING_DESC_F_NEXT : 0, 1 };
	d[1] = (struct vring_desc){ guest_address(at + 0x1000), (uint32_t)len, 0, 0 };
	send_chain(0);
}

struct virtio_vsock_hdr header(uint32_t guest_port, uint32_t host_port, uint16_t op)
{
	return (struct virtio_vsock_hdr){ .src_cid = CID,
					  .dst_cid = HOST,
					  .src_port = guest_port,
					  .dst_port = host_port,
					  .type = VIRTIO_VSOCK_TYPE_STREAM,
					  .op = op,
					  .buf_alloc = 0x10000 };
}

void send_op(uint32_t guest_port, uint32_t host_port, uint16_t op)
{
	const struct virtio_vsock_hdr h = header(guest_port, host_port, op);

	send_packet(&h, NULL, 0);
}

bool next_length(struct packet *p, uint32_t *length, int ms)
{
	struct ring *r = &rings[RX];
	unsigned int head;

	if (!wait_used(r, ms))
		return false;
	head = r->used->ring[r->seen % NUM].id;
	memcpy(p, memory + (r->desc[head].addr - GUEST), sizeof(*p) - HEAD);
	*length = r->used->ring[r->seen % NUM].len;
	r->seen++;
	post_rx(head / 2);
	return true;
}

bool next_packet(struct packet *p, int ms)
{
	uint32_t length;

	if (!next_length(p, &length, ms))
		return false;
	expect(length == HEAD + p->h.len, "the length of a packet");
	return true;
}

void expect_packet(struct packet *p, uint32_t guest_port, uint32_t host_port, uint16_t op)
{
	expect(next_packet(p, PATIENCE), "no packet %u", op);
	expect(p->h.src_cid == HOST && p->h.dst_cid == CID && p->h.src_port == host_port &&
		       p->h.dst_port == guest_port,
	       "packet %u is not from where it should be", p->h.op);
	expect(p->h.op == op, "packet %u, not %u", p->h.op, op);
}

void expect_nothing(void)
{
	struct packet p;

	expect(!next_packet(&p, 50), "packet %u, and there should be none", p.h.op);
}
