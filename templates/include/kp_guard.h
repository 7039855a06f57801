/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What keeps a probe cheap and honest: every hit is counted, on
 * its own CPU, and the log gets no more of them than its rate.
 *
 * The C that includes this defines KP_PROBES, how many probes it plants.
 */
#ifndef KP_GUARD_H
#define KP_GUARD_H

#include <linux/atomic.h>
#include <linux/kernel.h>
#include <linux/percpu.h>
#include <linux/printk.h>
#include <linux/timekeeping.h>

/**
 * struct kp_count - the hits of a probe on one CPU, by what became of them
 * @shown: logged, or recorded
 * @filtered: not wanted, for what was recorded
 * @others: not wanted, for who was running: nothing was recorded
 * @dropped: wanted, but over the rate or without room
 * @missed: inside of our own handling of others
 */
struct kp_count {
	u64 shown;
	u64 filtered;
	u64 others;
	u64 dropped;
	u64 missed;
};

static DEFINE_PER_CPU(struct kp_count, kp_count[KP_PROBES]);

/* Probe @n's; one instruction, which a hit in between cannot split. */
#define KP_COUNT(n, what) this_cpu_inc(kp_count[n].what)

/**
 * struct kp_rate - a window of one second, shared by all CPUs
 * @window: the second it counts, of CLOCK_MONOTONIC; 0 before the first hit
 * @used: hits in it
 */
struct kp_rate {
	atomic_long_t window;
	atomic_t used;
};

/**
 * kp_rate_ok() - may this hit be logged?
 * @r: the window
 * @rate: hits a second
 *
 * No lock: __ratelimit() takes one, and may be what is probed. The CPU that
 * opens a window tells what the one before left out.
 */
static inline bool kp_rate_ok(struct kp_rate *r, unsigned int rate)
{
	long now = ktime_get_mono_fast_ns() >> 30;
	long window = atomic_long_read(&r->window);
	int used;

	if (now != window &&
	    atomic_long_cmpxchg(&r->window, window, now) == window) {
		used = atomic_xchg(&r->used, 0);
		if (used > 0 && (unsigned int)used > rate)
			pr_info("%u hits not logged (rate=%u)\n", used - rate,
				rate);
	}
	return (unsigned int)atomic_inc_return(&r->used) <= rate;
}

/* Adds what probe @n counted on all CPUs. */
static inline void kp_count_add(struct kp_count *sum, unsigned int n)
{
	int cpu;

	for_each_possible_cpu(cpu) {
		const struct kp_count *c = per_cpu_ptr(&kp_count[n], cpu);

		sum->shown += READ_ONCE(c->shown);
		sum->filtered += READ_ONCE(c->filtered);
		sum->others += READ_ONCE(c->others);
		sum->dropped += READ_ONCE(c->dropped);
		sum->missed += READ_ONCE(c->missed);
	}
}

#endif /* KP_GUARD_H */
