/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a device must not do, for tests of drivers: on each of these ports the guest finds an
 * echo whose data packets are wrong in one way. Nothing is kept here.
 */
#ifndef ROGUE_H
#define ROGUE_H

#include <linux/virtio_vsock.h>
#include <stdint.h>

/* docs/vsockd.1 has them in words; the tests' tables have the numbers. */
enum rogue {
	ROGUE_PORT = 1000,
	ROGUE_LONG = ROGUE_PORT, /* says that more bytes came than did */
	ROGUE_SHORT, /* the ring gets a length without even the header, */
	ROGUE_HUGE, /* or that more came than the buffer holds */
	ROGUE_EMPTY, /* without the data */
	ROGUE_OP, /* of an operation, */
	ROGUE_TYPE, /* or a type, that there is not */
	ROGUE_CREDIT, /* has taken what was never sent, and has no room at all */
	ROGUE_FLOOD, /* more than the guest has room for */
	ROGUE_CID, /* from another */
	ROGUE_CLOSED, /* to a port without a listener */
	ROGUE_REQUEST, /* connects once more, */
	ROGUE_RESPONSE, /* or says again that it is connected, */
	ROGUE_RESET, /* or resets, with data */
	ROGUE_SHUTDOWN, /* all flags that there could be, with data */
	ROGUE_MARKS, /* all flags of data, */
	ROGUE_ENDLESS, /* or none, so that no message ever ends */
	ROGUE_LATE, /* a reset once 100000 bytes have come */
	ROGUE_END,
};

/*
 * Twists a packet for the guest, if it is from one of these ports and has data; @used is how
 * many bytes it has with its header. Returns the length for the ring instead.
 */
uint32_t rogue_twist(struct virtio_vsock_hdr *h, uint32_t used);

#endif
