// SPDX-License-Identifier: GPL-2.0-only
/*
 * Sockets, as the exported tables have them: the same that vsock_diag walks. A task can own a
 * socket for as long as it likes, by sending from a page of a file system that does not
 * answer; so nothing here waits for one. A sweep passes over a socket that is owned, and the
 * list of sockets is read under their spin locks.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/atomic.h>
#include <linux/mm.h>
#include <linux/skbuff.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/virtio_vsock.h>
#include <linux/workqueue.h>
#include <net/af_vsock.h>
#include <net/sock.h>

#include "compat.h"
#include "vsock_tune.h"

/* After a write: how often, and how soon, sockets are tried again that were passed over. */
#define VT_RETRIES	20
#define VT_RETRY_MS	100

static void vt_sweep(struct work_struct *work);
static DECLARE_DELAYED_WORK(vt_work, vt_sweep);

static atomic_t vt_retries = ATOMIC_INIT(0);
static atomic64_t vt_tuned = ATOMIC64_INIT(0);
static atomic64_t vt_sweeps = ATOMIC64_INIT(0);
static atomic64_t vt_skipped = ATOMIC64_INIT(0);

/* ---- one socket ------------------------------------------------------------------ */

/* Only the virtio transports keep a struct virtio_vsock_sock, and this with it. */
static struct virtio_vsock_sock *vt_virtio(const struct vsock_sock *vsk)
{
	const struct vsock_transport *t = vsk->transport;

	return t && t->stream_dequeue == virtio_transport_stream_dequeue ? vsk->trans : NULL;
}

/* As lock_sock(), if no task owns the socket; release_sock() ends it. */
static bool vt_trylock(struct sock *sk)
{
	bool locked;

	spin_lock_bh(&sk->sk_lock.slock);
	locked = !sock_owned_by_user_nocheck(sk);
	if (locked) {
		sk->sk_lock.owned = 1;
		mutex_acquire(&sk->sk_lock.dep_map, 0, 1, _RET_IP_);
	}
	spin_unlock_bh(&sk->sk_lock.slock);
	return locked;
}

/* Raise the limits of a socket whose program has set none; true if its window is to be *SIZE. */
static bool vt_raise(struct vsock_sock *vsk, u64 *size)
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

/* The steps of setsockopt(SO_VM_SOCKETS_BUFFER_SIZE): the peer of a connection learns of it. */
static void vt_set_window(struct vsock_sock *vsk, u64 size)
{
	struct virtio_vsock_sock *vvs = vt_virtio(vsk);

	if (sk_vsock(vsk)->sk_state != TCP_ESTABLISHED) {
		if (vvs) {
			spin_lock_bh(&vvs->rx_lock);
			vvs->buf_alloc = size;
			spin_unlock_bh(&vvs->rx_lock);
		}
	} else if (vsk->transport && vsk->transport->notify_buffer_size) {
		vsk->transport->notify_buffer_size(vsk, &size);
	}
	WRITE_ONCE(vsk->buffer_size, size);
	atomic64_inc(&vt_tuned);
}

/* False if it has to be tried again. */
static bool vt_tune(struct sock *sk)
{
	bool done = true;
	u64 size;

	if (!vt_trylock(sk))
		return false;
	switch (sk->sk_state) {
	case TCP_ESTABLISHED:
	case TCP_CLOSE:
	case TCP_LISTEN:
		if (vt_raise(vsock_sk(sk), &size))
			vt_set_window(vsock_sk(sk), size);
		break;
	case TCP_SYN_SENT:
		/* Until the peer has answered, a credit update would make it reset. */
		done = false;
		break;
	}
	release_sock(sk);
	return done;
}

static void vt_sweep_one(struct sock *sk, void *skipped)
{
	if (vt_tune(sk))
		return;
	atomic64_inc(&vt_skipped);
	*(bool *)skipped = true;
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

	/* Datagrams have no window. */
	if (list->n == list->size || !list->wanted(vsk) ||
	    (sk->sk_type != SOCK_STREAM && sk->sk_type != SOCK_SEQPACKET))
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
		       void (*act)(struct sock *sk, void *data), void *data)
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
		act(list.sockets[i], data);
		sock_put(list.sockets[i]);
		cond_resched();
	}
	kvfree(list.sockets);
	return 0;
}

static void vt_sweep(struct work_struct *work)
{
	unsigned int ms = READ_ONCE(sweep_ms);
	bool skipped = false;

	if (!vt_is_set())
		return;
	if (vt_for_each(vt_wants, vt_sweep_one, &skipped))
		pr_notice_ratelimited("no memory to list the sockets in\n");
	atomic64_inc(&vt_sweeps);
	if (skipped && (!ms || ms > VT_RETRY_MS) && atomic_dec_if_positive(&vt_retries) >= 0)
		ms = VT_RETRY_MS;
	if (ms)
		queue_delayed_work(system_freezable_wq, &vt_work, msecs_to_jiffies(ms));
}

void vt_sweep_soon(void)
{
	if (!vt_is_set())
		return;
	atomic_set(&vt_retries, VT_RETRIES);
	mod_delayed_work(system_freezable_wq, &vt_work, 0);
}

void vt_sweep_stop(void)
{
	cancel_delayed_work_sync(&vt_work);
}

/* ---- /proc/net/vsock_tune -------------------------------------------------------- */

int vt_show_stats(struct seq_file *m, void *v)
{
	seq_printf(m, "sweeps %lld\ntuned %lld\nskipped %lld\n", atomic64_read(&vt_sweeps),
		   atomic64_read(&vt_tuned), atomic64_read(&vt_skipped));
	return 0;
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

/*
 * What virtio keeps of a socket whose spin lock is held, or NULL. While it is, no other task
 * comes to own the socket. The one that does may be in connect(), and free what there is for
 * another transport: but only before the socket is connected.
 */
static struct virtio_vsock_sock *vt_readable(struct sock *sk)
{
	if (sock_owned_by_user_nocheck(sk) && sk->sk_state != TCP_ESTABLISHED)
		return NULL;
	return vt_virtio(vsock_sk(sk));
}

static void vt_show_queues(struct seq_file *m, struct vsock_sock *vsk,
			   struct virtio_vsock_sock *vvs)
{
	u32 queued, skbs, in_flight;

	spin_lock_bh(&vvs->rx_lock);
	queued = vvs->rx_bytes;
	skbs = skb_queue_len(&vvs->rx_queue);
	spin_unlock_bh(&vvs->rx_lock);
	spin_lock_bh(&vvs->tx_lock);
	in_flight = vvs->tx_cnt - vvs->peer_fwd_cnt;
	spin_unlock_bh(&vvs->tx_lock);
	seq_printf(m, " %u %u %lu %u %lld\n", queued, skbs,
		   (unsigned long)skbs * SKB_TRUESIZE(0), in_flight,
		   virtio_transport_stream_has_space(vsk));
}

static void vt_show_socket(struct sock *sk, void *file)
{
	struct vsock_sock *vsk = vsock_sk(sk);
	struct virtio_vsock_sock *vvs;
	struct seq_file *m = file;

	spin_lock_bh(&sk->sk_lock.slock);
	seq_printf(m, "%s %s", sk->sk_type == SOCK_STREAM ? "stream" : "seqpacket", vt_state(sk));
	vt_show_address(m, &vsk->local_addr);
	vt_show_address(m, &vsk->remote_addr);
	seq_printf(m, " %llu %llu", READ_ONCE(vsk->buffer_size), READ_ONCE(vsk->buffer_max_size));
	vvs = vt_readable(sk);
	if (vvs)
		vt_show_queues(m, vsk, vvs);
	else
		seq_puts(m, " 0 0 0 0 0\n");
	spin_unlock_bh(&sk->sk_lock.slock);
}

int vt_show_sockets(struct seq_file *m, void *v)
{
	seq_puts(m, "type state local peer window max queued skbs overhead inflight credit\n");
	return vt_for_each(vt_any, vt_show_socket, m);
}
