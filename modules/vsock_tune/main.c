// SPDX-License-Identifier: GPL-2.0-only
/*
 * vsock_tune - the sockets of AF_VSOCK with their windows, and larger windows for those that exist
 *
 * The sysctls net.vsock.rmem_default and rmem_max, of our patch, are for new sockets. This
 * module does the rest: it lists sockets with their windows and queues, and raises the windows of
 * sockets that exist, by sweeps. On kernels without the patch sweeps raise new ones, too.
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

/* All of them change under kernel_param_lock(). */
unsigned int rcvbuf_default;
unsigned int rcvbuf_max;
unsigned int sweep_ms;
static bool vt_ready;

/* ---- parameters: written before init is done, and until exit has returned ------------- */

/* At load a value that is too large for the memory is lowered: the module loads in any guest. */
static unsigned int vt_fit(const struct kernel_param *kp, unsigned int bytes, u64 ram)
{
	if (vt_ready || bytes <= vt_most(ram))
		return bytes;
	pr_notice("%s lowered to %llu, from %u\n", kp->name, vt_most(ram), bytes);
	return vt_most(ram);
}

static int vt_set_bytes(const char *text, const struct kernel_param *kp)
{
	u64 ram = (u64)totalram_pages() << PAGE_SHIFT;
	unsigned int *which = kp->arg;
	unsigned int bytes;
	int error = kstrtouint(text, 0, &bytes);

	if (!error) {
		bytes = vt_fit(kp, bytes, ram);
		error = vt_check(which == &rcvbuf_default ? bytes : rcvbuf_default,
				 which == &rcvbuf_max ? bytes : rcvbuf_max, ram);
	}
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
MODULE_PARM_DESC(rcvbuf_default, "Bytes of window for sockets that have the kernel's; 0 changes none");
module_param_cb(rcvbuf_max, &vt_bytes_ops, &rcvbuf_max, 0644);
MODULE_PARM_DESC(rcvbuf_max, "Bytes that a socket may request; 0 leaves the kernel's");
module_param_cb(sweep_ms, &vt_ms_ops, &sweep_ms, 0644);
MODULE_PARM_DESC(sweep_ms, "Milliseconds between sweeps over all sockets, to 60000; 0 sweeps at writes only");

/* ---- init and exit: /proc/net/vsock_tune of the first network namespace, for root ------- */

static struct proc_dir_entry *vt_dir;

static int __init vt_init(void)
{
	vt_dir = proc_net_mkdir(&init_net, KBUILD_MODNAME, init_net.proc_net);
	if (!vt_dir || !proc_create_single("stats", 0400, vt_dir, vt_show_stats) ||
	    !proc_create_single("sockets", 0400, vt_dir, vt_show_sockets)) {
		proc_remove(vt_dir);
		return -ENOMEM;
	}
	kernel_param_lock(THIS_MODULE);
	vt_ready = true;
	vt_sweep_soon();
	kernel_param_unlock(THIS_MODULE);
	return 0;
}

static void __exit vt_exit(void)
{
	kernel_param_lock(THIS_MODULE);
	vt_ready = false;
	kernel_param_unlock(THIS_MODULE);
	vt_sweep_stop();
	proc_remove(vt_dir);
}

module_init(vt_init);
module_exit(vt_exit);
MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Sockets of AF_VSOCK, and larger windows for those that exist");
