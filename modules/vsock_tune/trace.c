// SPDX-License-Identifier: GPL-2.0-only
/*
 * Packets, as the two tracepoints of the virtio transports report them. All of them are
 * counted; of those that open a connection, the window is set before it is in a header:
 *
 *   outgoing  connect() makes the request, and owns the socket;
 *   incoming  the request is seen before its listener is looked up, whose window the
 *             accepted socket inherits.
 *
 * A sweep does the rest: sockets that another task has locked, and
 * all on PREEMPT_RT, where a spin lock may sleep and a tracepoint's handler may not.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/ktime.h>
#include <linux/module.h>
#include <linux/notifier.h>
#include <linux/percpu.h>
#include <linux/tracepoint.h>
#include <linux/virtio_vsock.h>
#include <net/sock.h>
#include <trace/events/vsock_virtio_transport_common.h>

#include "compat.h"
#include "vsock_tune.h"

#define VT_OPS		(VIRTIO_VSOCK_OP_CREDIT_REQUEST + 1)
#define VT_REQUESTS	256	/* on their way, whose answer is timed */

struct vt_direction {
	u64 packets[VT_OPS];
	u64 bytes;
	u64 sizes[VT_BUCKETS];
};

struct vt_packets {
	struct vt_direction tx, rx;
	u64 zcopy;
	u64 connect_us[VT_BUCKETS];
};

static DEFINE_PER_CPU(struct vt_packets, vt_packets);

/* Two requests in one place lose a sample, no more. */
static struct vt_request {
	u64 key;
	u64 sent_ns;
} vt_requests[VT_REQUESTS];

/* ---- sockets ----------------------------------------------------------------------- */

static bool vt_may_lock(void)
{
	return !IS_ENABLED(CONFIG_PREEMPT_RT) &&
	       (READ_ONCE(rcvbuf_default) || READ_ONCE(rcvbuf_max));
}

static void vt_connecting(u32 src_cid, u32 src_port, u32 dst_cid, u32 dst_port)
{
	struct sockaddr_vm address;
	struct vsock_sock *vsk;
	struct sock *sk;
	u64 size;

	vsock_addr_init(&address, src_cid, src_port);
	sk = vsock_find_bound_socket(&address);
	if (!sk)
		return;
	vsk = vsock_sk(sk);
	/* Owned by the very task that runs this, if it is the socket that connects there. */
	if (sk->sk_state == TCP_SYN_SENT && sock_owned_by_user_nocheck(sk) &&
	    vsk->remote_addr.svm_cid == dst_cid && vsk->remote_addr.svm_port == dst_port &&
	    vt_is_connectible(sk) && vt_raise(vsk, &size))
		vt_set_window(vsk, size);
	sock_put(sk);
}

static void vt_requested(u32 cid, u32 port)
{
	struct sockaddr_vm address;
	struct sock *sk;
	u64 size;

	vsock_addr_init(&address, cid, port);
	sk = vsock_find_bound_socket(&address);
	if (!sk)
		return;
	local_bh_disable();
	bh_lock_sock(sk);
	if (!sock_owned_by_user_nocheck(sk) && sk->sk_state == TCP_LISTEN &&
	    vt_is_connectible(sk) && vt_raise(vsock_sk(sk), &size))
		vt_set_window(vsock_sk(sk), size);
	bh_unlock_sock(sk);
	local_bh_enable();
	sock_put(sk);
}

/* ---- packets ----------------------------------------------------------------------- */

static void vt_count(struct vt_direction __percpu *d, u32 len, u16 op)
{
	this_cpu_inc(d->packets[op < VT_OPS ? op : VIRTIO_VSOCK_OP_INVALID]);
	if (op != VIRTIO_VSOCK_OP_RW)
		return;
	this_cpu_add(d->bytes, len);
	this_cpu_inc(d->sizes[vt_bucket(len)]);
}

static struct vt_request *vt_request(u64 key)
{
	return &vt_requests[(key ^ key >> 32) % VT_REQUESTS];
}

static void vt_on_alloc(void *data, u32 src_cid, u32 src_port, u32 dst_cid, u32 dst_port,
			u32 len, u16 type, u16 op, COMPAT_FLAGS_AND_ZCOPY)
{
	vt_count(&vt_packets.tx, len, op);
	if (compat_zcopy)
		this_cpu_inc(vt_packets.zcopy);
	if (op == VIRTIO_VSOCK_OP_REQUEST) {
		u64 key = vt_key(src_port, dst_cid, dst_port);
		struct vt_request *r = vt_request(key);

		WRITE_ONCE(r->sent_ns, ktime_get_ns());
		/* Pairs with the acquire in vt_on_recv(): who sees the key sees the time. */
		smp_store_release(&r->key, key);
		if (vt_may_lock())
			vt_connecting(src_cid, src_port, dst_cid, dst_port);
	} else if (op == VIRTIO_VSOCK_OP_RESPONSE) {
		vt_sweep_soon();
	}
}

static void vt_on_recv(void *data, u32 src_cid, u32 src_port, u32 dst_cid, u32 dst_port,
		       u32 len, u16 type, u16 op, u32 flags, u32 buf_alloc, u32 fwd_cnt)
{
	vt_count(&vt_packets.rx, len, op);
	if (op == VIRTIO_VSOCK_OP_REQUEST) {
		if (vt_may_lock())
			vt_requested(dst_cid, dst_port);
	} else if (op == VIRTIO_VSOCK_OP_RESPONSE) {
		u64 key = vt_key(dst_port, src_cid, src_port);
		struct vt_request *r = vt_request(key);

		/* Pairs with the release in vt_on_alloc(). */
		if (smp_load_acquire(&r->key) == key) {
			u64 us = (ktime_get_ns() - READ_ONCE(r->sent_ns)) / NSEC_PER_USEC;

			this_cpu_inc(vt_packets.connect_us[vt_bucket(us)]);
			WRITE_ONCE(r->key, 0);
		}
		vt_sweep_soon();
	}
}

/* ---- the tracepoints --------------------------------------------------------------- */

static struct vt_probe {
	const char *name;
	void *handler;
	struct tracepoint *tp;
} vt_probes[] = {
	{ "virtio_transport_alloc_pkt", vt_on_alloc },
	{ "virtio_transport_recv_pkt", vt_on_recv },
};

static void vt_attach(struct tracepoint *tp, void *data)
{
	struct vt_probe *p;

	for (p = vt_probes; p < vt_probes + ARRAY_SIZE(vt_probes); p++) {
		if (!p->tp && !strcmp(tp->name, p->name) &&
		    !tracepoint_probe_register(tp, p->handler, NULL))
			p->tp = tp;
	}
}

#ifdef CONFIG_MODULES
/*
 * This module is linked with the one that has the tracepoints, so that one comes before and
 * goes after: only the loaded modules that the registration reports matter.
 */
static int vt_module(struct notifier_block *nb, unsigned long action, void *data)
{
	struct tp_module *tpm = data;
	int i;

	if (action == MODULE_STATE_COMING) {
		for (i = 0; i < tpm->mod->num_tracepoints; i++)
			vt_attach(tracepoint_ptr_deref(&tpm->mod->tracepoints_ptrs[i]), NULL);
	}
	return NOTIFY_OK;
}

static struct notifier_block vt_module_nb = { .notifier_call = vt_module };

static int vt_watch_modules(void)
{
	return register_tracepoint_module_notifier(&vt_module_nb);
}

static void vt_unwatch_modules(void)
{
	unregister_tracepoint_module_notifier(&vt_module_nb);
}
#else
static int vt_watch_modules(void) { return 0; }
static void vt_unwatch_modules(void) { }
#endif

int vt_trace_start(void)
{
	int error;

	/* That the handlers are of the type that the tracepoints call is proven here. */
	check_trace_callback_type_virtio_transport_alloc_pkt(vt_on_alloc);
	check_trace_callback_type_virtio_transport_recv_pkt(vt_on_recv);

	for_each_kernel_tracepoint(vt_attach, NULL);
	error = vt_watch_modules();
	if (!error && vt_probes[0].tp && vt_probes[1].tp)
		return 0;
	vt_trace_stop();
	return error ?: -ENOENT;
}

void vt_trace_stop(void)
{
	struct vt_probe *p;

	vt_unwatch_modules();
	for (p = vt_probes; p < vt_probes + ARRAY_SIZE(vt_probes); p++) {
		if (p->tp)
			tracepoint_probe_unregister(p->tp, p->handler, NULL);
		p->tp = NULL;
	}
	tracepoint_synchronize_unregister();
}

/* ---- /proc/net/vsock_tune/stats ------------------------------------------------------ */

static u64 vt_sum(size_t offset)
{
	u64 sum = 0;
	int cpu;

	for_each_possible_cpu(cpu)
		sum += *(u64 *)((char *)per_cpu_ptr(&vt_packets, cpu) + offset);
	return sum;
}

static void vt_show_buckets(struct seq_file *m, const char *name, size_t offset)
{
	unsigned int i;

	seq_puts(m, name);
	for (i = 0; i < VT_BUCKETS; i++)
		seq_printf(m, " %llu", vt_sum(offset + i * sizeof(u64)));
	seq_putc(m, '\n');
}

static void vt_show_direction(struct seq_file *m, const char *name, size_t offset)
{
	static const char * const ops[VT_OPS] = {
		"invalid", "request", "response", "rst", "shutdown", "rw", "credit_update",
		"credit_request",
	};
	char sizes[16];
	unsigned int i;

	offset += offsetof(struct vt_direction, packets);
	for (i = 0; i < VT_OPS; i++)
		seq_printf(m, "%s_%s %llu\n", name, ops[i], vt_sum(offset + i * sizeof(u64)));
	seq_printf(m, "%s_bytes %llu\n", name,
		   vt_sum(offset + offsetof(struct vt_direction, bytes)));
	snprintf(sizes, sizeof(sizes), "%s_size_log2", name);
	vt_show_buckets(m, sizes, offset + offsetof(struct vt_direction, sizes));
}

void vt_show_packets(struct seq_file *m)
{
	vt_show_direction(m, "tx", offsetof(struct vt_packets, tx));
	vt_show_direction(m, "rx", offsetof(struct vt_packets, rx));
	seq_printf(m, "tx_zerocopy %llu\n", vt_sum(offsetof(struct vt_packets, zcopy)));
	vt_show_buckets(m, "connect_us_log2", offsetof(struct vt_packets, connect_us));
}
