/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What our handlers cost: one run in KP_TIMED_EVERY is timed, for the budget.
 */
#ifndef KP_COST_H
#define KP_COST_H

#include <linux/compiler.h>
#include <linux/kprobes.h>
#include "kp_clock.h"
#include "kp_cpu.h"
#include "kp_guard.h"
#include "kp_ring.h"

/* A prime: of handlers that take turns each comes to be timed. */
#define KP_TIMED_EVERY 61
#define KP_COST_RUNS_MAX 256

static void kp_budget_wake(void);

/* A run that was timed; what is long ago counts for less and less. */
static noinline void kp_cost_add(struct kp_cpu *cpu, u64 spent, int done)
{
	struct kp_cost *cost = done == KP_WORKED ? &cpu->cost :
						   &cpu->cost_others;

	cpu->until = KP_TIMED_EVERY;
	kp_budget_wake();
	/* The first one comes into cold caches. */
	if (!cost->warm) {
		cost->warm = true;
		return;
	}
	if (cost->runs >= KP_COST_RUNS_MAX) {
		cost->spent /= 2;
		cost->runs /= 2;
	}
	cost->spent += spent;
	cost->runs++;
}
NOKPROBE_SYMBOL(kp_cost_add);

/*
 * The end of a hit that kp_guard_enter() let in. Where events are recorded it
 * tells the viewer of them.
 */
static __always_inline void kp_leave(struct kp_cpu *cpu, unsigned int was)
{
	kp_guard_leave(cpu, was);
#ifndef KP_SUMS
	kp_ring_publish(cpu, was);
#endif
}

/* The same where there is no guard. */
static __always_inline void kp_leave_unguarded(struct kp_cpu *cpu,
					       unsigned int was)
{
}

/*
 * KP_TWIN(run, leave): a twin of run() and leave(), out of the way, for a run
 * that is timed, and for what the quick one leaves to it. So the way of nearly
 * all hits calls nothing and has no registers to save, nor does it pay for what
 * of the hit it does not look at: as long as neither the hit nor the twin has
 * its address taken.
 */
#define KP_TWIN(run, leave)                                                   \
	static noinline __kprobes int run##_twin(                             \
		struct kp_cpu *cpu, unsigned int was, int why,                \
		struct pt_regs *regs, u32 context, u8 irqs, unsigned long ip, \
		unsigned long caller, void *call)                             \
	{                                                                     \
		struct kp_hit hit = { current, regs,   context, irqs,         \
				      ip,      caller, call,	false };      \
		u64 began = why == KP_TIMED ? kp_clock() : 0;                 \
		int done = run(cpu, &hit);                                    \
		if (why == KP_TIMED)                                          \
			kp_cost_add(cpu, kp_clock() - began, done);           \
		leave(cpu, was);                                              \
		return done;                                                  \
	}

/* One run and what ends it, or the twin. */
#define KP_RUN(cpu, was, run, hit, leave)                                   \
	({                                                                  \
		int kp_done = KP_TIMED;                                     \
		(hit).quick = true;                                         \
		if (likely(--(cpu)->until))                                 \
			kp_done = run(cpu, &(hit));                         \
		if (likely(kp_done < KP_AGAIN))                             \
			leave(cpu, was);                                    \
		else                                                        \
			kp_done = run##_twin(cpu, was, kp_done, (hit).regs, \
					     (hit).context, (hit).irqs,     \
					     (hit).ip, (hit).caller,        \
					     (hit).call);                   \
		kp_done;                                                    \
	})

/* A run of probe @n, unless it is hit by our own handling; see kp_guard.h. */
#define KP_HANDLE(cpu, n, run, hit)                                            \
	({                                                                     \
		int kp_handled = KP_LEFT;                                      \
		unsigned int kp_was;                                           \
		if (likely(kp_guard_enter(cpu, (hit).context, preempt_count(), \
					  &kp_was)))                           \
			kp_handled = KP_RUN(cpu, kp_was, run, hit, kp_leave);  \
		else                                                           \
			KP_COUNT(cpu, n, missed);                              \
		kp_handled;                                                    \
	})

#endif /* KP_COST_H */
