/* SPDX-License-Identifier: GPL-2.0-only */
/* What the parts of virtio_vsock_ng share; docs/virtio_vsock_ng.4 describes the interface. */
#ifndef VIRTIO_VSOCK_NG_H
#define VIRTIO_VSOCK_NG_H

#include <linux/percpu.h>
#include <linux/sizes.h>
#include <linux/types.h>

/* The kernel's own window, and its ceiling, in bytes: private to af_vsock.c. */
#define VNG_STOCK	SZ_256K

enum {
	VNG_ANYONE,	/* may talk to the host */
	VNG_INIT_NET,	/* sockets of the initial network namespace */
	VNG_ADMIN,	/* who has CAP_NET_ADMIN in the initial user namespace */
};

/* The parameters. In bytes, 0 for the kernel's own behaviour; they change at any time. */
extern unsigned int rx_buf_size;	/* but this one at load only */
extern unsigned int tx_pkt_max;
extern unsigned int rcvbuf_default;
extern unsigned int rcvbuf_cap;
extern unsigned int host_access;

bool vng_port_denied(u32 port);

/* In the order of vng_names in main.c. */
enum vng_count {
	VNG_RX_PACKETS,
	VNG_RX_BYTES,
	VNG_RX_COPIED,
	VNG_TX_PACKETS,
	VNG_TX_BYTES,
	VNG_TX_CUT,
	VNG_RAISED,
	VNG_CAPPED,
	VNG_REFUSED_CONNECT,
	VNG_REFUSED_ACCEPT,
	VNG_REFUSED_PORT,
	VNG_COUNTS
};

struct vng_counts {
	u64 of[VNG_COUNTS];
};

DECLARE_PER_CPU(struct vng_counts, vng_counts);

static inline void vng_add(enum vng_count which, u64 n)
{
	this_cpu_add(vng_counts.of[which], n);
}

/* Register the transport, with the kernel's own init; and take it back. */
int vng_start(void);
void vng_stop(void);

#endif
