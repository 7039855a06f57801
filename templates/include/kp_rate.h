/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * How many hits a second go to the log.
 */
#ifndef KP_RATE_H
#define KP_RATE_H

#include <linux/atomic.h>
#include <linux/kernel.h>
#include <linux/math64.h>
#include <linux/printk.h>
#include <linux/time64.h>
#include <linux/timekeeping.h>
#include "kp_cpu.h"

/**
 * struct kp_rate - a window of one second, shared by all CPUs
 * @window: the second it counts, of CLOCK_MONOTONIC; 0 before the first hit
 * @used: hits in it that were logged, or one more
 * @dropped: hits that were not, in all windows before
 */
struct kp_rate {
	atomic_long_t window;
	atomic_t used;
	unsigned long dropped;
};

/* Tells, in a new window, what those before left out. */
static inline void kp_rate_tell(struct kp_rate *r, unsigned int rate)
{
	struct kp_totals sum = {};
	unsigned int n;

	for (n = 0; n < KP_PROBES; n++)
		kp_count_add(&sum, n);
	if (sum.dropped != r->dropped)
		pr_info("%lu hits not logged (rate=%u)\n",
			sum.dropped - r->dropped, rate);
	r->dropped = sum.dropped;
}

/**
 * kp_rate_ok() - may this hit be logged?
 * @r: the window
 * @rate: hits a second
 *
 * No lock: __ratelimit() takes one, and may be what is probed. Over the rate
 * nothing is written that another CPU has to wait for: the hits left out are
 * those that each CPU counts as dropped.
 */
static inline bool kp_rate_ok(struct kp_rate *r, unsigned int rate)
{
	long now = div_u64(ktime_get_mono_fast_ns(), NSEC_PER_SEC) + 1;
	long window = atomic_long_read(&r->window);

	if (now != window &&
	    atomic_long_cmpxchg(&r->window, window, now) == window) {
		atomic_set(&r->used, 0);
		kp_rate_tell(r, rate);
	}
	return (unsigned int)atomic_read(&r->used) < rate &&
	       (unsigned int)atomic_inc_return(&r->used) <= rate;
}

#endif /* KP_RATE_H */
