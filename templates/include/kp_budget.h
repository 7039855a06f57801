/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the probe may cost: so many percent of one CPU's time. Over that fewer
 * hits are shown, then none but all are counted, then the probe is disarmed for
 * a while; and back when it calms down.
 *
 * Some runs of our handlers are timed (kp_cost.h); ten times a second, as long
 * as there are hits, the busiest CPU's are taken times that. What the kernel
 * does around a handler cannot be seen from inside: it goes in as measured once,
 * rather too high.
 */
#ifndef KP_BUDGET_H
#define KP_BUDGET_H

#include <linux/hrtimer.h>
#include <linux/irq_work.h>
#include <linux/kernel.h>
#include <linux/moduleparam.h>
#include <linux/workqueue.h>
#include "kp_compat.h"
#include "kp_cost.h"
#include "kp_plant.h"
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

/*
 * The tick: a timer's interrupt, which a CPU takes that softirqs or a task of
 * real time keep busy, and then work that any CPU may do. It stops when nothing
 * is hit; a run that is timed starts it again.
 */
static struct hrtimer kp_budget_timer;
static struct workqueue_struct *kp_budget_queue;
static void kp_budget_tick(struct work_struct *work);
static DECLARE_WORK(kp_budget_work, kp_budget_tick);
static void kp_budget_start(struct irq_work *work);
static struct irq_work kp_budget_starter;
static bool kp_budget_stopped;
static bool kp_budget_ended; /* for good */

/* Called by handlers, in any context. */
static void kp_budget_wake(void)
{
	if (unlikely(READ_ONCE(kp_budget_stopped)))
		irq_work_queue(&kp_budget_starter);
}
NOKPROBE_SYMBOL(kp_budget_wake);

/* ns that the kernel spends around our handlers. */
static unsigned int kp_overhead(const struct kp_target *t)
{
	bool by_ftrace = t->kp->flags & KPROBE_FLAG_FTRACE;

	if (t->ops)
		return 20;
	if (t->rp)
		return by_ftrace ? 300 : 800;
	return by_ftrace ? 80 : 500;
}

/* ns of our own that a run takes, or as much as nothing tells otherwise. */
static u64 kp_run_ns(const struct kp_cost *cost, unsigned int else_ns)
{
	u64 runs = READ_ONCE(cost->runs);

	return runs >= 4 ?
		       kp_clock_ns(div64_u64(READ_ONCE(cost->spent), runs)) :
		       else_ns;
}

/**
 * struct kp_burden - what a CPU had to do with a probe since the last look
 * @others: hits of no interest, for who was running
 * @worked: those that were recorded, even if in vain
 */
struct kp_burden {
	u64 others;
	u64 worked;
};

/* Percent of @ns that as much, of each probe, would take at a level. */
static unsigned int kp_percent(const struct kp_cpu *cpu, unsigned int level,
			       const struct kp_burden *burden, u64 ns)
{
	unsigned int every = kp_levels[level].every, n;
	u64 cost = 0, shown;

	if (level == KP_LEVEL_DISARMED)
		return 0;
	for (n = 0; n < KP_PROBES; n++) {
		const struct kp_target *t = kp_targets[n];

		shown = every ? div_u64(burden[n].worked, every) : 0;
		cost += (burden[n].others + burden[n].worked) * kp_overhead(t);
		/* A call is two runs, at its entry and at its return. */
		cost += shown * (t->rp ? 2 : 1) * kp_run_ns(&cpu->cost, 50);
		/* What is left out is found to be in a run, too. */
		cost += (burden[n].others + burden[n].worked - shown) *
			kp_run_ns(&cpu->cost_others, 20);
	}
	return div64_u64(cost * 100, ns);
}

/* What came since the last look, to be called once a look: whether any did. */
static bool kp_burden_get(struct kp_burden *burden, struct kp_cpu *cpu)
{
	unsigned long worked, hits;
	bool any = false;
	unsigned int n;

	for (n = 0; n < KP_PROBES; n++) {
		struct kp_count *c = &cpu->count[n];

		worked = local_read(&c->shown) + local_read(&c->filtered) +
			 local_read(&c->dropped);
		hits = worked + local_read(&c->others);
		any |= hits != cpu->seen[n];
		burden[n].worked = worked - cpu->worked[n];
		burden[n].others = hits - cpu->seen[n] - burden[n].worked;
		cpu->seen[n] = hits;
		cpu->worked[n] = worked;
	}
	return any;
}

/* In the log, and between the events. */
static __printf(1, 2) void kp_budget_tell(const char *format, ...)
{
	struct va_format text = { .fmt = format };
	va_list args;

	va_start(args, format);
	text.va = &args;
	pr_info("%pV\n", &text);
#ifndef KP_SUMS
	kp_ring_note("%pV", &text);
#endif
	va_end(args);
}

static void kp_level_set(unsigned int level, unsigned int percent)
{
	bool was_armed = kp_level != KP_LEVEL_DISARMED;
	bool armed = level != KP_LEVEL_DISARMED;
	int err;

	if (armed != was_armed) {
		err = kp_targets_arm(armed);
		if (err) {
			kp_budget_tell("budget: cannot %s the probe: %pe",
				       armed ? "arm" : "disarm", ERR_PTR(err));
			return;
		}
	}
	kp_level = level;
	kp_calm = 0;
	steps++;
	WRITE_ONCE(kp_every, kp_levels[level].every);
	if (level)
		static_branch_enable(&kp_thrift);
	else
		static_branch_disable(&kp_thrift);
	kp_budget_tell("budget: %u%% of a CPU, %u%% allowed: %s", percent,
		       budget, kp_levels[level].text);
}

/* Down at once, up only when it was calm for a while: ms until the next look. */
static unsigned int kp_level_choose(unsigned int wanted, unsigned int percent)
{
	if (kp_level == KP_LEVEL_DISARMED) {
		/* Nothing is known but by trying. */
		kp_level_set(KP_LEVEL_DISARMED - 1, 0);
		kp_rest = min(kp_rest * 2, (unsigned int)KP_REST_MAX);
	} else if (wanted > kp_level) {
		kp_level_set(wanted, percent);
	} else if (wanted < kp_level && ++kp_calm >= KP_CALM_TICKS) {
		kp_level_set(wanted, percent);
		kp_rest = 1;
	} else if (wanted == kp_level) {
		kp_calm = 0;
	}
	return kp_level == KP_LEVEL_DISARMED ? kp_rest * MSEC_PER_SEC :
					       KP_BUDGET_MS;
}

/* Times are right as long as the kernel believes the cycles, too. */
static void kp_budget_watch_clock(void)
{
	static bool told;

	if (told || !kp_clock_is_bad())
		return;
	told = true;
	kp_budget_tell("%s: times may be wrong from here on",
		       "the kernel found its cycle counter unstable");
}

static void kp_budget_again(unsigned int ms)
{
	hrtimer_start(&kp_budget_timer, ms_to_ktime(ms), HRTIMER_MODE_REL_HARD);
}

static void kp_budget_tick(struct work_struct *work)
{
	u64 now = ktime_get_mono_fast_ns(), ns = max(now - kp_ticked, 1ULL);
	unsigned int allowed = READ_ONCE(budget) ?: UINT_MAX;
	unsigned int percent = 0, wanted = 0, level, wait;
	struct kp_burden burden[KP_PROBES];
	bool any = false;
	int n;

	if (READ_ONCE(kp_budget_ended))
		return;
	for_each_possible_cpu(n) {
		struct kp_cpu *cpu = per_cpu_ptr(kp_cpus, n);

		any |= kp_burden_get(burden, cpu);
		percent = max(percent, kp_percent(cpu, kp_level, burden, ns));
		for (level = wanted; level < KP_LEVEL_DISARMED; level++)
			if (kp_percent(cpu, level, burden, ns) <=
			    /* Up again only with some room to spare. */
			    (level < kp_level ? allowed - allowed / 3 :
						allowed))
				break;
		wanted = level;
	}
	kp_ticked = now;
	kp_budget_watch_clock();
	wait = kp_level_choose(wanted, percent);
	if (any || kp_level)
		kp_budget_again(wait);
	else
		WRITE_ONCE(kp_budget_stopped, true);
}

static enum hrtimer_restart kp_budget_timeout(struct hrtimer *timer)
{
	queue_work(kp_budget_queue, &kp_budget_work);
	return HRTIMER_NORESTART;
}

/* There are hits again. */
static void kp_budget_start(struct irq_work *work)
{
	if (!xchg(&kp_budget_stopped, false) || READ_ONCE(kp_budget_ended))
		return;
	kp_ticked = ktime_get_mono_fast_ns();
	kp_budget_again(KP_BUDGET_MS);
}

/**
 * kp_budget_create() - before the probes are planted
 *
 * Return: 0 or -ENOMEM.
 */
static int __init kp_budget_create(void)
{
	kp_budget_queue =
		alloc_workqueue("kp_budget", WQ_UNBOUND | WQ_HIGHPRI, 1);
	if (!kp_budget_queue)
		return -ENOMEM;
	kp_compat_hrtimer_setup(&kp_budget_timer, kp_budget_timeout);
	init_irq_work(&kp_budget_starter, kp_budget_start);
	WRITE_ONCE(kp_budget_stopped, true);
	return 0;
}

/* Before they are removed, as it arms them: it does nothing any more. */
static void kp_budget_end(void)
{
	WRITE_ONCE(kp_budget_ended, true);
	irq_work_sync(&kp_budget_starter);
	cancel_work_sync(&kp_budget_work);
	hrtimer_cancel(&kp_budget_timer);
	cancel_work_sync(&kp_budget_work);
}

/* After they are removed, or could not all be planted: nothing wakes it now. */
static void kp_budget_destroy(void)
{
	kp_budget_end();
	destroy_workqueue(kp_budget_queue);
}

#endif /* KP_BUDGET_H */
