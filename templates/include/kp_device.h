/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * /dev/kp/NAME: through which a viewer finds the areas of the CPUs, and what
 * is in them. See kp_abi.h.
 */
#ifndef KP_DEVICE_H
#define KP_DEVICE_H

#include <linux/cdev.h>
#include <linux/device.h>
#include <linux/err.h>
#include <linux/fs.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/poll.h>
#include <linux/sched.h>
#include <linux/timer.h>
#include <linux/vmalloc.h>
#include <linux/wait.h>
#include "kp_abi.h"
#include "kp_area.h"
#include "kp_compat.h"
#include "kp_describe.h"
#include "kp_ring.h"

#define KP_MAJOR 240 /* for local use: admin-guide/devices.txt */
#define KP_POLL_MS 20 /* how long an event may wait for the viewer */

static unsigned long kp_open; /* bit 0: a viewer is here */
static bool kp_ending;
static struct class *kp_class;
static struct cdev kp_cdev;
static dev_t kp_dev;
static DECLARE_WAIT_QUEUE_HEAD(kp_wait);
static void kp_timer_tick(struct timer_list *timer);
static DEFINE_TIMER(kp_timer, kp_timer_tick);

static bool kp_has_events(void)
{
	int cpu;

	for_each_possible_cpu(cpu) {
		struct kp_control *c = kp_area(cpu)->control;

		if ((s64)(READ_ONCE(c->head) - READ_ONCE(c->tail)) > 0)
			return true;
	}
	return false;
}

/* While somebody waits: a hit costs nothing for the waking. */
static void kp_timer_tick(struct timer_list *timer)
{
	if (kp_has_events() || READ_ONCE(kp_ending))
		wake_up_interruptible(&kp_wait);
	else if (waitqueue_active(&kp_wait)) /* poll() starts us again */
		mod_timer(&kp_timer, jiffies + msecs_to_jiffies(KP_POLL_MS));
}

static __poll_t kp_device_poll(struct file *file, poll_table *table)
{
	poll_wait(file, &kp_wait, table);
	if (READ_ONCE(kp_ending))
		return EPOLLHUP | (kp_has_events() ? EPOLLIN : 0);
	if (kp_has_events())
		return EPOLLIN | EPOLLRDNORM;
	mod_timer(&kp_timer, jiffies + msecs_to_jiffies(KP_POLL_MS));
	return 0;
}

static int kp_device_open(struct inode *inode, struct file *file)
{
	struct kp_description *text;

	if (READ_ONCE(kp_ending))
		return -ENODEV;
	if (test_and_set_bit(0, &kp_open))
		return -EBUSY;
	text = kp_description_create();
	if (IS_ERR(text)) {
		clear_bit(0, &kp_open);
		return PTR_ERR(text);
	}
	file->private_data = text;
	WRITE_ONCE(kp_viewer, task_tgid_nr(current));
	return 0;
}

static int kp_device_release(struct inode *inode, struct file *file)
{
	WRITE_ONCE(kp_viewer, -1);
	kvfree(file->private_data);
	clear_bit(0, &kp_open);
	return 0;
}

static ssize_t kp_device_read(struct file *file, char __user *buf, size_t size,
			      loff_t *at)
{
	const struct kp_description *text = file->private_data;

	return simple_read_from_buffer(buf, size, at, text->text, text->len);
}

/* Of one area its control page, which alone may be written, or of its data. */
static int kp_device_mmap(struct file *file, struct vm_area_struct *vma)
{
	unsigned long at = vma->vm_pgoff << PAGE_SHIFT;
	unsigned long len = vma->vm_end - vma->vm_start;
	unsigned long cpu = at / kp_area_size;
	void *part;

	at %= kp_area_size;
	if (cpu >= nr_cpu_ids || !cpu_possible(cpu) || at + len > kp_area_size)
		return -EINVAL;
	if (!at && len > PAGE_SIZE)
		return -EINVAL;
	if (vma->vm_flags & VM_EXEC)
		return -EPERM;
	/* As in kernel/trace/ring_buffer.c: a child of the viewer is none. */
	kp_compat_vm_flags_mod(vma, VM_DONTCOPY, VM_MAYEXEC);
	part = kp_area(cpu)->control;
	if (at) {
		if (vma->vm_flags & VM_WRITE)
			return -EPERM;
		kp_compat_vm_flags_mod(vma, 0, VM_MAYWRITE);
		part = READ_ONCE(kp_area(cpu)->data);
		at -= PAGE_SIZE;
	}
	if (!part)
		return -EAGAIN;
	return remap_vmalloc_range(vma, part, at >> PAGE_SHIFT);
}

static const struct file_operations kp_device_ops = {
	.owner = THIS_MODULE,
	.open = kp_device_open,
	.release = kp_device_release,
	.read = kp_device_read,
	.mmap = kp_device_mmap,
	.poll = kp_device_poll,
	.llseek = default_llseek,
};

/* Tells the viewer that the probe is about to go. */
static int kp_ending_set(const char *val, const struct kernel_param *param)
{
	int err = param_set_bool(val, param);

	wake_up_interruptible(&kp_wait);
	return err;
}

static const struct kernel_param_ops kp_ending_ops = {
	.set = kp_ending_set,
	.get = param_get_bool,
};
module_param_cb(ending, &kp_ending_ops, &kp_ending, 0644);
MODULE_PARM_DESC(ending, "the viewer is to end, as the probe goes");

/*
 * A number for the device. Misc devices have 64 or 128 for all (before 6.2), and
 * dynamic majors are 149; of a major for local use all of us share the minors.
 */
static int __init kp_device_number(dev_t *dev)
{
	unsigned int minor;
	int err = -EBUSY;

	for (minor = 0; err == -EBUSY && minor <= MINORMASK; minor++) {
		*dev = MKDEV(KP_MAJOR, minor);
		err = register_chrdev_region(*dev, 1, "kp_load");
	}
	return err;
}

/**
 * kp_device_create() - the device that shows the areas: last, as it may be
 *			opened at once
 *
 * Return: 0, or why there is none, which is logged.
 */
static int __init kp_device_create(void)
{
	struct device *device;
	int err;

	kp_class = kp_compat_class_create(THIS_MODULE->name);
	err = PTR_ERR_OR_ZERO(kp_class);
	if (err)
		goto out;
	err = kp_device_number(&kp_dev);
	if (err)
		goto no_number;
	/* "!" is "/" in /dev; of mode 0600, as nobody asks for another. */
	device = device_create(kp_class, NULL, kp_dev, NULL, "kp!%s",
			       THIS_MODULE->name);
	err = PTR_ERR_OR_ZERO(device);
	if (err)
		goto no_device;
	cdev_init(&kp_cdev, &kp_device_ops);
	kp_cdev.owner = THIS_MODULE;
	/* From here on it can be opened: nothing fails any more. */
	err = cdev_add(&kp_cdev, kp_dev, 1);
	if (!err)
		return 0;
	device_destroy(kp_class, kp_dev);
no_device:
	unregister_chrdev_region(kp_dev, 1);
no_number:
	class_destroy(kp_class);
out:
	pr_err("cannot make /dev/kp/%s: %pe\n", THIS_MODULE->name,
	       ERR_PTR(err));
	return err;
}

/* First, while all that it shows is there. Nobody has it open: see .owner. */
static void kp_device_destroy(void)
{
	cdev_del(&kp_cdev);
	device_destroy(kp_class, kp_dev);
	unregister_chrdev_region(kp_dev, 1);
	class_destroy(kp_class);
	kp_compat_timer_delete(&kp_timer);
}

#endif /* KP_DEVICE_H */
