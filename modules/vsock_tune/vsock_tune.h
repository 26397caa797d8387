/* SPDX-License-Identifier: GPL-2.0-only */
/* What the parts of vsock_tune share; docs/vsock_tune.4 describes the interface. */
#ifndef VSOCK_TUNE_H
#define VSOCK_TUNE_H

#include <linux/compiler.h>
#include <linux/minmax.h>
#include <linux/seq_file.h>
#include <linux/sizes.h>

/* The kernel's own window, and its ceiling, in bytes: private to af_vsock.c. */
#define VT_STOCK	SZ_256K
#define VT_MAX		SZ_64M

/* In bytes, 0 for the kernel's own; all three change under kernel_param_lock(). */
extern unsigned int rcvbuf_default;
extern unsigned int rcvbuf_max;
/* Milliseconds between sweeps; 0 for requested ones only. */
extern unsigned int sweep_ms;

/* Has a sweep anything to do? */
static inline bool vt_is_set(void)
{
	return READ_ONCE(rcvbuf_default) || READ_ONCE(rcvbuf_max);
}

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

/* Sweep over all sockets soon, in a process of the kernel's, if a limit is set. */
void vt_sweep_soon(void);
/* No sweeps any more, once this has returned. */
void vt_sweep_stop(void);

int vt_show_stats(struct seq_file *m, void *v);
int vt_show_sockets(struct seq_file *m, void *v);

#endif
