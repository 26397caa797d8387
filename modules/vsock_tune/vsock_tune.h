/* SPDX-License-Identifier: GPL-2.0-only */
/* What the parts of vsock_tune share; docs/vsock_tune.4 describes the interface. */
#ifndef VSOCK_TUNE_H
#define VSOCK_TUNE_H

#include <linux/log2.h>
#include <linux/minmax.h>
#include <linux/seq_file.h>
#include <linux/sizes.h>
#include <net/af_vsock.h>

/* The kernel's own window, and its ceiling, in bytes: private to af_vsock.c. */
#define VT_STOCK	SZ_256K
#define VT_MAX		SZ_64M
#define VT_BUCKETS	18	/* by powers of two, from nothing to 64 Ki and more */

/* In bytes, 0 for the kernel's own; both change under kernel_param_lock(). */
extern unsigned int rcvbuf_default;
extern unsigned int rcvbuf_max;

/*
 * The most that a window may be, with so many bytes of memory: a socket whose program
 * does not read can hold twice its window, which no control group is charged for.
 */
static inline u64 vt_most(u64 ram)
{
	return clamp_t(u64, ram / 8, VT_STOCK, VT_MAX);
}

/*
 * May these be set? Nothing below the kernel's own: a peer gets credit back when less than
 * 64 KiB of the window are left, and programs count on messages of that size.
 */
static inline int vt_check(u64 size, u64 max, u64 ram)
{
	if ((size && size < VT_STOCK) || size > vt_most(ram))
		return -EINVAL;
	if ((max && max < VT_STOCK) || max > vt_most(ram))
		return -EINVAL;
	return max && size > max ? -ERANGE : 0;
}

static inline unsigned int vt_bucket(u64 value)
{
	return value ? min_t(unsigned int, ilog2(value) + 1, VT_BUCKETS - 1) : 0;
}

/* Of a connection, as its end here has it. */
static inline u64 vt_key(u32 local_port, u32 peer_cid, u32 peer_port)
{
	return ((u64)local_port << 32 | peer_port) ^ (u64)peer_cid << 17;
}

/* Datagrams have no window. */
static inline bool vt_is_connectible(const struct sock *sk)
{
	return sk->sk_type == SOCK_STREAM || sk->sk_type == SOCK_SEQPACKET;
}

/*
 * Raise the limits of a socket whose program has set none; the caller owns it, or holds
 * its spin lock. True if its window is to become *SIZE bytes, which is left to the caller.
 */
bool vt_raise(struct vsock_sock *vsk, u64 *size);

/* Set the window, without a message to the peer; for sockets that have none yet. */
void vt_set_window(struct vsock_sock *vsk, u64 size);

/* Sweep over all sockets soon, in a process of the kernel's. */
void vt_sweep_soon(void);
/* No sweeps any more, once this has returned. */
void vt_sweep_stop(void);

void vt_show_sweeps(struct seq_file *m);
int vt_show_sockets(struct seq_file *m, void *v);

/* Milliseconds between sweeps; 0 for requested ones only. */
extern unsigned int sweep_ms;

#ifdef CONFIG_TRACEPOINTS
/* See packets, to count them and to set windows before a peer learns of them. */
int vt_trace_start(void);
void vt_trace_stop(void);
void vt_show_packets(struct seq_file *m);
#else
static inline int vt_trace_start(void) { return -EOPNOTSUPP; }
static inline void vt_trace_stop(void) { }
static inline void vt_show_packets(struct seq_file *m) { }
#endif

#endif
