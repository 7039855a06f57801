/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The areas of the CPUs: see kp_abi.h. Each has its control page; data only a
 * CPU that was online, in memory of its own node. One that comes later gets
 * some when it is hit: until then what is hit there is dropped, and counted.
 */
#ifndef KP_AREA_H
#define KP_AREA_H

#include <linux/cpu.h>
#include <linux/cpumask.h>
#include <linux/irq_work.h>
#include <linux/kernel.h>
#include <linux/log2.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/moduleparam.h>
#include <linux/percpu.h>
#include <linux/printk.h>
#include <linux/smp.h>
#include <linux/vmalloc.h>
#include <linux/workqueue.h>
#include "kp_abi.h"
#include "kp_clock.h"
#include "kp_cpu.h"
#include "kp_ring.h"
#include "kp_target.h"

static unsigned int ring_kb = 1024;
module_param(ring_kb, uint, 0444);
MODULE_PARM_DESC(ring_kb, "KiB of events that a CPU holds: a power of two");

static unsigned long kp_area_size;
static unsigned long kp_ring_bytes; /* of the data, without the slack */
static unsigned long kp_slack;
static bool kp_area_failed; /* there is no memory for another */
static bool kp_area_asked; /* one is on its way */

static inline struct kp_ring *kp_area(int cpu)
{
	return &per_cpu_ptr(kp_cpus, cpu)->ring;
}

/* On the CPU that it is for: so it is memory of its node. */
static long kp_area_fill(void *arg)
{
	char *data = vmalloc_user(kp_area_size - PAGE_SIZE);
	struct kp_ring *ring = arg;

	if (!data)
		return -ENOMEM;
	WRITE_ONCE(ring->data, data);
	/* A hit in between makes the room known itself. */
	barrier();
	WRITE_ONCE(ring->end, kp_ring_bytes);
	return 0;
}

/* Those that are online and have none. */
static int kp_areas_fill(void)
{
	long err = 0;
	int cpu;

	cpus_read_lock();
	for_each_online_cpu(cpu) {
		if (!err && !kp_area(cpu)->data)
			err = work_on_cpu(cpu, kp_area_fill, kp_area(cpu));
	}
	cpus_read_unlock();
	return err;
}

/* A CPU was hit that has none. */
static void kp_areas_work(struct work_struct *work)
{
	/* First: who asks from here on may have come too late for this. */
	WRITE_ONCE(kp_area_asked, false);
	if (!kp_areas_fill())
		return;
	WRITE_ONCE(kp_area_failed, true);
	pr_warn("no memory for what is hit on CPUs that came online later\n");
}

static DECLARE_WORK(kp_area_work, kp_areas_work);

static void kp_areas_wake(struct irq_work *work)
{
	schedule_work(&kp_area_work);
}

static struct irq_work kp_area_wake;

/*
 * Once for each run of the work. What is probed may be on the way there, such as
 * queue_work_on(): a CPU that interrupts itself at each of these hits does nothing
 * else any more, and never gets to the work.
 */
static noinline void kp_area_wanted(void)
{
	/* Before that it may not even be able to interrupt itself. */
	if (!cpu_online(raw_smp_processor_id()) || READ_ONCE(kp_area_failed) ||
	    READ_ONCE(kp_area_asked) || xchg(&kp_area_asked, true))
		return;
	irq_work_queue(&kp_area_wake);
}
NOKPROBE_SYMBOL(kp_area_wanted);

/* After the probes are gone: nothing writes any more. */
static void kp_areas_destroy(void)
{
	int cpu;

	irq_work_sync(&kp_area_wake);
	cancel_work_sync(&kp_area_work);
	for_each_possible_cpu(cpu) {
		vfree(kp_area(cpu)->data);
		vfree(kp_area(cpu)->control);
	}
	kp_cpus_destroy();
}

/**
 * kp_areas_create() - the areas of the CPUs, before anything is planted
 * @size: bytes of an area, a power of two, without its control page
 *
 * Return: 0 or -ENOMEM.
 */
static int __init kp_areas_create(unsigned long size)
{
	unsigned int n;
	int cpu, err;

	/* The longest record may begin at the very end. */
	for (n = 0; n < KP_PROBES; n++)
		kp_slack =
			max(kp_slack,
			    PAGE_ALIGN((unsigned long)kp_targets[n]->reserve));
	/* One that is read leaves room for the next. */
	if (kp_slack)
		size = max(size, roundup_pow_of_two(2 * kp_slack));
	kp_ring_bytes = size;
	kp_area_size = PAGE_SIZE + PAGE_ALIGN(size) + kp_slack;
	init_irq_work(&kp_area_wake, kp_areas_wake);
	kp_clock_init();
	err = kp_cpus_create();
	if (err)
		return err;
	for_each_possible_cpu(cpu) {
		kp_area(cpu)->mask = size - 1;
		kp_area(cpu)->control = vmalloc_user(PAGE_SIZE);
		if (!kp_area(cpu)->control)
			err = -ENOMEM;
	}
	if (!err)
		err = kp_areas_fill();
	if (err)
		kp_areas_destroy();
	return err;
}

/* The bytes of a ring: at least a page, at most 1 GiB, a power of two. */
static inline unsigned long kp_ring_size(void)
{
	unsigned int page_kb = PAGE_SIZE / 1024;

	return roundup_pow_of_two(clamp(ring_kb, page_kb, 1U << 20)) * 1024UL;
}

#endif /* KP_AREA_H */
