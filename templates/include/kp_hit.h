/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A hit, as handlers tell it to what becomes of it.
 */
#ifndef KP_HIT_H
#define KP_HIT_H

#include <linux/ptrace.h>
#include <linux/sched.h>
#include "kp_clock.h"
#include "kp_ctx.h"

/**
 * struct kp_hit - what a handler is told, of the probed code
 * @task: which runs it
 * @regs: its registers
 * @context: kp_arch_count() as it was there
 * @irqs: kp_arch_irqs() as they were there
 * @ip: where the probe is
 * @caller: where a return goes to, 0 at an entry
 * @call: the record of a call that is followed to its return
 * @quick: what calls a function is left to the twin of kp_cost.h
 */
struct kp_hit {
	struct task_struct *task;
	struct pt_regs *regs;
	u32 context;
	u8 irqs;
	unsigned long ip;
	unsigned long caller;
	void *call;
	bool quick;
};

/**
 * enum kp_done - what a run did about a hit: the int that it returns
 * @KP_LEFT: found that it is not to be shown: for who is running, or as the
 *	     budget leaves it out
 * @KP_WORKED: more than that
 * @KP_AGAIN: nothing, as it was to be quick
 * @KP_TIMED: in place of that, as it is the one that is timed
 */
enum kp_done {
	KP_LEFT,
	KP_WORKED,
	KP_AGAIN,
	KP_TIMED,
};

/* The words of a filter: see kp_filter.h. */
static __always_inline struct kp_ctx kp_hit_ctx(const struct kp_hit *hit)
{
	return (struct kp_ctx){
		.ip = hit->ip,
		.ret_ip = hit->caller,
		.count = hit->context,
		.irqs = hit->irqs,
		.thread = kp_ctx_thread(hit->task),
	};
}

static __always_inline u64 kp_clock_of(const struct kp_hit *hit)
{
	return hit->quick ? kp_clock_quick() : kp_clock();
}

#endif /* KP_HIT_H */
