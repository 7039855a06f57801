/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the probe may cost: so many percent of one CPU's time. Over that fewer
 * hits are shown, then none but all are counted, then the probe is disarmed for
 * a while; and back when it calms down.
 *
 * One hit in 64 is timed; ten times a second the busiest CPU's hits are taken
 * times that. What the kernel does around a handler cannot be seen from inside:
 * it goes in as measured once, rather too high.
 */
#ifndef KP_BUDGET_H
#define KP_BUDGET_H

#include <linux/kernel.h>
#include <linux/moduleparam.h>
#include <linux/workqueue.h>
#include "kp_device.h"
#include "kp_ring.h"
#include "kp_target.h"

static unsigned int budget = 25;
module_param(budget, uint, 0644);
MODULE_PARM_DESC(budget, "percent of one CPU that the probe may cost; 0: any");

static unsigned int steps;
module_param(steps, uint, 0444);
MODULE_PARM_DESC(steps, "how often the budget changed what is shown");

/**
 * struct kp_level - how much of the hits is shown
 * @every: one in so many; 0 for none
 * @text: what it is called
 */
struct kp_level {
	unsigned int every;
	const char *text;
};

static const struct kp_level kp_levels[] = {
	{ 1, "every hit" },
#ifndef KP_SUMS /* of which a part tells nothing */
	{ 16, "1 hit in 16" },
	{ 256, "1 hit in 256" },
	{ 0, "hits are only counted" },
#endif
	{ 0, "disarmed" },
};

#define KP_LEVEL_DISARMED (ARRAY_SIZE(kp_levels) - 1)
#define KP_BUDGET_MS 100
#define KP_CALM_TICKS 10 /* of them before more is shown again */
#define KP_REST_MAX 64 /* seconds that it stays disarmed at most */

static unsigned int kp_level;
static unsigned int kp_calm; /* ticks that less would have been enough */
static unsigned int kp_rest = 1; /* seconds to stay disarmed next time */
static u64 kp_ticked; /* the tick before, CLOCK_MONOTONIC in ns */

static void kp_budget_tick(struct work_struct *work);
static DECLARE_DELAYED_WORK(kp_budget_work, kp_budget_tick);

/* ns that the kernel spends around a handler. */
static unsigned int kp_overhead(const struct kp_target *t)
{
	if (t->ops)
		return 20;
	if (t->rp)
		return 300;
	return kprobe_ftrace(t->kp) ? 80 : 500;
}

/* ns of our own that a hit takes on a CPU. */
static u64 kp_hit_ns(const struct kp_ring *ring)
{
	u64 samples = READ_ONCE(ring->samples);

	/* The first ones come into cold caches, and are not many. */
	return samples >= 4 ?
		       kp_clock_ns(div64_u64(READ_ONCE(ring->spent), samples)) :
		       50;
}

/**
 * struct kp_load - what a CPU had to do with a probe since the last look
 * @hits: all of them
 * @worked: those that were recorded, even if in vain
 */
struct kp_load {
	u64 hits;
	u64 worked;
};

/* Percent of @ns that as much, of each probe, would take at a level. */
static unsigned int kp_percent(const struct kp_ring *ring, unsigned int level,
			       const struct kp_load *load, u64 ns)
{
	unsigned int every = kp_levels[level].every, n;
	u64 cost = 0;

	if (level == KP_LEVEL_DISARMED)
		return 0;
	for (n = 0; n < KP_PROBES; n++) {
		cost += load[n].hits * kp_overhead(kp_targets[n]);
		if (every)
			cost += div_u64(load[n].worked, every) *
				kp_hit_ns(ring);
	}
	return div64_u64(cost * 100, ns);
}

/* What came since the last look; to be called once a look. */
static void kp_load_get(struct kp_load *load, struct kp_ring *ring, int cpu)
{
	unsigned int n;

	for (n = 0; n < KP_PROBES; n++) {
		const struct kp_count *c = per_cpu_ptr(&kp_count[n], cpu);
		u64 worked = READ_ONCE(c->shown) + READ_ONCE(c->filtered) +
			     READ_ONCE(c->dropped);
		u64 hits = worked + READ_ONCE(c->others);

		load[n].hits = hits - ring->seen[n];
		load[n].worked = worked - ring->worked[n];
		ring->seen[n] = hits;
		ring->worked[n] = worked;
	}
}

static void kp_level_set(unsigned int level, unsigned int percent)
{
	bool was_armed = kp_level != KP_LEVEL_DISARMED;
	bool armed = level != KP_LEVEL_DISARMED;

	kp_level = level;
	kp_calm = 0;
	steps++;
	WRITE_ONCE(kp_every, kp_levels[level].every);
	if (level)
		static_branch_enable(&kp_thrift);
	else
		static_branch_disable(&kp_thrift);
	if (armed != was_armed)
		kp_targets_arm(armed);
#ifndef KP_SUMS
	kp_ring_note("budget: %u%% of a CPU, %u%% allowed: %s", percent, budget,
		     kp_levels[level].text);
#endif
	pr_info("budget: %u%% of a CPU, %u%% allowed: %s\n", percent, budget,
		kp_levels[level].text);
}

static void kp_budget_tick(struct work_struct *work)
{
	u64 now = ktime_get_mono_fast_ns(), ns = max(now - kp_ticked, 1ULL);
	unsigned int allowed = READ_ONCE(budget) ?: UINT_MAX;
	unsigned int percent = 0, wanted = 0, level, wait = KP_BUDGET_MS;
	struct kp_load load[KP_PROBES];
	int cpu;

	for_each_possible_cpu(cpu) {
		struct kp_ring *ring = per_cpu_ptr(&kp_ring, cpu);

		kp_load_get(load, ring, cpu);
		percent = max(percent, kp_percent(ring, kp_level, load, ns));
		for (level = wanted; level < KP_LEVEL_DISARMED; level++)
			if (kp_percent(ring, level, load, ns) <=
			    /* Up again only with some room to spare. */
			    (level < kp_level ? allowed - allowed / 3 :
						allowed))
				break;
		wanted = level;
	}
	kp_ticked = now;
	if (kp_level == KP_LEVEL_DISARMED) {
		/* Nothing is known but by trying. */
		kp_level_set(KP_LEVEL_DISARMED > 1 ? KP_LEVEL_DISARMED - 1 : 0,
			     0);
		kp_rest = min(kp_rest * 2, (unsigned int)KP_REST_MAX);
	} else if (wanted > kp_level) {
		kp_level_set(wanted, percent);
		if (wanted == KP_LEVEL_DISARMED)
			wait = kp_rest * MSEC_PER_SEC;
	} else if (wanted < kp_level && ++kp_calm >= KP_CALM_TICKS) {
		kp_level_set(wanted, percent);
		kp_rest = 1;
	} else if (wanted == kp_level) {
		kp_calm = 0;
	}
	schedule_delayed_work(&kp_budget_work, msecs_to_jiffies(wait));
}

/* After the probes are planted. */
static void kp_budget_begin(void)
{
	kp_ticked = ktime_get_mono_fast_ns();
	schedule_delayed_work(&kp_budget_work, msecs_to_jiffies(KP_BUDGET_MS));
}

/* Before they are removed. */
static void kp_budget_end(void)
{
	cancel_delayed_work_sync(&kp_budget_work);
}

#endif /* KP_BUDGET_H */
