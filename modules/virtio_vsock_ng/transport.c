// SPDX-License-Identifier: GPL-2.0-only
/*
 * The guest's transport from the kernel's own source, and the functions between it and the
 * vsock core: by name where the source leaves no other way, else by the table of operations,
 * before the core sees that. Each step ends in the kernel's own.
 */
#include <linux/capability.h>
#include <linux/init.h>
#include <linux/minmax.h>
#include <linux/module.h>
#include <linux/skbuff.h>
#include <linux/spinlock.h>
#include <linux/virtio_vsock.h>
#include <net/af_vsock.h>
#include <net/net_namespace.h>
#include <net/sock.h>

#include "compat.h"
#include "virtio_vsock_ng.h"

/* ---- by name --------------------------------------------------------------------------- */

enum { VNG_STOCK_RX = VIRTIO_VSOCK_DEFAULT_RX_BUF_SIZE };

static inline unsigned int vng_rx_size(void)
{
	return rx_buf_size ? SKB_WITH_OVERHEAD(rx_buf_size) : VNG_STOCK_RX;
}

/*
 * A packet that takes less than half of a large buffer gets a separate one, for a socket may
 * be sent many of a few bytes each, and answers for those bytes alone. It has the room that
 * the kernel's own buffers have, where sockets gather small packets.
 */
static struct sk_buff *vng_fit(struct sk_buff *skb)
{
	unsigned int stock = VNG_STOCK_RX - VIRTIO_VSOCK_SKB_HEADROOM;
	struct sk_buff *fitting;

	if (vng_rx_size() <= VNG_STOCK_RX ||
	    le16_to_cpu(virtio_vsock_hdr(skb)->op) != VIRTIO_VSOCK_OP_RW ||
	    VIRTIO_VSOCK_SKB_HEADROOM + skb->len > SKB_WITH_OVERHEAD(rx_buf_size / 2))
		return skb;
	fitting = skb_copy_expand(skb, VIRTIO_VSOCK_SKB_HEADROOM,
				  stock - min(stock, skb->len), GFP_KERNEL);
	if (!fitting)
		return skb;
	consume_skb(skb);
	vng_add(VNG_RX_COPIED, 1);
	return fitting;
}

static struct sk_buff *vng_received(struct sk_buff *skb)
{
	vng_add(VNG_RX_PACKETS, 1);
	vng_add(VNG_RX_BYTES, skb->len);
	return vng_fit(skb);
}

COMPAT_TAKES_OVER(VIRTIO_VSOCK_DEFAULT_RX_BUF_SIZE);
#undef VIRTIO_VSOCK_DEFAULT_RX_BUF_SIZE
#define VIRTIO_VSOCK_DEFAULT_RX_BUF_SIZE vng_rx_size()

/* The name within is not replaced again: it is the kernel's function. */
COMPAT_TAKES_OVER(virtio_transport_recv_pkt);
#define virtio_transport_recv_pkt(t, skb, ...) \
	virtio_transport_recv_pkt(t, vng_received(skb), ##__VA_ARGS__)

/* The device must not load this automatically: the kernel's own driver is for it. */
COMPAT_TAKES_OVER(MODULE_DEVICE_TABLE);
#undef MODULE_DEVICE_TABLE
#define MODULE_DEVICE_TABLE(...)

/* main.c has them. */
COMPAT_TAKES_OVER(module_init);
#undef module_init
#define module_init(...)
COMPAT_TAKES_OVER(module_exit);
#undef module_exit
#define module_exit(...)
#undef MODULE_DESCRIPTION
#define MODULE_DESCRIPTION(...)

#include VNG_TRANSPORT

/* ---- by the table of operations -------------------------------------------------------- */

/* As the kernel has it. */
static struct virtio_transport vng_stock __ro_after_init;

static bool vng_may_talk(struct vsock_sock *vsk, bool accepted)
{
	switch (READ_ONCE(host_access)) {
	case VNG_INIT_NET:
		return net_eq(sock_net(sk_vsock(vsk)), &init_net);
	case VNG_ADMIN:
		/* A request comes without a process: the one that made the listener counts. */
		return accepted ? vsk->trusted : capable(CAP_NET_ADMIN);
	default:
		return true;
	}
}

static bool vng_may_accept(struct vsock_sock *vsk)
{
	if (vng_port_denied(vsk->local_addr.svm_port)) {
		vng_add(VNG_REFUSED_PORT, 1);
		return false;
	}
	if (!vng_may_talk(vsk, true)) {
		vng_add(VNG_REFUSED_ACCEPT, 1);
		return false;
	}
	return true;
}

/* The default is for sockets alone whose program has set nothing. */
static void vng_set_window(struct vsock_sock *vsk)
{
	unsigned int size = READ_ONCE(rcvbuf_default);
	unsigned int cap = READ_ONCE(rcvbuf_cap);

	if (size && vsk->buffer_size == VNG_STOCK) {
		if (vsk->buffer_max_size == VNG_STOCK)
			vsk->buffer_max_size = size;
		vsk->buffer_size = min_t(u64, size, vsk->buffer_max_size);
		vng_add(VNG_RAISED, 1);
	}
	if (cap && vsk->buffer_size > cap) {
		vsk->buffer_size = cap;
		vng_add(VNG_CAPPED, 1);
	}
}

/*
 * A socket gets this transport: one that connects, or one made for a request that came for
 * LISTENER, which is locked. The peer of a refused request gets the same answer as
 * without a listener.
 */
static int vng_init_socket(struct vsock_sock *vsk, struct vsock_sock *listener)
{
	if (listener && !vng_may_accept(vsk)) {
		compat_refused(sk_vsock(listener));
		return -EACCES;
	}
	vng_set_window(vsk);
	return vng_stock.transport.init(vsk, listener);
}

/* For connect() alone, in its caller's context. */
static int vng_connect(struct vsock_sock *vsk)
{
	if (!vng_may_talk(vsk, false)) {
		/* It is set to wait for an answer already, and nothing was asked. */
		sk_vsock(vsk)->sk_state = TCP_CLOSE;
		vng_add(VNG_REFUSED_CONNECT, 1);
		return -EACCES;
	}
	return vng_stock.transport.connect(vsk);
}

static void vng_notify_buffer_size(struct vsock_sock *vsk, u64 *size)
{
	unsigned int cap = READ_ONCE(rcvbuf_cap);

	if (cap && *size > cap) {
		*size = cap;
		vng_add(VNG_CAPPED, 1);
	}
	vng_stock.transport.notify_buffer_size(vsk, size);
}

/* The core comes back with the rest, as when the peer has no room for all of it. */
static ssize_t vng_stream_enqueue(struct vsock_sock *vsk, struct msghdr *msg, size_t len)
{
	size_t max = READ_ONCE(tx_pkt_max);

	if (max && len > max) {
		len = max;
		vng_add(VNG_TX_CUT, 1);
	}
	return vng_stock.transport.stream_enqueue(vsk, msg, len);
}

/* The window that the kernel's own holds a whole message against. */
static u32 vng_tx_window(struct vsock_sock *vsk)
{
	struct virtio_vsock_sock *vvs = vsk->trans;
	u32 window;

	spin_lock_bh(&vvs->tx_lock);
	window = min(vvs->peer_buf_alloc, vvs->buf_alloc);
	spin_unlock_bh(&vvs->tx_lock);
	return window;
}

/* The end of the message is marked where nothing is left of it, so that it can come in parts. */
static int vng_seqpacket_enqueue(struct vsock_sock *vsk, struct msghdr *msg, size_t len)
{
	size_t max = READ_ONCE(tx_pkt_max);

	/* One that is too long is the kernel's own to refuse. */
	if (max && len > max && len <= vng_tx_window(vsk))
		return vng_stream_enqueue(vsk, msg, len);
	return vng_stock.transport.seqpacket_enqueue(vsk, msg, len);
}

#ifdef HAVE_TRANSPORT_can_msgzerocopy
/* A program's pages are a piece of the packet each, and the limit is for hosts that take one. */
static bool vng_can_msgzerocopy(int pieces)
{
	return !READ_ONCE(tx_pkt_max) && vng_stock.can_msgzerocopy(pieces);
}
#endif

static int vng_send_pkt(COMPAT_SKB_AND_NET)
{
	u32 len = skb->len;
	/* The packet may be freed when this returns. */
	int sent = compat_skb_and_net(vng_stock.send_pkt, skb);

	if (sent >= 0) {
		vng_add(VNG_TX_PACKETS, 1);
		vng_add(VNG_TX_BYTES, len);
	}
	return sent;
}

/* ---- start and stop -------------------------------------------------------------------- */

COMPAT_TAKES_OVER(virtio_transport);
COMPAT_TAKES_OVER(init);
COMPAT_TAKES_OVER(connect);
COMPAT_TAKES_OVER(notify_buffer_size);
COMPAT_TAKES_OVER(stream_enqueue);
COMPAT_TAKES_OVER(seqpacket_enqueue);
COMPAT_TAKES_OVER(send_pkt);

int __init vng_start(void)
{
	struct vsock_transport *t = &virtio_transport.transport;

	vng_stock = virtio_transport;
	t->init = vng_init_socket;
	t->connect = vng_connect;
	t->notify_buffer_size = vng_notify_buffer_size;
	t->stream_enqueue = vng_stream_enqueue;
	t->seqpacket_enqueue = vng_seqpacket_enqueue;
	virtio_transport.send_pkt = vng_send_pkt;
#ifdef HAVE_TRANSPORT_can_msgzerocopy
	virtio_transport.can_msgzerocopy = vng_can_msgzerocopy;
#endif
	return virtio_vsock_init();
}

void __exit vng_stop(void)
{
	virtio_vsock_exit();
}
