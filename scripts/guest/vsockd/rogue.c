// SPDX-License-Identifier: GPL-2.0-only
#include <endian.h>

#include "rogue.h"

enum { NOBODYS_PORT = 77, NOBODYS_CID = 77, NO_OP = 99, NO_TYPE = 99, LATE = 100000 };

static void set_op(struct virtio_vsock_hdr *h, uint16_t op)
{
	h->op = htole16(op);
}

uint32_t rogue_twist(struct virtio_vsock_hdr *h, uint32_t used)
{
	if (le16toh(h->op) != VIRTIO_VSOCK_OP_RW)
		return used;
	switch (le32toh(h->src_port)) {
	case ROGUE_LONG:
		h->len = htole32(le32toh(h->len) + 1);
		break;
	case ROGUE_SHORT:
		return sizeof(*h) - 1;
	case ROGUE_HUGE:
		return UINT32_MAX;
	case ROGUE_EMPTY:
		h->len = 0;
		return sizeof(*h);
	case ROGUE_OP:
		set_op(h, NO_OP);
		break;
	case ROGUE_TYPE:
		h->type = htole16(NO_TYPE);
		break;
	case ROGUE_CREDIT:
		h->fwd_cnt = htole32(le32toh(h->fwd_cnt) + (1u << 31));
		h->buf_alloc = 0;
		break;
	case ROGUE_CID:
		h->src_cid = htole64(NOBODYS_CID);
		break;
	case ROGUE_CLOSED:
		h->dst_port = htole32(NOBODYS_PORT);
		break;
	case ROGUE_REQUEST:
		set_op(h, VIRTIO_VSOCK_OP_REQUEST);
		break;
	case ROGUE_RESPONSE:
		set_op(h, VIRTIO_VSOCK_OP_RESPONSE);
		break;
	case ROGUE_RESET:
		set_op(h, VIRTIO_VSOCK_OP_RST);
		break;
	case ROGUE_SHUTDOWN:
		set_op(h, VIRTIO_VSOCK_OP_SHUTDOWN);
		h->flags = htole32(UINT32_MAX);
		break;
	case ROGUE_MARKS:
		h->flags = htole32(UINT32_MAX);
		break;
	case ROGUE_ENDLESS:
		h->flags = 0;
		break;
	case ROGUE_LATE:
		if (le32toh(h->fwd_cnt) > LATE)
			set_op(h, VIRTIO_VSOCK_OP_RST);
		break;
	default:
		break;
	}
	return used;
}
