/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * /dev/kp/NAME: through which a viewer finds the areas of the CPUs, and what
 * is in them. See kp_abi.h.
 *
 * The C that includes this defines KP_MODE, kp_abi.h's mode.
 */
#ifndef KP_DEVICE_H
#define KP_DEVICE_H

#include <linux/cdev.h>
#include <linux/device.h>
#include <linux/err.h>
#include <linux/fs.h>
#include <linux/kallsyms.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/poll.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/timer.h>
#include <linux/vmalloc.h>
#include <linux/trace_events.h>
#include <linux/wait.h>
#include <trace/events/mmflags.h>
#include "kp_abi.h"
#include "kp_area.h"
#include "kp_clock.h"
#include "kp_compat.h"
#include "kp_cpu.h"
#include "kp_ring.h"
#include "kp_target.h"

#define KP_DESCRIPTION_LEN 8192 /* of most */
#define KP_DESCRIPTION_MAX (64 << 20)
#define KP_MAJOR 240 /* for local use: admin-guide/devices.txt */
#define KP_POLL_MS 20 /* how long an event may wait for the viewer */

/**
 * struct kp_field - an argument as the viewer must know it
 * @name: its name
 * @kind: what it is
 * @type: u8 .. s64 or str
 * @format: the kernel's conversion
 * @at: offset in the record
 * @count: elements of an array, 0 for one value
 */
struct kp_field {
	const char *name;
	const char *kind;
	const char *type;
	const char *format;
	unsigned int at;
	unsigned int count;
};

#define KP_FIELD(record, field, name, kind, type, count, format)          \
	{                                                                 \
		name, kind, type, format, offsetof(struct record, field), \
			count,                                            \
	}

/**
 * struct kp_text - the description while it is written
 * @len: its length, also where there is less room
 * @size: the room, for a NUL behind it, too
 * @text: itself
 */
struct kp_text {
	size_t len;
	size_t size;
	char text[];
};

static unsigned long kp_open; /* bit 0: a viewer is here */
static bool kp_ending;
static struct class *kp_class;
static struct cdev kp_cdev;
static dev_t kp_dev;
static DECLARE_WAIT_QUEUE_HEAD(kp_wait);
static void kp_timer_tick(struct timer_list *timer);
static DEFINE_TIMER(kp_timer, kp_timer_tick);

static __printf(2, 3) void kp_fact(struct kp_text *text, const char *format,
				   ...)
{
	size_t at = min(text->len, text->size);
	va_list args;

	va_start(args, format);
	text->len += vsnprintf(text->text + at, text->size - at, format, args);
	va_end(args);
}

static inline void kp_fact_fields(struct kp_text *text, int probe,
				  const struct kp_field *fields,
				  unsigned int count)
{
	unsigned int n;

	for (n = 0; n < count; n++)
		kp_fact(text, "field\t%d\t%u\t%s\t%s\t%s\t%u\t%u\t%s\n", probe,
			n, fields[n].name, fields[n].kind, fields[n].type,
			fields[n].at, fields[n].count, fields[n].format);
}

/* An enumerator of argument @n. */
static inline void kp_fact_enum(struct kp_text *text, int probe, unsigned int n,
				s64 value, const char *name)
{
	kp_fact(text, "enum\t%d\t%u\t%lld\t%s\n", probe, n, value, name);
}

/* The names of gfp_t's flags, as this kernel prints them. */
static inline void kp_fact_gfp(struct kp_text *text)
{
	static const struct trace_print_flags names[] = { __def_gfpflag_names };
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(names) && names[i].name; i++)
		kp_fact(text, "flag\t0x%lx\t%s\n", names[i].mask,
			names[i].name);
}

/* The probe itself; where it is the kernel knows best. */
static inline void kp_fact_probe(struct kp_text *text, int probe, char kind,
				 const char *name, const struct kp_target *t)
{
	const char *symbol = strchr(t->symbol, ':');
	char where[KSYM_SYMBOL_LEN], *end;
	unsigned int offset = 0;

	if (t->where)
		sprint_symbol(where, t->where);
	else /* in a module that is not there, or not any more */
		snprintf(where, sizeof(where), "%s+0x%x/0x0",
			 symbol ? symbol + 1 : t->symbol, t->kp->offset);
	end = strchr(where, '+');
	if (end && sscanf(end, "+0x%x", &offset) != 1)
		offset = 0;
	kp_fact(text, "probe\t%d\t%c\t%s\t%.*s\t%u\t%s\n", probe, kind, name,
		end ? (int)(end - where) : (int)strlen(where), where, offset,
		where);
}

/* What a time in a record is. */
static inline void kp_fact_clock(struct kp_text *text)
{
	unsigned int khz = 0;

#ifdef CONFIG_X86_64
	if (static_key_enabled(&kp_cycles))
		khz = tsc_khz;
#endif
	kp_fact(text, "clock\t%u\t%llu\t%llu\n", khz, kp_clock(),
		ktime_get_mono_fast_ns());
}

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

static void kp_describe_all(struct kp_text *text)
{
	unsigned int n;

	kp_fact(text, "kp\t%d\nname\t%s\nmode\t%s\ncpus\t%u\narea\t%lu\n",
		KP_ABI_VERSION, THIS_MODULE->name, KP_MODE, nr_cpu_ids,
		kp_area_size);
	kp_fact(text, "page\t%lu\n", PAGE_SIZE);
	kp_fact(text, "ring\t%lu\t%lu\n", kp_ring_bytes, kp_slack);
	kp_fact_clock(text);
	kp_fact(text, "context\t0x%lx\t0x%lx\t0x%lx\t0x%lx", PREEMPT_MASK,
		SOFTIRQ_OFFSET, HARDIRQ_MASK, NMI_MASK);
	kp_fact(text, "\t0x%x\t0x%x\t0x%x\t0x%x\t0x%x\n", (u32)KP_ARCH_RESCHED,
		(u32)KP_ARCH_FLIP, (u32)KP_ARCH_IRQS, (u32)KP_ARCH_IRQS_FLIP,
		KP_CTX_THREAD_RESCHED);
	for (n = 0; n < KP_PROBES; n++)
		kp_targets[n]->describe(text);
}

/* The description, whole: once more where it is longer than most. */
static struct kp_text *kp_text_create(void)
{
	size_t size = KP_DESCRIPTION_LEN;
	struct kp_text *text;

	while (size <= KP_DESCRIPTION_MAX) {
		text = kvzalloc(sizeof(*text) + size, GFP_KERNEL);
		if (!text)
			return ERR_PTR(-ENOMEM);
		text->size = size;
		kp_describe_all(text);
		if (text->len < size)
			return text;
		size = text->len + PAGE_SIZE;
		kvfree(text);
	}
	return ERR_PTR(-E2BIG);
}

static int kp_device_open(struct inode *inode, struct file *file)
{
	struct kp_text *text;

	if (READ_ONCE(kp_ending))
		return -ENODEV;
	if (test_and_set_bit(0, &kp_open))
		return -EBUSY;
	text = kp_text_create();
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
	const struct kp_text *text = file->private_data;

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
