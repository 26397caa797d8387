// SPDX-License-Identifier: GPL-2.0-only
/*
 * vsock_reset - end the connections of a guest that is restored from a snapshot
 *
 * The host of a restored guest does not know the connections that the guest had, so that its
 * programs wait for good. virtio-vsock has an event by which a device reports this, and the
 * driver resets all connections on it; not every device sends it. This does the same when
 * the generation of the virtual machine changes, or root writes to a parameter.
 *
 * docs/vsock_reset.4 describes the interface.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/atomic.h>
#include <linux/kstrtox.h>
#include <linux/list.h>
#include <linux/module.h>
#include <linux/moduleparam.h>
#include <linux/notifier.h>
#include <linux/random.h>
#include <linux/spinlock.h>
#include <linux/virtio_vsock.h>
#include <linux/workqueue.h>
#include <net/af_vsock.h>
#include <net/sock.h>

#include "vsock_reset.h"

static atomic_t vr_generations = ATOMIC_INIT(0);
static atomic_t vr_connections = ATOMIC_INIT(0);

/* ---- connections ----------------------------------------------------------------- */

static bool vr_to_host(const struct vsock_sock *vsk)
{
	const struct vsock_transport *t = vsk->transport;

	return t && t->stream_dequeue == virtio_transport_stream_dequeue &&
	       vr_is_guest(t->get_local_cid());
}

/*
 * Out of the table, so that the host can use the same ports again before the programs have
 * closed their sockets. All under vsock_table_lock, also later: who closes a socket in the
 * meantime takes it from the list as it would from the table.
 */
static void vr_take(struct list_head *taken)
{
	struct vsock_sock *vsk, *next;
	unsigned int i;

	spin_lock_bh(&vsock_table_lock);
	for (i = 0; i < ARRAY_SIZE(vsock_connected_table); i++) {
		list_for_each_entry_safe(vsk, next, &vsock_connected_table[i], connected_table) {
			if (vr_to_host(vsk))
				list_move_tail(&vsk->connected_table, taken);
		}
	}
	spin_unlock_bh(&vsock_table_lock);
}

/* The next one, with the reference that the table had; NULL at the end. */
static struct sock *vr_next(struct list_head *taken)
{
	struct vsock_sock *vsk;

	spin_lock_bh(&vsock_table_lock);
	vsk = list_first_entry_or_null(taken, struct vsock_sock, connected_table);
	if (vsk)
		list_del_init(&vsk->connected_table);
	spin_unlock_bh(&vsock_table_lock);
	return vsk ? sk_vsock(vsk) : NULL;
}

/*
 * As virtio_vsock_reset_sock() does on VIRTIO_VSOCK_EVENT_TRANSPORT_RESET. Like that it does
 * not own the socket, which a program can keep for as long as it likes.
 */
static void vr_reset(struct work_struct *work)
{
	LIST_HEAD(taken);
	struct sock *sk;
	int n = 0;

	vr_take(&taken);
	while ((sk = vr_next(&taken))) {
		WRITE_ONCE(sk->sk_state, TCP_CLOSE);
		WRITE_ONCE(sk->sk_err, ECONNRESET);
		sk_error_report(sk);
		sock_put(sk);
		n++;
	}
	atomic_add(n, &vr_connections);
	pr_info("%d connections to the host reset\n", n);
}

static DECLARE_WORK(vr_work, vr_reset);

/* ---- when ------------------------------------------------------------------------ */

/* With a device tree vmgenid calls this in its interrupt. */
static int vr_forked(struct notifier_block *nb, unsigned long action, void *data)
{
	atomic_inc(&vr_generations);
	schedule_work(&vr_work);
	return NOTIFY_DONE;
}

static struct notifier_block vr_notifier = { .notifier_call = vr_forked };

/* A write returns when the connections are reset. */
static int vr_set_reset(const char *text, const struct kernel_param *kp)
{
	bool reset;
	int error = kstrtobool(text, &reset);

	if (error)
		pr_notice_ratelimited("%s takes 1\n", kp->name);
	else if (reset)
		vr_reset(NULL);
	return error;
}

static int vr_get_count(char *text, const struct kernel_param *kp)
{
	return sysfs_emit(text, "%u\n", (unsigned int)atomic_read((atomic_t *)kp->arg));
}

static const struct kernel_param_ops vr_reset_ops = { .set = vr_set_reset };
static const struct kernel_param_ops vr_count_ops = { .get = vr_get_count };

module_param_cb(reset, &vr_reset_ops, NULL, 0200);
MODULE_PARM_DESC(reset, "Writing 1 resets the connections to the host");
module_param_cb(generations, &vr_count_ops, &vr_generations, 0444);
MODULE_PARM_DESC(generations, "Changes of the virtual machine's generation");
module_param_cb(connections, &vr_count_ops, &vr_connections, 0444);
MODULE_PARM_DESC(connections, "Connections that were reset");

static int __init vr_init(void)
{
	return register_random_vmfork_notifier(&vr_notifier);
}

static void __exit vr_exit(void)
{
	unregister_random_vmfork_notifier(&vr_notifier);
	cancel_work_sync(&vr_work);
}

module_init(vr_init);
module_exit(vr_exit);
MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("End the vsock connections of a guest that is restored from a snapshot");
