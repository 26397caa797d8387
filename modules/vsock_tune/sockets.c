// SPDX-License-Identifier: GPL-2.0-only
/*
 * Sockets, as the exported tables have them: the same that vsock_diag walks. Their windows
 * are set by the steps of setsockopt(SO_VM_SOCKETS_BUFFER_SIZE), under their own lock.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/atomic.h>
#include <linux/mm.h>
#include <linux/skbuff.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/virtio_vsock.h>
#include <linux/workqueue.h>
#include <net/sock.h>

#include "compat.h"
#include "vsock_tune.h"

static void vt_sweep(struct work_struct *work);
static DECLARE_DELAYED_WORK(vt_work, vt_sweep);

static atomic64_t vt_tuned = ATOMIC64_INIT(0);
static atomic64_t vt_sweeps = ATOMIC64_INIT(0);

/* ---- one socket ------------------------------------------------------------------ */

/* Only the virtio transports keep a struct virtio_vsock_sock, and this with it. */
static struct virtio_vsock_sock *vt_virtio(const struct vsock_sock *vsk)
{
	const struct vsock_transport *t = vsk->transport;

	return t && t->stream_dequeue == virtio_transport_stream_dequeue ? vsk->trans : NULL;
}

bool vt_raise(struct vsock_sock *vsk, u64 *size)
{
	unsigned int def = READ_ONCE(rcvbuf_default);
	unsigned int max = READ_ONCE(rcvbuf_max);

	if (max && vsk->buffer_max_size == VT_STOCK)
		WRITE_ONCE(vsk->buffer_max_size, max);
	if (def <= VT_STOCK || vsk->buffer_size != VT_STOCK)
		return false;
	/* A ceiling that an application has lowered is its own choice as well. */
	if (vsk->buffer_max_size == VT_STOCK)
		WRITE_ONCE(vsk->buffer_max_size, def);
	*size = min_t(u64, def, vsk->buffer_max_size);
	return *size > VT_STOCK;
}

void vt_set_window(struct vsock_sock *vsk, u64 size)
{
	struct virtio_vsock_sock *vvs = vt_virtio(vsk);

	if (vvs) {
		spin_lock_bh(&vvs->rx_lock);
		vvs->buf_alloc = size;
		spin_unlock_bh(&vvs->rx_lock);
	}
	WRITE_ONCE(vsk->buffer_size, size);
	atomic64_inc(&vt_tuned);
}

static void vt_tune(struct sock *sk, struct seq_file *unused)
{
	struct vsock_sock *vsk = vsock_sk(sk);
	u64 size;

	lock_sock(sk);
	switch (sk->sk_state) {
	case TCP_ESTABLISHED:
		if (!vt_raise(vsk, &size))
			break;
		if (vsk->transport && vsk->transport->notify_buffer_size)
			vsk->transport->notify_buffer_size(vsk, &size);
		WRITE_ONCE(vsk->buffer_size, size);
		atomic64_inc(&vt_tuned);
		break;
	case TCP_CLOSE:
	case TCP_LISTEN:
		if (vt_raise(vsk, &size))
			vt_set_window(vsk, size);
		break;
	default:
		/* Until the peer has answered, a credit update would make it reset. */
		break;
	}
	release_sock(sk);
}

/* ---- all of them ----------------------------------------------------------------- */

struct vt_list {
	bool (*wanted)(const struct vsock_sock *vsk);
	struct sock **sockets;	/* each held, or NULL to count only */
	unsigned int n;
	unsigned int size;
};

static bool vt_wants(const struct vsock_sock *vsk)
{
	return (READ_ONCE(rcvbuf_max) > VT_STOCK && READ_ONCE(vsk->buffer_max_size) == VT_STOCK) ||
	       (READ_ONCE(rcvbuf_default) > VT_STOCK && READ_ONCE(vsk->buffer_size) == VT_STOCK);
}

static bool vt_any(const struct vsock_sock *vsk)
{
	return true;
}

static void vt_visit(struct vt_list *list, struct vsock_sock *vsk)
{
	struct sock *sk = sk_vsock(vsk);

	if (list->n == list->size || !vt_is_connectible(sk) || !list->wanted(vsk))
		return;
	if (list->sockets) {
		sock_hold(sk);
		list->sockets[list->n] = sk;
	}
	list->n++;
}

static void vt_walk(struct vt_list *list)
{
	struct vsock_sock *vsk;
	unsigned int i;

	spin_lock_bh(&vsock_table_lock);
	for (i = 0; i < ARRAY_SIZE(vsock_connected_table); i++) {
		list_for_each_entry(vsk, &vsock_connected_table[i], connected_table)
			vt_visit(list, vsk);
	}
	for (i = 0; i < ARRAY_SIZE(vsock_bind_table); i++) {
		list_for_each_entry(vsk, &vsock_bind_table[i], bound_table) {
			/* Most that are connected are bound, too. */
			if (list_empty(&vsk->connected_table))
				vt_visit(list, vsk);
		}
	}
	spin_unlock_bh(&vsock_table_lock);
}

/* Those that come in between are left to the next time. */
static int vt_for_each(bool (*wanted)(const struct vsock_sock *vsk),
		       void (*act)(struct sock *sk, struct seq_file *m), struct seq_file *m)
{
	struct vt_list list = { .wanted = wanted, .size = UINT_MAX };
	unsigned int i;

	vt_walk(&list);
	if (!list.n)
		return 0;
	list.sockets = kvmalloc_array(list.n, sizeof(*list.sockets), GFP_KERNEL);
	if (!list.sockets)
		return -ENOMEM;
	list.size = list.n;
	list.n = 0;
	vt_walk(&list);
	for (i = 0; i < list.n; i++) {
		act(list.sockets[i], m);
		sock_put(list.sockets[i]);
		cond_resched();
	}
	kvfree(list.sockets);
	return 0;
}

static void vt_sweep(struct work_struct *work)
{
	unsigned int ms = READ_ONCE(sweep_ms);

	if (vt_for_each(vt_wants, vt_tune, NULL))
		pr_notice_ratelimited("no memory to list the sockets in\n");
	atomic64_inc(&vt_sweeps);
	if (ms && (READ_ONCE(rcvbuf_default) || READ_ONCE(rcvbuf_max)))
		queue_delayed_work(system_freezable_wq, &vt_work, msecs_to_jiffies(ms));
}

void vt_sweep_soon(void)
{
	mod_delayed_work(system_freezable_wq, &vt_work, 0);
}

void vt_sweep_stop(void)
{
	cancel_delayed_work_sync(&vt_work);
}

/* ---- /proc/net/vsock_tune -------------------------------------------------------- */

void vt_show_sweeps(struct seq_file *m)
{
	seq_printf(m, "sweeps %lld\ntuned %lld\n", atomic64_read(&vt_sweeps),
		   atomic64_read(&vt_tuned));
}

static const char *vt_state(const struct sock *sk)
{
	switch (sk->sk_state) {
	case TCP_LISTEN:
		return "listening";
	case TCP_SYN_SENT:
		return "connecting";
	case TCP_ESTABLISHED:
		return "connected";
	case TCP_CLOSING:
		return "closing";
	default:
		return "unconnected";
	}
}

static void vt_show_address(struct seq_file *m, const struct sockaddr_vm *address)
{
	if (address->svm_cid == VMADDR_CID_ANY)
		seq_puts(m, " *");
	else
		seq_printf(m, " %u", address->svm_cid);
	if (address->svm_port == VMADDR_PORT_ANY)
		seq_puts(m, ":*");
	else
		seq_printf(m, ":%u", address->svm_port);
}

static void vt_show_socket(struct sock *sk, struct seq_file *m)
{
	u32 queued = 0, skbs = 0, in_flight = 0;
	struct vsock_sock *vsk = vsock_sk(sk);
	struct virtio_vsock_sock *vvs;
	s64 credit = 0;

	lock_sock(sk);
	vvs = vt_virtio(vsk);
	if (vvs) {
		spin_lock_bh(&vvs->rx_lock);
		queued = vvs->rx_bytes;
		skbs = skb_queue_len(&vvs->rx_queue);
		spin_unlock_bh(&vvs->rx_lock);
		spin_lock_bh(&vvs->tx_lock);
		in_flight = vvs->tx_cnt - vvs->peer_fwd_cnt;
		spin_unlock_bh(&vvs->tx_lock);
		credit = virtio_transport_stream_has_space(vsk);
	}
	seq_printf(m, "%s %s", sk->sk_type == SOCK_STREAM ? "stream" : "seqpacket", vt_state(sk));
	vt_show_address(m, &vsk->local_addr);
	vt_show_address(m, &vsk->remote_addr);
	seq_printf(m, " %llu %llu %u %u %lu %u %lld\n", vsk->buffer_size, vsk->buffer_max_size,
		   queued, skbs, (unsigned long)skbs * SKB_TRUESIZE(0), in_flight, credit);
	release_sock(sk);
}

int vt_show_sockets(struct seq_file *m, void *v)
{
	seq_puts(m, "type state local peer window max queued skbs overhead inflight credit\n");
	return vt_for_each(vt_any, vt_show_socket, m);
}
