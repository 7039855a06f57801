/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * /dev/kp/NAME: through which a viewer finds the areas of the CPUs, and what
 * is in them. See kp_abi.h.
 *
 * The C that includes this defines KP_MODE, kp_abi.h's mode.
 */
#ifndef KP_DEVICE_H
#define KP_DEVICE_H

#include <linux/fs.h>
#include <linux/kallsyms.h>
#include <linux/log2.h>
#include <linux/miscdevice.h>
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
#include "kp_compat.h"
#include "kp_ring.h"
#include "kp_target.h"

#define KP_DESCRIPTION_MAX (256 * 1024)
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
 * @len: its length
 * @text: itself
 */
struct kp_text {
	size_t len;
	char text[KP_DESCRIPTION_MAX];
};

static unsigned int ring_kb = 1024;
module_param(ring_kb, uint, 0444);
MODULE_PARM_DESC(ring_kb, "KiB of events that a CPU holds: a power of two");

static unsigned long kp_area_size;
static unsigned long kp_slack;
static unsigned long kp_open; /* bit 0: a viewer is here */
static bool kp_ending;
static DECLARE_WAIT_QUEUE_HEAD(kp_wait);
static void kp_timer_tick(struct timer_list *timer);
static DEFINE_TIMER(kp_timer, kp_timer_tick);

static __printf(2, 3) void kp_fact(struct kp_text *text, const char *format,
				   ...)
{
	va_list args;

	va_start(args, format);
	text->len += vscnprintf(text->text + text->len,
				sizeof(text->text) - text->len, format, args);
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
	char where[KSYM_SYMBOL_LEN], *end;
	unsigned int offset = 0;

	sprint_symbol(where, t->where);
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

static inline struct kp_control *kp_area(int cpu)
{
	return per_cpu(kp_ring, cpu).control;
}

static bool kp_has_events(void)
{
	int cpu;

	for_each_possible_cpu(cpu) {
		struct kp_control *c = kp_area(cpu);

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
	struct kp_text *text;
	unsigned int n;

	if (READ_ONCE(kp_ending))
		return -ENODEV;
	if (test_and_set_bit(0, &kp_open))
		return -EBUSY;
	text = kvzalloc(sizeof(*text), GFP_KERNEL);
	if (!text) {
		clear_bit(0, &kp_open);
		return -ENOMEM;
	}
	kp_fact(text, "kp\t%d\nname\t%s\nmode\t%s\ncpus\t%u\narea\t%lu\n",
		KP_ABI_VERSION, THIS_MODULE->name, KP_MODE, nr_cpu_ids,
		kp_area_size);
	kp_fact(text, "page\t%lu\n", PAGE_SIZE);
	kp_fact(text, "ring\t%lu\t%lu\n", per_cpu(kp_ring, 0).mask + 1,
		kp_slack);
	kp_fact_clock(text);
	kp_fact(text, "context\t0x%lx\t0x%lx\t0x%lx\t0x%lx\t0x%x\n",
		PREEMPT_MASK, SOFTIRQ_OFFSET, HARDIRQ_MASK, NMI_MASK,
		KP_RESCHED);
	for (n = 0; n < KP_PROBES; n++)
		kp_targets[n]->describe(text);
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

/* One area, its control page or its data: only the page may be written. */
static int kp_device_mmap(struct file *file, struct vm_area_struct *vma)
{
	unsigned long at = vma->vm_pgoff << PAGE_SHIFT;
	unsigned long len = vma->vm_end - vma->vm_start;
	unsigned long cpu = at / kp_area_size;

	at %= kp_area_size;
	if (cpu >= nr_cpu_ids || !cpu_possible(cpu) || at + len > kp_area_size)
		return -EINVAL;
	if (at || len > PAGE_SIZE) {
		if (vma->vm_flags & VM_WRITE)
			return -EPERM;
		kp_compat_vm_flags_clear(vma, VM_MAYWRITE);
	}
	return remap_vmalloc_range(vma, kp_area(cpu), at >> PAGE_SHIFT);
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

static struct miscdevice kp_device = {
	.minor = MISC_DYNAMIC_MINOR,
	.fops = &kp_device_ops,
	.mode = 0600,
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

static void kp_areas_free(void)
{
	int cpu;

	for_each_possible_cpu(cpu)
		vfree(per_cpu(kp_ring, cpu).control);
}

/**
 * kp_device_create() - the areas, and the device that shows them
 * @size: bytes of an area, without its control page
 *
 * Return: 0 or -ENOMEM, -EINVAL or what misc_register() says.
 */
static int kp_device_create(unsigned long size)
{
	unsigned int n;
	int cpu, err;

	/* The longest record may begin at the very end. */
	for (n = 0; n < KP_PROBES; n++)
		kp_slack =
			max(kp_slack,
			    PAGE_ALIGN((unsigned long)kp_targets[n]->reserve));
	kp_area_size = PAGE_SIZE + PAGE_ALIGN(size) + kp_slack;
	kp_clock_init();
	for_each_possible_cpu(cpu) {
		struct kp_ring *ring = per_cpu_ptr(&kp_ring, cpu);

		ring->control = vmalloc_user(kp_area_size);
		if (!ring->control) {
			kp_areas_free();
			return -ENOMEM;
		}
		ring->data = (char *)ring->control + PAGE_SIZE;
		ring->mask = size - 1;
	}
	kp_device.name = THIS_MODULE->name;
	kp_device.nodename = kasprintf(GFP_KERNEL, "kp/%s", THIS_MODULE->name);
	err = kp_device.nodename ? misc_register(&kp_device) : -ENOMEM;
	if (err) {
		kfree(kp_device.nodename);
		kp_areas_free();
	}
	return err;
}

/* After the probe is gone: nothing writes any more. */
static void kp_device_destroy(void)
{
	misc_deregister(&kp_device);
	kfree(kp_device.nodename);
	kp_compat_timer_delete(&kp_timer);
	kp_areas_free();
}

/* The bytes of a ring: at least a page, at most 1 GiB, a power of two. */
static inline unsigned long kp_ring_size(void)
{
	unsigned int page_kb = PAGE_SIZE / 1024;

	return roundup_pow_of_two(clamp(ring_kb, page_kb, 1U << 20)) * 1024UL;
}

#endif /* KP_DEVICE_H */
