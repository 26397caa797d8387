// SPDX-License-Identifier: GPL-2.0-only
/*
 * A vhost-user front end with a guest's driver, for tests of vsockd. All waiting is bounded: an
 * event that does not come ends the program.
 */
#ifndef FRONTEND_H
#define FRONTEND_H

#include <linux/virtio_ring.h>
#include <linux/virtio_vsock.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { RX, TX, RINGS };
enum { NUM = 64, BUFFER = 4096, HEAD = 44, CID = 3, HOST = 2, WINDOW = 256 << 10 };

/* Two regions of one file, which follow each other for the guest only. */
#define GUEST 0x100000u
#define GUEST_HALF 0x100000ull
#define GUEST_SIZE 0x200000ull
#define USER(n) (0x7f0000000000u + (n)*0x100000000u)
#define NEED_REPLY 8u
#define REPLY_ACK (1ULL << 3)
#define F_INDIRECT (1ULL << 28)
#define F_EVENT_IDX (1ULL << 29)
#define F_PROTOCOL (1ULL << 30)
#define F_VERSION_1 (1ULL << 32)

enum {
	GET_FEATURES = 1,
	SET_FEATURES = 2,
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

struct region {
	uint64_t guest, size, user, offset;
};

struct memory_table {
	uint32_t count, padding;
	struct region regions[9];
};

struct packet {
	struct virtio_vsock_hdr h;
	uint8_t data[BUFFER];
};

struct ring {
	struct vring_desc *desc;
	struct vring_avail *avail;
	struct vring_used *used;
	uint16_t added, seen;
	int kick, call, err;
};

extern struct ring rings[RINGS];
extern uint8_t *memory; /* of the guest */
extern int memory_fd, connection;
extern uint64_t wanted_features; /* to be set before set_up() */

_Noreturn void fail(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
#define expect(what, ...)                  \
	do {                               \
		if (!(what))               \
			fail(__VA_ARGS__); \
	} while (0)

/* ---- the protocol ---------------------------------------------------------------- */
void connect_to(const char *path);
void send_message(uint32_t request, uint32_t flags, const void *payload, uint32_t size,
		  const int *fds, int count);
/* The size of the answer's payload. */
uint32_t get_answer(uint32_t request, void *payload, uint32_t max);
/* Sends, and has it confirmed. */
void set(uint32_t request, const void *payload, uint32_t size, const int *fds, int count);
void set_u64(uint32_t request, uint64_t value, int fd);
void set_state(uint32_t request, uint32_t index, uint32_t num);
uint64_t get_u64(uint32_t request);
void set_memory(void);
void set_addr(uint32_t index, uint64_t desc, uint64_t avail, uint64_t used);
void negotiate(void);
/* All but the last step, which is to enable it. */
void start_ring(uint32_t index, uint32_t base);
/* Everything, with the guest's buffers. */
void set_up(void);
/* vsockd must have hung up. */
void expect_end(void);

/* ---- the guest's driver ------------------------------------------------------------ */
uint64_t guest_address(const void *p);
/* Room for a packet of the guest, @n of them. */
uint8_t *tx_buffer(size_t n);
void fill_rx(size_t count);
void add(struct ring *r, uint16_t head);
void kick(struct ring *r);
/* Waits until the device has given back all of the transmit ring. */
void wait_tx(void);
void send_chain(uint16_t head);
void send_packet(const struct virtio_vsock_hdr *h, const void *data, size_t len);
struct virtio_vsock_hdr header(uint32_t guest_port, uint32_t host_port, uint16_t op);
void send_op(uint32_t guest_port, uint32_t host_port, uint16_t op);
/* The next packet, or false if none comes for so long. */
bool next_packet(struct packet *p, int ms);
/* The same, with the length that the ring has. */
bool next_length(struct packet *p, uint32_t *length, int ms);
void expect_packet(struct packet *p, uint32_t guest_port, uint32_t host_port, uint16_t op);
void expect_nothing(void);

#endif
