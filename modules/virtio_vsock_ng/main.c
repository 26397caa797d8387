// SPDX-License-Identifier: GPL-2.0-only
/*
 * virtio_vsock_ng - the guest's virtio-vsock transport, with limits that can be set
 *
 * In the place of vmw_vsock_virtio_transport, and made of the same source: the kernel's own
 * that this is built for, whose fixes thereby come along (transport.c). It adds limits
 * of buffers, packets and windows, and of the sockets that may talk to the host.
 *
 * docs/virtio_vsock_ng.4 describes the interface.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/atomic.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/moduleparam.h>
#include <linux/proc_fs.h>
#include <linux/seq_file.h>
#include <linux/string.h>
#include <net/net_namespace.h>

#include "virtio_vsock_ng.h"

/* All of them change under kernel_param_lock(). */
unsigned int rx_buf_size;
unsigned int tx_pkt_max;
unsigned int rcvbuf_default;
unsigned int rcvbuf_cap;
unsigned int host_access;

/* The first port and the last in one word, so that no reader sees the one without the other. */
#define VNG_PORTS(first, last)	((s64)((u64)(first) << 32 | (last)))
#define VNG_NO_PORTS		VNG_PORTS(1, 0)
static atomic64_t deny_ports = ATOMIC64_INIT(VNG_NO_PORTS);

/* ---- numbers ----------------------------------------------------------------------- */

/* The valid values beside 0. */
struct vng_knob {
	unsigned int *value;
	unsigned int least, most;
	const char *beside;	/* that must hold as well */
};

static struct vng_knob vng_rx_buf_size = { &rx_buf_size, SZ_4K, SZ_32K };
static struct vng_knob vng_tx_pkt_max = { &tx_pkt_max, SZ_4K, SZ_64K };
static struct vng_knob vng_host_access = { &host_access, VNG_INIT_NET, VNG_ADMIN };

/* Programs count on the kernel's own, so that only a ceiling that is set is below it. */
static struct vng_knob vng_rcvbuf_default = {
	&rcvbuf_default, VNG_STOCK, SZ_64M, ", no more than rcvbuf_cap",
};

static struct vng_knob vng_rcvbuf_cap = {
	&rcvbuf_cap, SZ_64K, SZ_64M, ", no less than rcvbuf_default",
};

/*
 * A socket whose program does not read can hold about twice its window, which no control
 * group is charged for; so a default for all of them has to fit the memory.
 */
static unsigned int vng_most(const struct vng_knob *k)
{
	u64 ram = (u64)totalram_pages() << PAGE_SHIFT;

	return k == &vng_rcvbuf_default ? clamp_t(u64, ram / 8, k->least, k->most) : k->most;
}

static int vng_check(const struct vng_knob *k, unsigned int value)
{
	unsigned int size = k == &vng_rcvbuf_default ? value : rcvbuf_default;
	unsigned int cap = k == &vng_rcvbuf_cap ? value : rcvbuf_cap;

	if (value && (value < k->least || value > vng_most(k)))
		return -EINVAL;
	return cap && size > cap ? -ERANGE : 0;
}

static int vng_set(const char *text, const struct kernel_param *kp)
{
	const struct vng_knob *k = kp->arg;
	unsigned int value;
	int error = kstrtouint(text, 0, &value);

	if (!error)
		error = vng_check(k, value);
	if (error) {
		pr_notice_ratelimited("%s takes 0, or %u to %u%s\n", kp->name, k->least,
				      vng_most(k), k->beside ?: "");
		return error;
	}
	WRITE_ONCE(*k->value, value);
	return 0;
}

static int vng_get(char *text, const struct kernel_param *kp)
{
	const struct vng_knob *k = kp->arg;

	return scnprintf(text, PAGE_SIZE, "%u\n", *k->value);
}

static const struct kernel_param_ops vng_ops = {
	.set = vng_set,
	.get = vng_get,
};

module_param_cb(rx_buf_size, &vng_ops, &vng_rx_buf_size, 0444);
MODULE_PARM_DESC(rx_buf_size, "Bytes of each receive buffer; 0 leaves the kernel's");
module_param_cb(tx_pkt_max, &vng_ops, &vng_tx_pkt_max, 0644);
MODULE_PARM_DESC(tx_pkt_max, "Most bytes in a packet sent; 0 leaves the kernel's");
module_param_cb(rcvbuf_default, &vng_ops, &vng_rcvbuf_default, 0644);
MODULE_PARM_DESC(rcvbuf_default, "Bytes of receive window for sockets that request none; 0 leaves the kernel's");
module_param_cb(rcvbuf_cap, &vng_ops, &vng_rcvbuf_cap, 0644);
MODULE_PARM_DESC(rcvbuf_cap, "Most bytes of receive window, whatever a socket requests; 0 for no limit");
module_param_cb(host_access, &vng_ops, &vng_host_access, 0644);
MODULE_PARM_DESC(host_access, "Who talks to the host: 0 anyone, 1 the first network namespace, 2 CAP_NET_ADMIN");

/* ---- ports --------------------------------------------------------------------------- */

bool vng_port_denied(u32 port)
{
	u64 ports = atomic64_read(&deny_ports);

	return port >= upper_32_bits(ports) && port <= lower_32_bits(ports);
}

/* "FIRST-LAST", or "none". */
static int vng_read_ports(const char *text, u32 *first, u32 *last)
{
	const char *dash = strchr(text, '-');
	char number[16];
	int error;

	if (sysfs_streq(text, "none")) {
		*first = 1;
		*last = 0;
		return 0;
	}
	if (!dash || dash - text >= sizeof(number))
		return -EINVAL;
	memcpy(number, text, dash - text);
	number[dash - text] = '\0';
	error = kstrtou32(number, 0, first);
	if (!error)
		error = kstrtou32(dash + 1, 0, last);
	return !error && *first > *last ? -EINVAL : error;
}

static int vng_set_ports(const char *text, const struct kernel_param *kp)
{
	u32 first, last;
	int error = vng_read_ports(text, &first, &last);

	if (error)
		pr_notice_ratelimited("%s takes none, or FIRST-LAST with ports from 0 to %u\n",
				      kp->name, U32_MAX);
	else
		atomic64_set(&deny_ports, VNG_PORTS(first, last));
	return error;
}

static int vng_get_ports(char *text, const struct kernel_param *kp)
{
	u64 ports = atomic64_read(&deny_ports);

	if (ports == VNG_NO_PORTS)
		return scnprintf(text, PAGE_SIZE, "none\n");
	return scnprintf(text, PAGE_SIZE, "%u-%u\n", upper_32_bits(ports), lower_32_bits(ports));
}

static const struct kernel_param_ops vng_ports_ops = {
	.set = vng_set_ports,
	.get = vng_get_ports,
};

module_param_cb(deny_ports, &vng_ports_ops, NULL, 0644);
MODULE_PARM_DESC(deny_ports, "Ports that refuse every connection, as FIRST-LAST, or none");

/* ---- /proc/net/virtio_vsock_ng: of the first network namespace, for root --------------- */

DEFINE_PER_CPU(struct vng_counts, vng_counts);

static const char * const vng_names[VNG_COUNTS] = {
	"rx_packets", "rx_bytes", "rx_copied",
	"tx_packets", "tx_bytes", "tx_cut",
	"raised", "capped",
	"refused_connect", "refused_accept", "refused_port",
};

static int vng_show(struct seq_file *m, void *v)
{
	unsigned int i;

	for (i = 0; i < VNG_COUNTS; i++) {
		u64 sum = 0;
		int cpu;

		for_each_possible_cpu(cpu)
			sum += READ_ONCE(per_cpu(vng_counts, cpu).of[i]);
		seq_printf(m, "%s %llu\n", vng_names[i], sum);
	}
	return 0;
}

/* ---- init and exit --------------------------------------------------------------------- */

static int __init vng_init(void)
{
	int error;

	if (!proc_create_single(KBUILD_MODNAME, 0400, init_net.proc_net, vng_show))
		return -ENOMEM;
	error = vng_start();
	if (error)
		remove_proc_entry(KBUILD_MODNAME, init_net.proc_net);
	if (error == -EBUSY)
		pr_notice("another transport to the host is loaded, and there can be one only\n");
	return error;
}

static void __exit vng_exit(void)
{
	vng_stop();
	remove_proc_entry(KBUILD_MODNAME, init_net.proc_net);
}

module_init(vng_init);
module_exit(vng_exit);
MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("virtio transport for vsock, with limits that can be set");
