/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What keeps a probe cheap and honest: every hit is counted, on
 * its own CPU, and the log gets no more of them than its rate.
 */
#ifndef KP_GUARD_H
#define KP_GUARD_H

#include <linux/atomic.h>
#include <linux/kernel.h>
#include <linux/percpu.h>
#include <linux/printk.h>
#include <linux/timekeeping.h>

#define KP_STATS_LEN 160
#define KP_STATS_FMT \
	"hits=%llu shown=%llu filtered=%llu dropped=%llu missed=%lu\n"

/**
 * struct kp_count - the hits of one CPU, by what became of them
 * @shown: logged
 * @filtered: not wanted
 * @dropped: not logged, over the rate
 */
struct kp_count {
	u64 shown;
	u64 filtered;
	u64 dropped;
};

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

/**
 * kp_count_print() - the totals over all CPUs, as one line
 * @buf: where to
 * @size: of @buf
 * @count: per CPU
 * @missed: hits that the kernel could not deliver
 *
 * Return: the length of the line.
 */
static inline int kp_count_print(char *buf, size_t size,
				 struct kp_count __percpu *count,
				 unsigned long missed)
{
	struct kp_count sum = {};
	int cpu;

	for_each_possible_cpu(cpu) {
		const struct kp_count *c = per_cpu_ptr(count, cpu);

		sum.shown += READ_ONCE(c->shown);
		sum.filtered += READ_ONCE(c->filtered);
		sum.dropped += READ_ONCE(c->dropped);
	}
	return scnprintf(buf, size, KP_STATS_FMT,
			 sum.shown + sum.filtered + sum.dropped, sum.shown,
			 sum.filtered, sum.dropped, missed);
}

#endif /* KP_GUARD_H */
