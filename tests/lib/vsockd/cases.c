// SPDX-License-Identifier: GPL-2.0-only
/* The duties of vsockd: usage: frontend SOCKET CASE. Prints a breach, and exits with 1. */
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "frontend.h"

enum { ECHO = 7, NARROW = 17, WIDE = 27, FORGET = 37, ROGUE = 1000, CALL = 65536, PORT = 1234, BYTES = 600000 };

#define OP(name) VIRTIO_VSOCK_OP_##name
#define SEND VIRTIO_VSOCK_SHUTDOWN_SEND
#define BOTH (VIRTIO_VSOCK_SHUTDOWN_SEND | VIRTIO_VSOCK_SHUTDOWN_RCV)

static struct packet p;

static void open_stream(uint32_t port)
{
	send_op(port, ECHO, OP(REQUEST));
	expect_packet(&p, port, ECHO, OP(RESPONSE));
	expect(p.h.type == VIRTIO_VSOCK_TYPE_STREAM && p.h.buf_alloc == WINDOW, "the response");
}

static void send_flags(uint32_t port, uint32_t flags)
{
	struct virtio_vsock_hdr h = header(port, ECHO, OP(SHUTDOWN));

	h.flags = flags;
	send_packet(&h, NULL, 0);
}

static void send_data(uint32_t port, uint32_t alloc, uint32_t len)
{
	static const uint8_t data[WINDOW];
	struct virtio_vsock_hdr h = header(port, ECHO, OP(RW));

	h.buf_alloc = alloc;
	h.len = len;
	send_packet(&h, data, len);
}

/* It still works, on an unused port. */
static void still_works(void)
{
	static uint32_t port = 50000;
	struct virtio_vsock_hdr h = header(++port, ECHO, OP(RW));

	open_stream(port);
	h.len = 5;
	send_packet(&h, "hello", 5);
	expect_packet(&p, port, ECHO, OP(RW));
	expect(p.h.len == 5 && !memcmp(p.data, "hello", 5), "the echo");
	send_flags(port, BOTH);
	expect_packet(&p, port, ECHO, OP(RST));
}

/* ---- streams ---------------------------------------------------------------------- */

static void echo(void)
{
	static uint8_t out[BYTES], in[BYTES];
	const uint32_t alloc = 30000;
	uint32_t sent = 0, got = 0, freed = 0, peer_freed = 0, round = 0;

	for (size_t i = 0; i < BYTES; i++)
		out[i] = (uint8_t)(i * 7 + (i >> 8));
	set_up();
	open_stream(PORT);
	while (got < BYTES) {
		struct virtio_vsock_hdr h = header(PORT, ECHO, OP(RW));

		h.len = BYTES - sent < 9000 ? BYTES - sent : 9000;
		if (h.len > WINDOW - (sent - peer_freed))
			h.len = WINDOW - (sent - peer_freed);
		if (!h.len)
			h.op = OP(CREDIT_UPDATE);
		/* The guest reads all data every third time. */
		if (sent == BYTES || ++round % 3 == 0)
			freed = got;
		h.buf_alloc = alloc;
		h.fwd_cnt = freed;
		send_packet(&h, out + sent, h.len);
		sent += h.len;
		while (next_packet(&p, sent == BYTES ? 20 : 0)) {
			peer_freed = p.h.fwd_cnt;
			if (p.h.op == OP(CREDIT_REQUEST))
				continue;
			expect(p.h.op == OP(RW), "packet %u", p.h.op);
			expect(p.h.len <= BYTES - got, "more came back than went");
			memcpy(in + got, p.data, p.h.len);
			got += p.h.len;
			expect(got - freed <= alloc, "%u bytes, beyond the credit", got - freed);
		}
	}
	expect(!memcmp(in, out, BYTES), "the echo differs from the bytes sent");
	expect(peer_freed == BYTES, "the credit that came back is %u", peer_freed);
	send_flags(PORT, SEND);
	expect_packet(&p, PORT, ECHO, OP(SHUTDOWN));
	expect(p.h.flags == SEND, "flags of the shutdown: %u", p.h.flags);
	send_flags(PORT, BOTH);
	expect_packet(&p, PORT, ECHO, OP(RST));
	send_op(PORT, ECHO, OP(RST));
	expect_nothing();
}

/* The rest of the echo goes before the end, and no credit is requested twice. */
static void half_close(void)
{
	struct virtio_vsock_hdr h = header(PORT, ECHO, OP(CREDIT_UPDATE));

	set_up();
	open_stream(PORT);
	send_data(PORT, 0, 1000);
	h = header(PORT, ECHO, OP(SHUTDOWN));
	h.flags = SEND;
	h.buf_alloc = 0;
	send_packet(&h, NULL, 0);
	expect_packet(&p, PORT, ECHO, OP(CREDIT_REQUEST));
	h.op = OP(CREDIT_UPDATE);
	h.flags = 0;
	send_packet(&h, NULL, 0);
	expect_nothing();
	h.buf_alloc = 600;
	send_packet(&h, NULL, 0);
	expect_packet(&p, PORT, ECHO, OP(RW));
	expect(p.h.len == 600, "%u bytes for a credit of 600", p.h.len);
	expect_packet(&p, PORT, ECHO, OP(CREDIT_REQUEST));
	h.fwd_cnt = 600;
	send_packet(&h, NULL, 0);
	expect_packet(&p, PORT, ECHO, OP(RW));
	expect(p.h.len == 400, "%u bytes, and 400 are left", p.h.len);
	expect_packet(&p, PORT, ECHO, OP(SHUTDOWN));
	/* A guest that claims to have read more than was sent gets nothing. */
	open_stream(PORT + 1);
	h = header(PORT + 1, ECHO, OP(RW));
	h.fwd_cnt = 5;
	h.len = 1;
	send_packet(&h, "x", 1);
	expect_packet(&p, PORT + 1, ECHO, OP(CREDIT_REQUEST));
	expect_nothing();
	send_op(PORT + 1, ECHO, OP(CREDIT_REQUEST));
	expect_packet(&p, PORT + 1, ECHO, OP(CREDIT_UPDATE));
}

static void refused(void)
{
	struct virtio_vsock_hdr h = header(PORT, ECHO, OP(REQUEST));

	set_up();
	send_op(PORT, 8, OP(REQUEST));
	expect_packet(&p, PORT, 8, OP(RST));
	h.type = 9;
	send_packet(&h, NULL, 0);
	expect_packet(&p, PORT, ECHO, OP(RST));
	expect(p.h.type == 9, "the type of the reset");
	for (uint16_t op = 0; op < 20; op++) {
		send_op(PORT, ECHO + 2, op);
		if (op == OP(RST))
			expect_nothing();
		else
			expect_packet(&p, PORT, ECHO + 2, OP(RST));
	}
	h = header(PORT, ECHO, OP(REQUEST));
	h.src_cid = CID + 1;
	send_packet(&h, NULL, 0);
	h = header(PORT, ECHO, OP(REQUEST));
	h.dst_cid = HOST + (1ULL << 32);
	send_packet(&h, NULL, 0);
	expect_nothing();
	still_works();
}

/* A packet that has no place on an open stream ends it. */
static void ends_it(struct virtio_vsock_hdr h, size_t payload, const char *what)
{
	static const uint8_t data[1000];

	open_stream(h.src_port);
	send_packet(&h, data, payload);
	expect(next_packet(&p, 1000) && p.h.op == OP(RST) && p.h.dst_port == h.src_port,
	       "%s: no reset", what);
}

static void bad_packets(void)
{
	struct virtio_vsock_hdr h;

	set_up();
	h = header(1, ECHO, OP(RW));
	h.len = 1001;
	ends_it(h, 1000, "a payload that is not there");
	h.len = UINT32_MAX;
	ends_it(h, 1000, "a payload of 4 GiB");
	h.len = 1000;
	h.op = OP(CREDIT_UPDATE);
	ends_it(h, 1000, "a payload where none belongs");
	h.len = 0;
	h.type = VIRTIO_VSOCK_TYPE_SEQPACKET;
	ends_it(h, 0, "another type");
	ends_it(header(1, ECHO, OP(INVALID)), 0, "operation 0");
	ends_it(header(1, ECHO, 99), 0, "operation 99");
	ends_it(header(1, ECHO, OP(RESPONSE)), 0, "a response");
	ends_it(header(1, ECHO, OP(REQUEST)), 0, "another request");
	open_stream(2);
	send_flags(2, SEND);
	expect_packet(&p, 2, ECHO, OP(SHUTDOWN));
	send_data(2, 0, 10);
	expect_packet(&p, 2, ECHO, OP(RST));
	/* As much as there is credit for, and one more. */
	open_stream(3);
	for (int i = 0; i < 8; i++)
		send_data(3, 0, WINDOW / 8);
	expect_packet(&p, 3, ECHO, OP(CREDIT_REQUEST));
	expect_nothing();
	send_data(3, 0, 1);
	expect_packet(&p, 3, ECHO, OP(RST));
	still_works();
}

static void many(void)
{
	unsigned int stands = 0, over = 0;

	set_up();
	for (uint32_t i = 0; i < 300; i++) {
		send_op(i, ECHO, OP(REQUEST));
		expect(next_packet(&p, 1000), "no answer");
		stands += p.h.op == OP(RESPONSE);
		over += p.h.op == OP(RST);
	}
	expect(stands == 256 && over == 44, "%u stand, %u are refused", stands, over);
	for (uint32_t i = 0; i < 300; i++)
		send_op(i, ECHO, OP(RST));
	still_works();
}

/* A guest that takes no resets is not served until it does; nothing is lost. */
static void no_room(void)
{
	struct virtio_vsock_hdr h = header(0, 9, OP(REQUEST));
	struct ring *r = &rings[TX];
	unsigned int sent = 0, got = 0;

	negotiate();
	set_memory();
	for (uint32_t i = 0; i < RINGS; i++) {
		start_ring(i, 65500);
		set_state(SET_VRING_ENABLE, i, 1);
	}
	for (; sent < 256; sent++)
		send_op(sent, 9, OP(REQUEST));
	for (size_t n = 0; n < 16; n++, sent++) {
		h.src_port = sent;
		memcpy(tx_buffer(0) + 64 * n, &h, HEAD);
		r->desc[n] =
			(struct vring_desc){ guest_address(tx_buffer(0)) + 64 * n, HEAD, 0, 0 };
		add(r, (uint16_t)n);
		kick(r);
	}
	usleep(50000);
	expect(r->used->idx == r->seen, "the guest is served although it takes no resets");
	fill_rx(NUM / 2);
	for (; got < sent; got++)
		expect_packet(&p, got, 9, OP(RST));
	wait_tx();
	still_works();
}

/* Messages come back one by one, with any split into packets and any credit. */
static void messages(void)
{
	static const uint8_t data[300];
	struct virtio_vsock_hdr h = header(PORT, ECHO, OP(REQUEST));

	set_up();
	h.type = VIRTIO_VSOCK_TYPE_SEQPACKET;
	h.buf_alloc = 0;
	send_packet(&h, NULL, 0);
	expect_packet(&p, PORT, ECHO, OP(RESPONSE));
	h.op = OP(RW);
	h.len = 300;
	send_packet(&h, data, 300);
	expect_packet(&p, PORT, ECHO, OP(CREDIT_REQUEST));
	h.len = 200;
	h.flags = VIRTIO_VSOCK_SEQ_EOM;
	send_packet(&h, data, 200);
	h.len = 50;
	send_packet(&h, data, 50);
	h = header(PORT, ECHO, OP(CREDIT_UPDATE));
	h.type = VIRTIO_VSOCK_TYPE_SEQPACKET;
	h.buf_alloc = 400;
	send_packet(&h, NULL, 0);
	expect_packet(&p, PORT, ECHO, OP(RW));
	expect(p.h.len == 400 && !p.h.flags, "%u bytes, flags %u", p.h.len, p.h.flags);
	expect_packet(&p, PORT, ECHO, OP(CREDIT_REQUEST));
	h.fwd_cnt = 400;
	send_packet(&h, NULL, 0);
	expect_packet(&p, PORT, ECHO, OP(RW));
	expect(p.h.len == 100 && p.h.flags == VIRTIO_VSOCK_SEQ_EOM, "%u bytes, flags %u", p.h.len,
	       p.h.flags);
	expect_packet(&p, PORT, ECHO, OP(RW));
	expect(p.h.len == 50 && p.h.flags == VIRTIO_VSOCK_SEQ_EOM, "%u bytes, flags %u", p.h.len,
	       p.h.flags);
	h.op = OP(RW);
	h.len = 1;
	h.flags = VIRTIO_VSOCK_SEQ_EOM;
	h.buf_alloc = 0;
	for (int i = 0; i < 64; i++)
		send_packet(&h, data, 1);
	expect_packet(&p, PORT, ECHO, OP(CREDIT_REQUEST));
	expect_nothing();
	send_packet(&h, data, 1);
	expect_packet(&p, PORT, ECHO, OP(RST));
	still_works();
}

/* The header, and then the payload in two pieces. */
static void send_split(uint32_t host_port)
{
	const struct virtio_vsock_hdr h = header(PORT, host_port, OP(RW));
	struct vring_desc *d = rings[TX].desc;
	uint8_t *at = tx_buffer(0);

	memcpy(at, &h, HEAD);
	((struct virtio_vsock_hdr *)at)->len = 10;
	d[0] = (struct vring_desc){ guest_address(at), HEAD, VRING_DESC_F_NEXT, 1 };
	d[1] = (struct vring_desc){ guest_address(at + 0x1000), 4, VRING_DESC_F_NEXT, 2 };
	d[2] = (struct vring_desc){ guest_address(at + 0x2000), 6, 0, 0 };
	send_chain(0);
}

static void narrow(void)
{
	struct virtio_vsock_hdr h = header(PORT, NARROW, OP(RW));

	set_up();
	open_stream(PORT);
	send_split(ECHO);
	expect_packet(&p, PORT, ECHO, OP(RW));
	expect(p.h.len == 10, "%u of 10 bytes in two pieces", p.h.len);
	send_op(PORT, NARROW, OP(REQUEST));
	expect_packet(&p, PORT, NARROW, OP(RESPONSE));
	h.len = 5;
	send_packet(&h, "hello", 5);
	expect_packet(&p, PORT, NARROW, OP(RW));
	expect(p.h.len == 5 && !memcmp(p.data, "hello", 5), "the echo");
	send_split(NARROW);
	expect_packet(&p, PORT, NARROW, OP(RST));
	still_works();
}

/* Have the host call a port; the port that it calls from. */
/* The room that the host gives to a guest with a window of @alloc. */
static uint32_t room_for(uint32_t port, uint32_t alloc)
{
	struct virtio_vsock_hdr h = header(port, WIDE, OP(REQUEST));

	h.buf_alloc = alloc;
	send_packet(&h, NULL, 0);
	expect_packet(&p, port, WIDE, OP(RESPONSE));
	return p.h.buf_alloc;
}

static void wide(void)
{
	const uint32_t most = 8u << 20;

	set_up();
	expect(room_for(1, 0) == WINDOW && room_for(2, WINDOW) == WINDOW, "the least room");
	expect(room_for(3, WINDOW + 1) == WINDOW + 1, "as much room as the guest has");
	expect(room_for(4, most) == most && room_for(5, most + 1) == most, "the most room");
	expect(room_for(6, UINT32_MAX) == most, "the most room");
	still_works();
}

/* Nothing comes for what was forgotten, and a guest that goes on with it gets a reset. */
static void forget(void)
{
	set_up();
	open_stream(PORT);
	send_op(PORT + 1, FORGET, OP(SHUTDOWN));
	expect_packet(&p, PORT + 1, FORGET, OP(RST));
	send_op(PORT, ECHO, OP(CREDIT_REQUEST));
	expect_packet(&p, PORT, ECHO, OP(CREDIT_UPDATE));
	send_op(PORT + 1, FORGET, OP(REQUEST));
	expect_packet(&p, PORT + 1, FORGET, OP(RESPONSE));
	expect_nothing();
	send_op(PORT, ECHO, OP(CREDIT_REQUEST));
	expect_packet(&p, PORT, ECHO, OP(RST));
	still_works();
}

static uint32_t ask_for_call(uint32_t port)
{
	send_op(PORT, CALL + port, OP(REQUEST));
	expect_packet(&p, PORT, CALL + port, OP(RESPONSE));
	expect(next_packet(&p, 1000), "no call");
	expect(p.h.op == OP(REQUEST) && p.h.dst_port == port && p.h.buf_alloc == WINDOW &&
		       p.h.type == VIRTIO_VSOCK_TYPE_STREAM,
	       "packet %u to port %u", p.h.op, p.h.dst_port);
	return p.h.src_port;
}

static void expect_told(uint32_t port, char outcome)
{
	struct virtio_vsock_hdr h = header(PORT, CALL + port, OP(SHUTDOWN));

	expect_packet(&p, PORT, CALL + port, OP(RW));
	expect(p.h.len == 1 && p.data[0] == (unsigned char)outcome, "%u bytes: '%c'", p.h.len,
	       p.data[0]);
	expect_packet(&p, PORT, CALL + port, OP(SHUTDOWN));
	h.flags = BOTH;
	send_packet(&h, NULL, 0);
	expect_packet(&p, PORT, CALL + port, OP(RST));
}

static void call(void)
{
	struct virtio_vsock_hdr h;
	uint32_t from;

	set_up();
	from = ask_for_call(99);
	send_op(99, from, OP(RESPONSE));
	expect_told(99, '+');
	h = header(99, from, OP(RW));
	h.len = 5;
	send_packet(&h, "hello", 5);
	expect_packet(&p, 99, from, OP(RW));
	expect(p.h.len == 5 && !memcmp(p.data, "hello", 5), "the echo");
	send_op(99, from, OP(RST));
	from = ask_for_call(98);
	send_op(98, from, OP(RST));
	expect_told(98, '-');
	from = ask_for_call(97);
	/* Another packet than an answer ends it. */
	send_op(97, from, OP(CREDIT_UPDATE));
	expect_packet(&p, PORT, CALL + 97, OP(RW));
	expect(p.h.len == 1 && p.data[0] == '-', "%u bytes: '%c'", p.h.len, p.data[0]);
	expect_packet(&p, 97, from, OP(RST));
	expect_packet(&p, PORT, CALL + 97, OP(SHUTDOWN));
	send_op(PORT, CALL + 97, OP(RST));
	/* No requester waits any more when it is answered. */
	from = ask_for_call(96);
	send_op(PORT, CALL + 96, OP(RST));
	send_op(96, from, OP(RESPONSE));
	expect_packet(&p, 96, from, OP(RST));
	h = header(PORT, CALL + 95, OP(REQUEST));
	h.type = VIRTIO_VSOCK_TYPE_SEQPACKET;
	send_packet(&h, NULL, 0);
	expect_packet(&p, PORT, CALL + 95, OP(RST));
	still_works();
}

/* The packets for five bytes that @port sends back. */
static void twisted(uint32_t port)
{
	struct virtio_vsock_hdr h = header(port, port, OP(RW));
	uint32_t length, expected;

	send_op(port, port, OP(REQUEST));
	expect_packet(&p, port, port, OP(RESPONSE));
	h.len = 5;
	h.buf_alloc = port == ROGUE + 7 ? 0 : 5;
	send_packet(&h, "hello", 5);
	h = (struct virtio_vsock_hdr){ HOST, CID, port, port, 5, VIRTIO_VSOCK_TYPE_STREAM, OP(RW),
				       0, WINDOW, 5 };
	expected = HEAD + 5;
	switch (port - ROGUE) {
	case 0:
		h.len = 6;
		break;
	case 1:
		expected = HEAD - 1;
		break;
	case 2:
		expected = UINT32_MAX;
		break;
	case 3:
		h.len = 0;
		expected = HEAD;
		break;
	case 4:
		h.op = 99;
		break;
	case 5:
		h.type = 99;
		break;
	case 6:
		h.fwd_cnt += 1u << 31;
		h.buf_alloc = 0;
		break;
	case 8:
		h.src_cid = 77;
		break;
	case 9:
		h.dst_port = 77;
		break;
	case 10:
		h.op = OP(REQUEST);
		break;
	case 11:
		h.op = OP(RESPONSE);
		break;
	case 12:
		h.op = OP(RST);
		break;
	case 13:
		h.op = OP(SHUTDOWN);
		h.flags = UINT32_MAX;
		break;
	case 14:
		h.flags = UINT32_MAX;
		break;
	default:
		break;
	}
	expect(next_length(&p, &length, 1000), "nothing from port %u", port);
	expect(!memcmp(&p.h, &h, HEAD), "the header from port %u", port);
	expect(length == expected, "%u bytes from port %u, not %u", length, port, expected);
	send_op(port, port, OP(RST));
}

static void rogue(void)
{
	set_up();
	for (uint32_t port = ROGUE; port < ROGUE + 17; port++)
		twisted(port);
	send_op(PORT, ROGUE + 17, OP(REQUEST));
	expect_packet(&p, PORT, ROGUE + 17, OP(RST));
	still_works();
}

/* ---- chains and rings --------------------------------------------------------------- */

static void bad_chain(const char *what)
{
	struct ring *r = &rings[TX];

	add(r, 0);
	kick(r);
	wait_tx();
	expect(!next_packet(&p, 0), "%s: packet %u", what, p.h.op);
}

static void one(uint64_t addr, uint32_t len, uint16_t flags, uint16_t next, const char *what)
{
	rings[TX].desc[0] = (struct vring_desc){ addr, len, flags, next };
	bad_chain(what);
}

static void chains(void)
{
	const struct virtio_vsock_hdr h = header(PORT, 8, OP(REQUEST));
	struct vring_desc *d;
	uint64_t at;

	set_up();
	d = rings[TX].desc;
	at = guest_address(tx_buffer(0));
	memcpy(tx_buffer(0), &h, sizeof(h));
	one(GUEST - 1, HEAD, 0, 0, "before the memory");
	one(GUEST + GUEST_SIZE - HEAD + 1, HEAD, 0, 0, "over the memory's end");
	one(UINT64_MAX - 20, HEAD, 0, 0, "over the end of addresses");
	one(at, UINT32_MAX, 0, 0, "of 4 GiB");
	one(0, 0, 0, 0, "of no size");
	one(at, HEAD - 1, 0, 0, "too short");
	one(at, HEAD, VRING_DESC_F_NEXT, 0, "its own next");
	one(at, HEAD, VRING_DESC_F_NEXT, NUM, "a next that there is not");
	d[1] = (struct vring_desc){ at, HEAD, 0, 0 };
	one(at, HEAD, VRING_DESC_F_NEXT | VRING_DESC_F_WRITE, 1, "reading after writing");
	d[1] = (struct vring_desc){ at, HEAD, VRING_DESC_F_NEXT, 0 };
	one(at, HEAD, VRING_DESC_F_NEXT, 1, "a loop");
	one(at, 0, VRING_DESC_F_NEXT, 0, "a loop of no size");
	still_works();
}

/* Buffers without room for a packet go back, until one has room. */
static void small_buffers(void)
{
	struct ring *r = &rings[RX];

	set_up();
	for (unsigned int n = 0; n < NUM; n += 2)
		r->desc[n].flags = n < NUM / 2 ? VRING_DESC_F_WRITE : 0;
	r->desc[NUM - 2].flags = VRING_DESC_F_WRITE | VRING_DESC_F_NEXT;
	send_op(PORT, 8, OP(REQUEST));
	for (int i = 0; i < 1000 && r->used->idx != NUM / 2; i++)
		usleep(1000);
	for (unsigned int n = 0; n < NUM / 2 - 1; n++)
		expect(!r->used->ring[r->seen++].len, "a packet in no room");
	expect_packet(&p, PORT, 8, OP(RST));
}

static void indirect(void)
{
	const struct virtio_vsock_hdr h = header(PORT, 8, OP(REQUEST));
	struct vring_desc *t;
	uint64_t table, at;

	set_up();
	t = (struct vring_desc *)tx_buffer(1);
	table = guest_address(t);
	at = guest_address(tx_buffer(0));
	memcpy(tx_buffer(0), &h, sizeof(h));
	t[0] = (struct vring_desc){ at, 20, VRING_DESC_F_NEXT, 2 };
	t[2] = (struct vring_desc){ at + 20, HEAD - 20, 0, 0 };
	rings[TX].desc[0] = (struct vring_desc){ table, 48, VRING_DESC_F_INDIRECT, 0 };
	send_chain(0);
	expect_packet(&p, PORT, 8, OP(RST));
	one(table, 32, VRING_DESC_F_INDIRECT, 0, "a next that is not in the table");
	one(table, 56, VRING_DESC_F_INDIRECT, 0, "a table of 3.5");
	one(table, 0, VRING_DESC_F_INDIRECT, 0, "a table of 0");
	one(table, 0xfffffff0, VRING_DESC_F_INDIRECT, 0, "a table of 4 GiB");
	one(GUEST - 16, 48, VRING_DESC_F_INDIRECT, 0, "a table that is not in memory");
	one(GUEST + GUEST_SIZE - 16, 48, VRING_DESC_F_INDIRECT, 0, "one that ends outside");
	one(table, 48, VRING_DESC_F_INDIRECT | VRING_DESC_F_NEXT, 1, "indirect and next");
	t[2] = (struct vring_desc){ at + 20, HEAD - 20, VRING_DESC_F_NEXT, 0 };
	one(table, 48, VRING_DESC_F_INDIRECT, 0, "a loop in the table");
	t[0].len = 0;
	t[2] = (struct vring_desc){ at, 0, VRING_DESC_F_NEXT, 0 };
	one(table, 48, VRING_DESC_F_INDIRECT, 0, "a loop of no size in the table");
	t[2] = (struct vring_desc){ table, 48, VRING_DESC_F_INDIRECT, 0 };
	one(table, 48, VRING_DESC_F_INDIRECT, 0, "a table in a table");
	for (unsigned int i = 0; i < NUM; i++)
		rings[TX].desc[i] = (struct vring_desc){ table, 48, VRING_DESC_F_INDIRECT, 0 };
	bad_chain("a table in a table, everywhere");
	still_works();
}

/* The ring rests, the error descriptor is signalled, and it can be set up anew. */
static void broken_ring(void)
{
	struct ring *r = &rings[TX];
	struct pollfd err = { .fd = r->err, .events = POLLIN };
	const uint32_t state[2] = { TX, 0 };
	uint32_t base[2];

	expect(poll(&err, 1, 1000) == 1, "no signal on the error descriptor");
	expect(r->used->idx == r->seen, "the ring is still served");
	send_message(GET_VRING_BASE, 0, state, sizeof(state), NULL, 0);
	expect(get_answer(GET_VRING_BASE, base, sizeof(base)) == 8 && base[0] == TX, "the base");
	start_ring(TX, base[1]);
	still_works();
}

static void bad_index(void)
{
	set_up();
	still_works();
	rings[TX].avail->idx = (uint16_t)(rings[TX].added + NUM + 1);
	rings[TX].added = (uint16_t)(rings[TX].added + 1);
	kick(&rings[TX]);
	broken_ring();
}

static void bad_head(void)
{
	set_up();
	add(&rings[TX], NUM);
	kick(&rings[TX]);
	broken_ring();
}

/* ---- the work of a front end while a guest runs --------------------------------------- */

static uint32_t stop_ring(uint32_t index)
{
	const uint32_t state[2] = { index, 0 };
	uint32_t base[2];

	send_message(GET_VRING_BASE, NEED_REPLY, state, sizeof(state), NULL, 0);
	expect(get_answer(GET_VRING_BASE, base, sizeof(base)) == sizeof(base) && base[0] == index,
	       "the base");
	return base[1];
}

/* While it is not enabled, a ring isn't served. */
static void not_enabled(void)
{
	const struct virtio_vsock_hdr h = header(PORT, 8, OP(REQUEST));

	negotiate();
	set_memory();
	start_ring(RX, 0);
	start_ring(TX, 0);
	set_state(SET_VRING_ENABLE, RX, 1);
	fill_rx(NUM / 2);
	memcpy(tx_buffer(0), &h, sizeof(h));
	rings[TX].desc[0] = (struct vring_desc){ guest_address(tx_buffer(0)), HEAD, 0, 0 };
	add(&rings[TX], 0);
	kick(&rings[TX]);
	expect_nothing();
	set_state(SET_VRING_ENABLE, TX, 1);
	expect_packet(&p, PORT, 8, OP(RST));
	set_state(SET_VRING_ENABLE, RX, 0);
	send_op(PORT, 8, OP(REQUEST));
	expect_nothing();
	set_state(SET_VRING_ENABLE, RX, 1);
	expect_packet(&p, PORT, 8, OP(RST));
}

static void pause_guest(void)
{
	const uint64_t one = 1;

	set_up();
	open_stream(PORT);
	for (uint32_t i = 0; i < RINGS; i++)
		start_ring(i, stop_ring(i));
	expect(rings[TX].added == 1, "one packet went, and the base is %u", rings[TX].added);
	fill_rx(NUM / 2);
	send_data(PORT, 100, 100);
	expect_packet(&p, PORT, ECHO, OP(RW));
	/* A new driver starts from 0, and knows nothing of the stream. */
	for (uint32_t i = 0; i < RINGS; i++) {
		stop_ring(i);
		expect(write(rings[i].kick, &one, sizeof(one)) == sizeof(one), "kick");
		start_ring(i, 0);
	}
	fill_rx(NUM / 2);
	send_op(PORT, ECHO, OP(CREDIT_REQUEST));
	expect_packet(&p, PORT, ECHO, OP(RST));
	still_works();
}

static void new_memory(void)
{
	set_up();
	still_works();
	set_memory();
	set_addr(TX, USER(0) + 0x4000, USER(0) + 0x5000, USER(0) + 0x6000);
	set_u64(SET_VRING_CALL, TX, eventfd(0, 0));
	set_u64(SET_VRING_CALL, TX, rings[TX].call);
	still_works();
}

static void plain(void)
{
	wanted_features = F_VERSION_1;
	negotiate();
	set_memory();
	start_ring(RX, 0);
	start_ring(TX, 0);
	fill_rx(NUM / 2);
	one(guest_address(tx_buffer(0)), 48, VRING_DESC_F_INDIRECT, 0, "indirect, not agreed on");
	still_works();
}

static void config(void)
{
	struct {
		uint32_t offset, size, flags;
		uint64_t cid;
	} __attribute__((packed)) c = { 0, 8, 0, 0 };

	negotiate();
	send_message(GET_CONFIG, 0, &c, sizeof(c), NULL, 0);
	expect(get_answer(GET_CONFIG, &c, sizeof(c)) == sizeof(c) && c.cid == CID, "the CID");
	c.offset = 4;
	send_message(GET_CONFIG, 0, &c, sizeof(c), NULL, 0);
	expect(!get_answer(GET_CONFIG, &c, sizeof(c)), "bytes after the configuration's end");
}

/* ---- front ends that break the protocol ------------------------------------------------ */

static void wrong(uint32_t request, const void *payload, uint32_t size, int fds)
{
	const int fd[] = { memory_fd, memory_fd, memory_fd, memory_fd, memory_fd,
			   memory_fd, memory_fd, memory_fd, memory_fd };

	send_message(request, 0, payload, size, fd, fds);
	expect_end();
}

static void wrong_state(uint32_t request, uint32_t index, uint32_t num)
{
	const uint32_t state[2] = { index, num };

	wrong(request, state, sizeof(state), 0);
}

static void wrong_memory(uint32_t count, uint64_t guest, uint64_t size, uint64_t offset, int fds)
{
	struct memory_table t = { .count = count };

	for (uint32_t i = 0; i < 9; i++)
		t.regions[i] = (struct region){ guest, size, USER(i), offset };
	negotiate();
	wrong(SET_MEM_TABLE, &t, 8 + (count < 9 ? count : 8) * 32, fds);
}

static void cut_head(void)
{
	negotiate();
	expect(write(connection, "\1\0\0\0\1", 5) == 5, "write");
	expect_end();
}

static void cut_payload(void)
{
	const uint32_t m[] = { SET_FEATURES, 1, 8, 0 };

	negotiate();
	expect(write(connection, m, sizeof(m)) == sizeof(m), "write");
	expect_end();
}

static void too_long(void)
{
	const uint32_t m[] = { SET_FEATURES, 1, 0x7fffffff };

	expect(write(connection, m, sizeof(m)) == sizeof(m), "write");
	expect_end();
}

static void version(void)
{
	const uint32_t m[] = { GET_FEATURES, 2, 0 };

	expect(write(connection, m, sizeof(m)) == sizeof(m), "write");
	expect_end();
}

static void unknown(void)
{
	wrong(21, NULL, 0, 0);
}

static void unknown_far(void)
{
	wrong(0x80000001, NULL, 0, 0);
}

static void wrong_size(void)
{
	wrong(SET_FEATURES, "1234", 4, 0);
}

static void config_size(void)
{
	const uint32_t c[] = { 0, 0xfffffff8, 0, 0 };

	wrong(GET_CONFIG, c, sizeof(c), 0);
}

static void feature(void)
{
	const uint64_t all = UINT64_MAX;

	wrong(SET_FEATURES, &all, sizeof(all), 0);
}

static void memory_beyond_file(void)
{
	wrong_memory(1, GUEST, GUEST_SIZE + 1, 0, 1);
}

static void memory_offset_wraps(void)
{
	wrong_memory(1, GUEST, GUEST_SIZE, UINT64_MAX - 4095, 1);
}

static void memory_address_wraps(void)
{
	wrong_memory(1, UINT64_MAX - 4095, 8192, 0, 1);
}

static void memory_without_fd(void)
{
	wrong_memory(2, GUEST, GUEST_SIZE, 0, 1);
}

static void memory_too_many(void)
{
	wrong_memory(9, GUEST, GUEST_SIZE, 0, 9);
}

static void memory_count(void)
{
	const uint32_t count[] = { UINT32_MAX, 0 };

	negotiate();
	wrong(SET_MEM_TABLE, count, sizeof(count), 1);
}

static void memory_drops_ring(void)
{
	const struct memory_table t = { .count = 1,
					.regions = { { GUEST, 4096, USER(5), GUEST_HALF } } };

	set_up();
	wrong(SET_MEM_TABLE, &t, 40, 1);
}

static void ring_number(void)
{
	wrong_state(SET_VRING_ENABLE, RINGS, 1);
}

static void ring_size(void)
{
	wrong_state(SET_VRING_NUM, 0, 48);
}

static void ring_resized(void)
{
	set_up();
	wrong_state(SET_VRING_NUM, 0, 32768);
}

static void ring_rebased(void)
{
	set_up();
	wrong_state(SET_VRING_BASE, 0, 7);
}

/* Where @at has no room for a ring of 64. */
static void ring_at(uint64_t at)
{
	const uint64_t index = TX;
	const int fd = eventfd(0, 0);

	negotiate();
	set_memory();
	set_state(SET_VRING_NUM, TX, NUM);
	set_addr(TX, USER(0), USER(0) + 0x1000, at);
	send_message(SET_VRING_KICK, 0, &index, sizeof(index), &fd, 1);
	expect_end();
}

static void ring_outside(void)
{
	ring_at(USER(1) + GUEST_HALF - 512);
}

static void ring_crooked(void)
{
	ring_at(USER(0) + 0x2002);
}

static void kick_without_fd(void)
{
	const uint64_t index = TX | 0x100;

	negotiate();
	wrong(SET_VRING_KICK, &index, sizeof(index), 0);
}

static void kick_no_eventfd(void)
{
	set_up();
	set_u64(SET_VRING_KICK, TX, open("/dev/null", O_RDONLY));
	expect_end();
}

static const struct test {
	const char *name;
	void (*run)(void);
} tests[] = {
#define TEST(name)          \
	{                   \
#name, name \
	}
	TEST(echo),
	TEST(half_close),
	TEST(refused),
	TEST(bad_packets),
	TEST(many),
	TEST(no_room),
	TEST(messages),
	TEST(narrow),
	TEST(wide),
	TEST(forget),
	TEST(call),
	TEST(rogue),
	TEST(chains),
	TEST(small_buffers),
	TEST(indirect),
	TEST(bad_index),
	TEST(bad_head),
	TEST(not_enabled),
	TEST(pause_guest),
	TEST(new_memory),
	TEST(plain),
	TEST(config),
	TEST(cut_head),
	TEST(cut_payload),
	TEST(too_long),
	TEST(version),
	TEST(unknown),
	TEST(unknown_far),
	TEST(wrong_size),
	TEST(config_size),
	TEST(feature),
	TEST(memory_beyond_file),
	TEST(memory_offset_wraps),
	TEST(memory_address_wraps),
	TEST(memory_without_fd),
	TEST(memory_too_many),
	TEST(memory_count),
	TEST(memory_drops_ring),
	TEST(ring_number),
	TEST(ring_size),
	TEST(ring_resized),
	TEST(ring_rebased),
	TEST(ring_outside),
	TEST(ring_crooked),
	TEST(kick_without_fd),
	TEST(kick_no_eventfd),
};

int main(int argc, char **argv)
{
	expect(argc == 3, "usage: frontend SOCKET CASE");
	for (const struct test *t = tests; t < tests + sizeof(tests) / sizeof(tests[0]); t++) {
		if (strcmp(t->name, argv[2]) != 0)
			continue;
		connect_to(argv[1]);
		t->run();
		return 0;
	}
	fail("%s: no such case", argv[2]);
}
