// SPDX-License-Identifier: GPL-2.0-only
/*
 * virtio_vqmon - how full virtqueues are, and where their interrupts go
 *
 * For every virtio device, whatever drives it and carries it. The bus is found by
 * registering a driver that matches nothing, the queues by the device's public list.
 * Of a queue only struct virtqueue is read, never its ring, so that nothing half made
 * is seen while a driver resizes or resets one.
 *
 * docs/virtio_vqmon.4 describes the interface.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/cpu.h>
#include <linux/cpumask.h>
#include <linux/interrupt.h>
#include <linux/list.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/moduleparam.h>
#include <linux/mutex.h>
#include <linux/pci.h>
#include <linux/platform_device.h>
#include <linux/proc_fs.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/virtio.h>
#include <linux/virtio_config.h>
#include <linux/workqueue.h>
#include <uapi/linux/virtio_ids.h>

#include "virtio_vqmon.h"

#define VQMON_MAX_MS	60000

struct vqmon_queue {
	char name[24];
	unsigned int size;	/* descriptors */
	unsigned int used;	/* of them, at the last sample */
	unsigned int peak;
	u64 samples;
	u64 full;		/* samples without a free descriptor */
	u64 bucket[VQMON_BUCKETS];
};

struct vqmon_device {
	struct list_head list;
	struct virtio_device *vdev;	/* compared, and read under its lock only */
	char name[16];
	u32 id;
	unsigned int n;
	struct vqmon_queue queue[];
};

static LIST_HEAD(vqmon_devices);
/*
 * Protects the list and its entries, and is held from a walk's first device to its last:
 * another walk would pass over what this one has locked. Taken inside of a device's lock
 * or alone; within it devices' locks are only tried.
 */
static DEFINE_MUTEX(vqmon_mutex);

/* All three change under kernel_param_lock(). */
static unsigned int sample_ms;
static bool spread;
static bool vqmon_ready;

static void vqmon_work_fn(struct work_struct *work);
static DECLARE_DELAYED_WORK(vqmon_work, vqmon_work_fn);

static int vqmon_no_probe(struct virtio_device *vdev)
{
	return -ENODEV;
}

static void vqmon_no_remove(struct virtio_device *vdev)
{
}

static const struct virtio_device_id vqmon_no_ids[] = { { 0 } };

static struct virtio_driver vqmon_driver = {
	.driver.name = KBUILD_MODNAME,
	.driver.owner = THIS_MODULE,
	.driver.suppress_bind_attrs = true,
	.id_table = vqmon_no_ids,
	.probe = vqmon_no_probe,
	.remove = vqmon_no_remove,
};

/* ---- samples ------------------------------------------------------------------- */

static void vqmon_forget(struct virtio_device *vdev)
{
	struct vqmon_device *d, *next;

	mutex_lock(&vqmon_mutex);
	list_for_each_entry_safe(d, next, &vqmon_devices, list) {
		if (vdev && d->vdev != vdev)
			continue;
		list_del(&d->list);
		kvfree(d);
	}
	mutex_unlock(&vqmon_mutex);
}

/* Queues have numbers, but some of them may be missing: one more than the highest. */
static unsigned int vqmon_count(struct virtio_device *vdev)
{
	struct virtqueue *vq;
	unsigned int n = 0;

	spin_lock(&vdev->vqs_list_lock);
	list_for_each_entry(vq, &vdev->vqs, list)
		n = max(n, vq->index + 1);
	spin_unlock(&vdev->vqs_list_lock);
	return n;
}

static struct vqmon_device *vqmon_find(struct virtio_device *vdev)
{
	struct vqmon_device *d;
	unsigned int n;

	list_for_each_entry(d, &vqmon_devices, list) {
		if (d->vdev == vdev)
			return d;
	}
	n = vqmon_count(vdev);
	/* The device chooses the numbers, to 65535. */
	d = kvzalloc(struct_size(d, queue, n), GFP_KERNEL);
	if (!d)
		return NULL;
	d->vdev = vdev;
	d->id = vdev->id.device;
	d->n = n;
	strscpy(d->name, dev_name(&vdev->dev), sizeof(d->name));
	list_add_tail(&d->list, &vqmon_devices);
	return d;
}

static void vqmon_count_queue(struct vqmon_queue *q, struct virtqueue *vq)
{
	unsigned int size = virtqueue_get_vring_size(vq);
	/* A chain in an indirect table takes one descriptor, however long it is. */
	unsigned int used = size - min(READ_ONCE(vq->num_free), size);

	if (!size)
		return;
	if (!q->samples)
		strscpy(q->name, vq->name ?: "-", sizeof(q->name));
	q->size = size;
	q->used = used;
	q->peak = max(q->peak, used);
	q->samples++;
	q->full += used == size;
	q->bucket[vqmon_bucket(used, size)]++;
}

/* A device that is being bound or unbound is passed over, not waited for. */
static int vqmon_sample_device(struct device *dev, void *data)
{
	struct virtio_device *vdev = dev_to_virtio(dev);
	struct vqmon_device *d = NULL;
	struct virtqueue *vq;

	if (!device_trylock(dev))
		return 0;
	if (dev->driver)
		d = vqmon_find(vdev);
	if (d) {
		spin_lock(&vdev->vqs_list_lock);
		list_for_each_entry(vq, &vdev->vqs, list) {
			if (vq->index < d->n && !READ_ONCE(vq->reset))
				vqmon_count_queue(&d->queue[vq->index], vq);
		}
		spin_unlock(&vdev->vqs_list_lock);
	}
	device_unlock(dev);
	return 0;
}

static void vqmon_sample(void)
{
	mutex_lock(&vqmon_mutex);
	bus_for_each_dev(vqmon_driver.driver.bus, NULL, NULL, vqmon_sample_device);
	mutex_unlock(&vqmon_mutex);
}

static void vqmon_work_fn(struct work_struct *work)
{
	unsigned int ms = READ_ONCE(sample_ms);

	if (!ms)
		return;
	vqmon_sample();
	queue_delayed_work(system_freezable_wq, &vqmon_work, msecs_to_jiffies(ms));
}

/* The next driver of a device may have other queues. */
static int vqmon_notify(struct notifier_block *nb, unsigned long action, void *data)
{
	if (action == BUS_NOTIFY_UNBOUND_DRIVER || action == BUS_NOTIFY_REMOVED_DEVICE)
		vqmon_forget(dev_to_virtio((struct device *)data));
	return NOTIFY_DONE;
}

static struct notifier_block vqmon_notifier = { .notifier_call = vqmon_notify };

/* ---- interrupts ------------------------------------------------------------------ */

struct vqmon_spread {
	unsigned int cpu;
	unsigned int placed;
	unsigned int left;
};

static void vqmon_next_cpu(struct vqmon_spread *s)
{
	s->placed++;
	s->cpu = cpumask_next(s->cpu, cpu_online_mask);
	if (s->cpu >= nr_cpu_ids)
		s->cpu = cpumask_first(cpu_online_mask);
}

/* These drivers place their own, or have the core manage them. */
static bool vqmon_places_its_own(const struct virtio_device *vdev)
{
	switch (vdev->id.device) {
	case VIRTIO_ID_NET:
	case VIRTIO_ID_BLOCK:
	case VIRTIO_ID_SCSI:
		return true;
	default:
		return false;
	}
}

/* The transport's own queue for administration is in the list, but not in its table. */
static bool vqmon_placeable(const struct virtqueue *vq)
{
	return vq->callback && !(vq->name && strstarts(vq->name, "avq"));
}

/*
 * With an MSI-X vector for the configuration and one for each queue: where queues share
 * one, virtio_pci would free it with the hint still set, which the core warns of.
 */
static void vqmon_spread_pci(struct virtio_device *vdev, struct vqmon_spread *s)
{
	struct virtqueue *vq;
	unsigned int n = 0;

	/* Drivers make and delete queues under the device's lock, which is held here. */
	list_for_each_entry(vq, &vdev->vqs, list)
		n += vqmon_placeable(vq);
	if (!n || pci_irq_vector(to_pci_dev(vdev->dev.parent), n) < 0) {
		s->left += n;
		return;
	}
	list_for_each_entry(vq, &vdev->vqs, list) {
		if (!vqmon_placeable(vq))
			continue;
		if ((vdev->config->get_vq_affinity &&
		     vdev->config->get_vq_affinity(vdev, vq->index)) ||
		    virtqueue_set_affinity(vq, cpumask_of(s->cpu)))
			s->left++;
		else
			vqmon_next_cpu(s);
	}
}

/* virtio-mmio has one interrupt for the whole device. */
static void vqmon_spread_platform(struct virtio_device *vdev, struct vqmon_spread *s)
{
	int irq = platform_get_irq_optional(to_platform_device(vdev->dev.parent), 0);

	if (irq > 0 && !irq_set_affinity(irq, cpumask_of(s->cpu)))
		vqmon_next_cpu(s);
	else
		s->left++;
}

static int vqmon_spread_device(struct device *dev, void *data)
{
	struct virtio_device *vdev = dev_to_virtio(dev);
	struct vqmon_spread *s = data;

	if (!device_trylock(dev)) {
		s->left++;
		return 0;
	}
	if (!dev->driver)
		goto unlock;
	if (vqmon_places_its_own(vdev) || !dev->parent)
		s->left++;
	else if (dev_is_pci(dev->parent))
		vqmon_spread_pci(vdev, s);
	else if (dev_is_platform(dev->parent))
		vqmon_spread_platform(vdev, s);
	else
		s->left++;	/* channels share the interrupt of their adapter */
unlock:
	device_unlock(dev);
	return 0;
}

static void vqmon_spread_all(void)
{
	struct vqmon_spread s = { 0 };

	mutex_lock(&vqmon_mutex);
	cpus_read_lock();
	s.cpu = cpumask_first(cpu_online_mask);
	bus_for_each_dev(vqmon_driver.driver.bus, NULL, &s, vqmon_spread_device);
	cpus_read_unlock();
	mutex_unlock(&vqmon_mutex);
	pr_info("%u interrupts placed, %u left where they are\n", s.placed, s.left);
}

/* ---- parameters ------------------------------------------------------------------ */

/* They can be written before init is done, and until exit has returned. */
static int vqmon_set_ms(const char *text, const struct kernel_param *kp)
{
	unsigned int ms;
	int error = kstrtouint(text, 0, &ms);

	if (!error && ms > VQMON_MAX_MS)
		error = -EINVAL;
	if (error) {
		pr_notice_ratelimited("%s takes 0 to %u\n", kp->name, VQMON_MAX_MS);
		return error;
	}
	WRITE_ONCE(sample_ms, ms);
	if (ms && vqmon_ready)
		mod_delayed_work(system_freezable_wq, &vqmon_work, 0);
	return 0;
}

static int vqmon_set_spread(const char *text, const struct kernel_param *kp)
{
	int error = kstrtobool(text, &spread);

	if (error)
		pr_notice_ratelimited("%s takes 0 or 1\n", kp->name);
	else if (spread && vqmon_ready)
		vqmon_spread_all();
	return error;
}

static const struct kernel_param_ops vqmon_ms_ops = {
	.set = vqmon_set_ms,
	.get = param_get_uint,
};

static const struct kernel_param_ops vqmon_spread_ops = {
	.set = vqmon_set_spread,
	.get = param_get_bool,
};

module_param_cb(sample_ms, &vqmon_ms_ops, &sample_ms, 0644);
MODULE_PARM_DESC(sample_ms, "Milliseconds between samples, to 60000; 0 takes them at reads only");
module_param_cb(spread, &vqmon_spread_ops, &spread, 0644);
MODULE_PARM_DESC(spread, "Writing 1 places unmanaged interrupts on the online CPUs in turn");

/* ---- /proc/virtio_vqmon ------------------------------------------------------------ */

static int vqmon_show(struct seq_file *m, void *v)
{
	const struct vqmon_device *d;
	const struct vqmon_queue *q;

	seq_puts(m, "device id queue name size used peak samples full eighths\n");
	mutex_lock(&vqmon_mutex);
	list_for_each_entry(d, &vqmon_devices, list) {
		for (q = d->queue; q < d->queue + d->n; q++) {
			if (!q->samples)
				continue;
			seq_printf(m, "%s %u %td %s %u %u %u %llu %llu ", d->name, d->id,
				   q - d->queue, q->name, q->size, q->used, q->peak,
				   q->samples, q->full);
			for (unsigned int i = 0; i < VQMON_BUCKETS; i++)
				seq_printf(m, "%llu%c", q->bucket[i],
					   i + 1 < VQMON_BUCKETS ? ',' : '\n');
		}
	}
	mutex_unlock(&vqmon_mutex);
	return 0;
}

/* Sampled here, since vqmon_show() runs again when its text needs a larger buffer. */
static int vqmon_open(struct inode *inode, struct file *file)
{
	if (file->f_mode & FMODE_READ)
		vqmon_sample();
	return single_open(file, vqmon_show, NULL);
}

/* Whatever is written, counting begins anew. */
static ssize_t vqmon_write(struct file *file, const char __user *text, size_t n, loff_t *at)
{
	vqmon_forget(NULL);
	return n;
}

static const struct proc_ops vqmon_proc_ops = {
	.proc_open = vqmon_open,
	.proc_read = seq_read,
	.proc_write = vqmon_write,
	.proc_lseek = seq_lseek,
	.proc_release = single_release,
};

/* ---- init and exit ----------------------------------------------------------------- */

static int __init vqmon_init(void)
{
	int error = register_virtio_driver(&vqmon_driver);

	if (error)
		return error;
	error = bus_register_notifier(vqmon_driver.driver.bus, &vqmon_notifier);
	if (error)
		goto unregister;
	if (!proc_create(KBUILD_MODNAME, 0600, NULL, &vqmon_proc_ops)) {
		error = -ENOMEM;
		goto unnotify;
	}
	kernel_param_lock(THIS_MODULE);
	vqmon_ready = true;
	if (sample_ms)
		queue_delayed_work(system_freezable_wq, &vqmon_work, 0);
	if (spread)
		vqmon_spread_all();
	kernel_param_unlock(THIS_MODULE);
	return 0;

unnotify:
	bus_unregister_notifier(vqmon_driver.driver.bus, &vqmon_notifier);
	vqmon_forget(NULL);
unregister:
	unregister_virtio_driver(&vqmon_driver);
	return error;
}

static void __exit vqmon_exit(void)
{
	kernel_param_lock(THIS_MODULE);
	vqmon_ready = false;
	WRITE_ONCE(sample_ms, 0);
	kernel_param_unlock(THIS_MODULE);
	cancel_delayed_work_sync(&vqmon_work);
	remove_proc_entry(KBUILD_MODNAME, NULL);
	bus_unregister_notifier(vqmon_driver.driver.bus, &vqmon_notifier);
	vqmon_forget(NULL);
	unregister_virtio_driver(&vqmon_driver);
}

module_init(vqmon_init);
module_exit(vqmon_exit);
MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Virtqueue occupancy and interrupt placement");
