// SPDX-License-Identifier: GPL-2.0-only
#include <endian.h>
#include <stdlib.h>
#include <string.h>

#include "echo.h"
#include "rogue.h"
#include "vsock.h"

enum { CALL_FAILED = '-', CALL_STANDS = '+' };
/* Ports of the host for calls, used in turn. */
enum { CALLS_FROM = 1024, CALLS = 32768 };

struct vsock_conn {
	TAILQ_ENTRY(vsock_conn) link;
	uint32_t guest_port, host_port;
	uint16_t type;
	struct echo *echo; /* NULL: the connection is over, and the guest must get a reset */
	bool guest_done, host_done; /* this end sends no more */
	bool owes_response, owes_update;
	bool asked; /* a credit request was sent, and not answered yet */
	bool owes_request;
	struct vsock_conn *asker; /* requested this call to the guest, which has not answered yet */
	uint32_t taken; /* received bytes that take no room any more: fwd_cnt */
	uint32_t sent, guest_alloc, guest_taken;
	/* Of a SEQPACKET: what taken is to be at the end of each message that waits. */
	uint32_t ends[VSOCK_MESSAGES];
	unsigned int first_end, num_ends;
};

/* ---- connections ---------------------------------------------------------------- */

void vsock_init(struct vsock *v, uint64_t guest_cid)
{
	memset(v, 0, sizeof(*v));
	v->guest_cid = guest_cid;
	TAILQ_INIT(&v->all);
}

bool vsock_has_room(const struct vsock *v)
{
	return v->over < VSOCK_RESETS;
}

static struct vsock_conn *find(const struct vsock *v, const struct virtio_vsock_hdr *h)
{
	struct vsock_conn *c;

	TAILQ_FOREACH(c, &v->all, link)
		if (c->guest_port == le32toh(h->src_port) && c->host_port == le32toh(h->dst_port))
			return c;
	return NULL;
}

/* The connection is over from the start, unless it gets a service. */
static struct vsock_conn *create(struct vsock *v, uint32_t guest_port, uint32_t host_port,
				 uint16_t type)
{
	struct vsock_conn *c = calloc(1, sizeof(*c));

	if (!c)
		return NULL;
	c->guest_port = guest_port;
	c->host_port = host_port;
	c->type = type;
	TAILQ_INSERT_TAIL(&v->all, c, link);
	v->over++;
	return c;
}

static size_t room_for(const struct vsock_conn *c)
{
	if (c->host_port != VSOCK_WIDE_PORT || c->guest_alloc < ECHO_ROOM)
		return ECHO_ROOM;
	return c->guest_alloc < ECHO_ROOM_MAX ? c->guest_alloc : ECHO_ROOM_MAX;
}

static bool serve(struct vsock *v, struct vsock_conn *c)
{
	c->echo = echo_new(room_for(c));
	if (!c->echo)
		return false;
	v->over--;
	v->open++;
	return true;
}

/* The requester of a call gets its outcome, and then the end of the stream. */
static void report(struct vsock_conn *asker, uint8_t outcome)
{
	if (echo_room(asker->echo))
		echo_put(asker->echo, &outcome, 1);
	asker->guest_done = true;
}

static void end(struct vsock *v, struct vsock_conn *c)
{
	struct vsock_conn *other;

	if (!c->echo)
		return;
	if (c->asker)
		report(c->asker, CALL_FAILED);
	c->asker = NULL;
	TAILQ_FOREACH(other, &v->all, link)
		if (other->asker == c)
			other->asker = NULL;
	echo_free(c->echo);
	c->echo = NULL;
	v->open--;
	v->over++;
}

static void destroy(struct vsock *v, struct vsock_conn *c)
{
	end(v, c);
	v->over--;
	TAILQ_REMOVE(&v->all, c, link);
	free(c);
}

void vsock_reset(struct vsock *v)
{
	struct vsock_conn *c, *next;

	for (c = TAILQ_FIRST(&v->all); c; c = next) {
		next = TAILQ_NEXT(c, link);
		destroy(v, c);
	}
}

/* ---- packets of the guest -------------------------------------------------------- */

static void learn_credit(struct vsock_conn *c, const struct virtio_vsock_hdr *h)
{
	c->guest_alloc = le32toh(h->buf_alloc);
	c->guest_taken = le32toh(h->fwd_cnt);
}

static bool is_service(uint32_t port, uint16_t type)
{
	if (port == ECHO_PORT || port == VSOCK_NARROW_PORT || port == VSOCK_WIDE_PORT ||
	    port == VSOCK_FORGET_PORT || (port >= ROGUE_PORT && port < ROGUE_END))
		return type == VIRTIO_VSOCK_TYPE_STREAM || type == VIRTIO_VSOCK_TYPE_SEQPACKET;
	return port >= VSOCK_CALL_PORT && type == VIRTIO_VSOCK_TYPE_STREAM;
}

static bool acceptable(const struct vsock *v, const struct virtio_vsock_hdr *h)
{
	return le16toh(h->op) == VIRTIO_VSOCK_OP_REQUEST && !h->len &&
	       is_service(le32toh(h->dst_port), le16toh(h->type)) && v->open < VSOCK_CONNECTIONS;
}

/* Connects to a port of the guest; the host's end of it is the echo, too. */
static void call(struct vsock *v, struct vsock_conn *asker, uint32_t guest_port)
{
	const uint32_t host_port = CALLS_FROM + v->calls++ % CALLS;
	struct vsock_conn *c = NULL;

	if (v->open < VSOCK_CONNECTIONS)
		c = create(v, guest_port, host_port, VIRTIO_VSOCK_TYPE_STREAM);
	if (c) {
		c->asker = asker;
		c->owes_request = serve(v, c);
	}
	if (!c || !c->owes_request)
		report(asker, CALL_FAILED);
}

static void recv_unknown(struct vsock *v, const struct virtio_vsock_hdr *h)
{
	struct vsock_conn *c;

	/* A reset gets no answer, or two peers could answer each other for ever. */
	if (le16toh(h->op) == VIRTIO_VSOCK_OP_RST)
		return;
	if (le32toh(h->dst_port) == VSOCK_FORGET_PORT && acceptable(v, h))
		vsock_reset(v);
	c = create(v, le32toh(h->src_port), le32toh(h->dst_port), le16toh(h->type));
	if (!c || !acceptable(v, h))
		return;
	learn_credit(c, h);
	c->owes_response = serve(v, c);
	if (c->owes_response && c->host_port >= VSOCK_CALL_PORT)
		call(v, c, c->host_port - VSOCK_CALL_PORT);
}

/* A message ends with the last bytes; false if too many wait. */
static bool end_message(struct vsock_conn *c)
{
	if (c->num_ends == VSOCK_MESSAGES)
		return false;
	c->ends[(c->first_end + c->num_ends++) % VSOCK_MESSAGES] =
		c->taken + (uint32_t)echo_waiting(c->echo);
	return true;
}

static bool recv_data(struct vsock_conn *c, const struct virtio_vsock_hdr *h, const uint8_t *data,
		      bool split)
{
	const uint32_t own = le32toh(h->len);

	if (c->guest_done || own > echo_room(c->echo) ||
	    (split && c->host_port == VSOCK_NARROW_PORT))
		return false;
	echo_put(c->echo, data, own);
	return c->type != VIRTIO_VSOCK_TYPE_SEQPACKET || !own ||
	       !(le32toh(h->flags) & VIRTIO_VSOCK_SEQ_EOM) || end_message(c);
}

/* False if the guest breaks the protocol or ends the connection. */
static bool recv_known(struct vsock_conn *c, const struct virtio_vsock_hdr *h, const uint8_t *data,
		       size_t len, bool split)
{
	const uint16_t op = le16toh(h->op);
	const uint32_t own = le32toh(h->len), flags = le32toh(h->flags);

	if (le16toh(h->type) != c->type || own > len || (own && op != VIRTIO_VSOCK_OP_RW))
		return false;
	learn_credit(c, h);
	if (c->asker) {
		if (op != VIRTIO_VSOCK_OP_RESPONSE)
			return false;
		report(c->asker, CALL_STANDS);
		c->asker = NULL;
		return true;
	}
	switch (op) {
	case VIRTIO_VSOCK_OP_RW:
		return recv_data(c, h, data, split);
	case VIRTIO_VSOCK_OP_SHUTDOWN:
		if (flags & VIRTIO_VSOCK_SHUTDOWN_SEND)
			c->guest_done = true;
		/* Without a reader the echo ends. */
		return !(flags & VIRTIO_VSOCK_SHUTDOWN_RCV);
	case VIRTIO_VSOCK_OP_CREDIT_REQUEST:
		c->owes_update = true;
		return true;
	default:
		return op == VIRTIO_VSOCK_OP_CREDIT_UPDATE;
	}
}

void vsock_recv(struct vsock *v, const struct virtio_vsock_hdr *h, const uint8_t *data, size_t len,
		bool split)
{
	struct vsock_conn *c;

	/* The packet has another destination, or a false source. */
	if (le64toh(h->src_cid) != v->guest_cid || le64toh(h->dst_cid) != VSOCK_HOST)
		return;
	c = find(v, h);
	if (!c)
		recv_unknown(v, h);
	else if (le16toh(h->op) == VIRTIO_VSOCK_OP_RST)
		destroy(v, c);
	else if (c->echo && !recv_known(c, h, data, len, split))
		end(v, c);
}

/* ---- packets for the guest ------------------------------------------------------- */

static bool fill(const struct vsock *v, const struct vsock_conn *c, struct virtio_vsock_hdr *h,
		 uint16_t op)
{
	memset(h, 0, sizeof(*h));
	h->src_cid = htole64(VSOCK_HOST);
	h->dst_cid = htole64(v->guest_cid);
	h->src_port = htole32(c->host_port);
	h->dst_port = htole32(c->guest_port);
	h->type = htole16(c->type);
	h->op = htole16(op);
	if (c->echo) {
		h->buf_alloc = htole32((uint32_t)echo_size(c->echo));
		h->fwd_cnt = htole32(c->taken);
	}
	return true;
}

static uint32_t credit(const struct vsock_conn *c)
{
	const uint32_t in_flight = c->sent - c->guest_taken;

	if (c->host_port == ROGUE_FLOOD)
		return UINT32_MAX;
	/* A guest that acknowledges more bytes than it got, gets no more. */
	return in_flight < c->guest_alloc ? c->guest_alloc - in_flight : 0;
}

static bool send_data(const struct vsock *v, struct vsock_conn *c, struct virtio_vsock_hdr *h,
		      uint8_t *data, size_t room)
{
	const uint32_t allowed = credit(c);
	uint32_t len;

	if (!allowed) {
		/* Ask once: a guest without room must announce later room without being asked. */
		if (c->asked)
			return false;
		c->asked = true;
		return fill(v, c, h, VIRTIO_VSOCK_OP_CREDIT_REQUEST);
	}
	c->asked = false;
	if (room > allowed)
		room = allowed;
	if (c->num_ends && room > c->ends[c->first_end] - c->taken)
		room = c->ends[c->first_end] - c->taken;
	len = (uint32_t)echo_get(c->echo, data, room);
	c->taken += len;
	c->sent += len;
	fill(v, c, h, VIRTIO_VSOCK_OP_RW);
	h->len = htole32(len);
	if (c->num_ends && c->taken == c->ends[c->first_end]) {
		h->flags = htole32(VIRTIO_VSOCK_SEQ_EOM);
		c->first_end = (c->first_end + 1) % VSOCK_MESSAGES;
		c->num_ends--;
	}
	return true;
}

static bool next_of(const struct vsock *v, struct vsock_conn *c, struct virtio_vsock_hdr *h,
		    uint8_t *data, size_t room)
{
	if (!c->echo)
		return fill(v, c, h, VIRTIO_VSOCK_OP_RST);
	if (c->owes_request) {
		c->owes_request = false;
		return fill(v, c, h, VIRTIO_VSOCK_OP_REQUEST);
	}
	if (c->owes_response) {
		c->owes_response = false;
		return fill(v, c, h, VIRTIO_VSOCK_OP_RESPONSE);
	}
	if (c->owes_update) {
		c->owes_update = false;
		return fill(v, c, h, VIRTIO_VSOCK_OP_CREDIT_UPDATE);
	}
	if (echo_waiting(c->echo))
		return send_data(v, c, h, data, room);
	if (!c->guest_done || c->host_done)
		return false;
	c->host_done = true;
	fill(v, c, h, VIRTIO_VSOCK_OP_SHUTDOWN);
	h->flags = htole32(VIRTIO_VSOCK_SHUTDOWN_SEND);
	return true;
}

bool vsock_next(struct vsock *v, struct virtio_vsock_hdr *h, uint8_t *data, size_t room)
{
	struct vsock_conn *c;

	TAILQ_FOREACH(c, &v->all, link)
		if (next_of(v, c, h, data, room))
			break;
	if (!c)
		return false;
	if (!c->echo) {
		destroy(v, c);
		return true;
	}
	/* The other connections come before the further packets of this one. */
	TAILQ_REMOVE(&v->all, c, link);
	TAILQ_INSERT_TAIL(&v->all, c, link);
	return true;
}
