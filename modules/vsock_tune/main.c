// SPDX-License-Identifier: GPL-2.0-only
/*
 * vsock_tune - default and ceiling of the receive window of AF_VSOCK sockets, and counts
 *
 * A socket has a window of 256 KiB unless its program requests another, and may request no
 * more than that before it has raised its own ceiling; no kernel lets the system's owner
 * say otherwise. This raises both, on sockets that still have the kernel's values:
 * of those that there are by sweeps, of new ones by their first packet, where the kernel
 * has tracepoints. Nothing of the kernel's is replaced or patched.
 *
 * docs/vsock_tune.4 describes the interface.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/mm.h>
#include <linux/module.h>
#include <linux/moduleparam.h>
#include <linux/proc_fs.h>
#include <net/net_namespace.h>

#include "vsock_tune.h"

#define VT_MAX_MS	60000
#define VT_BLIND_MS	1000	/* between sweeps where no tracepoint reports new sockets */

/* All of them change under kernel_param_lock(). */
unsigned int rcvbuf_default;
unsigned int rcvbuf_max;
unsigned int sweep_ms;
static bool vt_ms_given;
static bool vt_ready;
static bool vt_sees;	/* packets, by tracepoints */

/* ---- parameters: written before init is done, and until exit has returned ------------- */

static int vt_set_bytes(const char *text, const struct kernel_param *kp)
{
	u64 ram = (u64)totalram_pages() << PAGE_SHIFT;
	unsigned int *which = kp->arg;
	unsigned int bytes;
	int error = kstrtouint(text, 0, &bytes);

	if (!error)
		error = vt_check(which == &rcvbuf_default ? bytes : rcvbuf_default,
				 which == &rcvbuf_max ? bytes : rcvbuf_max, ram);
	if (error) {
		pr_notice_ratelimited("%s takes 0, or 262144 to %llu, and rcvbuf_default no more than rcvbuf_max\n",
				      kp->name, vt_most(ram));
		return error;
	}
	WRITE_ONCE(*which, bytes);
	if (vt_ready)
		vt_sweep_soon();
	return 0;
}

static int vt_set_ms(const char *text, const struct kernel_param *kp)
{
	unsigned int ms;
	int error = kstrtouint(text, 0, &ms);

	if (!error && ms > VT_MAX_MS)
		error = -EINVAL;
	if (error) {
		pr_notice_ratelimited("sweep_ms takes 0 to %u\n", VT_MAX_MS);
		return error;
	}
	WRITE_ONCE(sweep_ms, ms);
	vt_ms_given = true;
	if (vt_ready)
		vt_sweep_soon();
	return 0;
}

static const struct kernel_param_ops vt_bytes_ops = {
	.set = vt_set_bytes,
	.get = param_get_uint,
};

static const struct kernel_param_ops vt_ms_ops = {
	.set = vt_set_ms,
	.get = param_get_uint,
};

module_param_cb(rcvbuf_default, &vt_bytes_ops, &rcvbuf_default, 0644);
MODULE_PARM_DESC(rcvbuf_default, "Bytes of receive window for sockets that request none; 0 leaves the kernel's");
module_param_cb(rcvbuf_max, &vt_bytes_ops, &rcvbuf_max, 0644);
MODULE_PARM_DESC(rcvbuf_max, "Bytes that a socket may request; 0 leaves the kernel's");
module_param_cb(sweep_ms, &vt_ms_ops, &sweep_ms, 0644);
MODULE_PARM_DESC(sweep_ms, "Milliseconds between sweeps over all sockets, to 60000; 0 for none");

/* ---- /proc/net/vsock_tune: of the first network namespace, for root ------------------ */

static int vt_show_stats(struct seq_file *m, void *v)
{
	vt_show_sweeps(m);
	if (vt_sees)
		vt_show_packets(m);
	return 0;
}

static struct proc_dir_entry *vt_dir;

static int __init vt_make_files(void)
{
	vt_dir = proc_net_mkdir(&init_net, KBUILD_MODNAME, init_net.proc_net);
	if (vt_dir && proc_create_single("stats", 0400, vt_dir, vt_show_stats) &&
	    proc_create_single("sockets", 0400, vt_dir, vt_show_sockets))
		return 0;
	proc_remove(vt_dir);
	return -ENOMEM;
}

/* ---- init and exit ------------------------------------------------------------------- */

static int __init vt_init(void)
{
	int error = vt_trace_start();

	if (error && error != -EOPNOTSUPP)
		goto stop;
	vt_sees = !error;
	error = vt_make_files();
	if (error)
		goto stop_trace;
	kernel_param_lock(THIS_MODULE);
	if (!vt_sees) {
		pr_notice("no tracepoints in this kernel: packets are not counted, new sockets are tuned by sweeps\n");
		if (!vt_ms_given)
			sweep_ms = VT_BLIND_MS;
	}
	vt_ready = true;
	vt_sweep_soon();
	kernel_param_unlock(THIS_MODULE);
	return 0;

stop_trace:
	if (vt_sees)
		vt_trace_stop();
stop:
	/* A packet may have requested one. */
	vt_sweep_stop();
	return error;
}

static void __exit vt_exit(void)
{
	kernel_param_lock(THIS_MODULE);
	vt_ready = false;
	WRITE_ONCE(sweep_ms, 0);
	kernel_param_unlock(THIS_MODULE);
	if (vt_sees)
		vt_trace_stop();
	vt_sweep_stop();
	proc_remove(vt_dir);
}

module_init(vt_init);
module_exit(vt_exit);
MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Receive windows of AF_VSOCK sockets, and counts");
