/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a CPU keeps for this module: its part of the ring, what became of its
 * hits, and what they cost.
 *
 * Allocated, as the static per-CPU variables of all modules together have 8 KiB
 * (PERCPU_MODULE_RESERVE). The C that includes this defines KP_PROBES, how many
 * probes it plants, and KP_MODE where hits go to the viewer.
 */
#ifndef KP_CPU_H
#define KP_CPU_H

#include <asm/local.h>
#include <linux/cache.h>
#include <linux/compiler.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/moduleparam.h>
#include <linux/percpu.h>

/**
 * struct kp_count - the hits of a probe on one CPU, by what became of them
 * @shown: logged, or recorded
 * @filtered: not wanted, for what was recorded
 * @others: not wanted, for who was running: nothing was recorded
 * @dropped: wanted, but over the rate or without room
 * @missed: by our own handling of others
 */
struct kp_count {
	local_t shown;
	local_t filtered;
	local_t others;
	local_t dropped;
	local_t missed;
};

/**
 * struct kp_cost - of the runs of handlers that were timed
 * @spent: of the clock, by all of them
 * @runs: how many
 * @warm: there was one before
 */
struct kp_cost {
	u64 spent;
	u64 runs;
	bool warm;
};

/**
 * struct kp_ring - of one CPU
 * @write: end of what was reserved
 * @end: up to where there is room, as it was last seen
 * @mask: size of the data - 1
 * @data: the records; NULL where the CPU has no room for them yet
 * @control: shared with the viewer
 * @lost: hits that found no room, or that the budget left out
 */
struct kp_ring {
	local_t write;
	unsigned long end;
	unsigned long mask;
	char *data;
	struct kp_control *control;
	local_t lost;
};

/**
 * struct kp_cpu - of one CPU; a hit needs no more than its first cache line
 * @busy: level of the hit that is being handled, or KP_IDLE: see kp_guard.h
 * @until: runs of handlers until one is timed: see kp_cost.h
 * @ring: where events go
 * @count: of each probe
 * @unseen: hits while the probe was switched off
 * @skipped: hits since one was shown, while not every one is
 * @cost: of runs that recorded something, or tried to
 * @cost_others: of those that found the hit not to be shown
 * @seen: hits of each probe at the budget's last look
 * @worked: of these, hits that were recorded, even if in vain
 */
struct kp_cpu {
	unsigned int busy;
	unsigned int until;
#ifdef KP_MODE
	struct kp_ring ring;
#endif
	struct kp_count count[KP_PROBES];
	local_t unseen;
#ifdef KP_MODE
	unsigned int skipped;
	struct kp_cost cost;
	struct kp_cost cost_others;
	unsigned long seen[KP_PROBES];
	unsigned long worked[KP_PROBES];
#endif
} ____cacheline_aligned;

static struct kp_cpu __percpu *kp_cpus;

#define KP_IDLE (~0U)

/* This CPU's, preemption being off. */
static __always_inline struct kp_cpu *kp_cpu_get(void)
{
	return this_cpu_ptr(kp_cpus);
}

/* One instruction, which a hit in between cannot split. */
#define KP_COUNT(cpu, n, what) local_inc(&(cpu)->count[n].what)

/**
 * kp_cpus_create() - before anything is planted
 *
 * Return: 0 or -ENOMEM.
 */
static int __init kp_cpus_create(void)
{
	struct kp_cpu __percpu *cpus;
	int cpu;

	/* Its size is a multiple of that: no other's is in its lines. */
	cpus = __alloc_percpu(sizeof(*cpus), __alignof__(*cpus));
	if (!cpus)
		return -ENOMEM;
	for_each_possible_cpu(cpu) {
		per_cpu_ptr(cpus, cpu)->busy = KP_IDLE;
		per_cpu_ptr(cpus, cpu)->until = 1;
	}
	WRITE_ONCE(kp_cpus, cpus);
	return 0;
}

/*
 * After everything is removed. The module's parameters can still be read, and
 * could before kp_cpus_create(): who reads them holds the lock.
 */
static void kp_cpus_destroy(void)
{
	struct kp_cpu __percpu *gone = kp_cpus;

	kernel_param_lock(THIS_MODULE);
	kp_cpus = NULL;
	kernel_param_unlock(THIS_MODULE);
	free_percpu(gone);
}

/* The counts of all CPUs, or of a probe. */
struct kp_totals {
	unsigned long shown;
	unsigned long filtered;
	unsigned long dropped;
	unsigned long missed;
};

/* Adds what probe @n counted on all CPUs. */
static void kp_count_add(struct kp_totals *sum, unsigned int n)
{
	int cpu;

	if (!kp_cpus)
		return;
	for_each_possible_cpu(cpu) {
		struct kp_count *c = &per_cpu_ptr(kp_cpus, cpu)->count[n];

		sum->shown += local_read(&c->shown);
		sum->filtered +=
			local_read(&c->filtered) + local_read(&c->others);
		sum->dropped += local_read(&c->dropped);
		sum->missed += local_read(&c->missed);
	}
}

#endif /* KP_CPU_H */
