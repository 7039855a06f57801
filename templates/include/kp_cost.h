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
static noinline void kp_cost_add(struct kp_cpu *cpu, u64 spent, bool worked)
{
	struct kp_cost *cost = worked ? &cpu->cost : &cpu->cost_others;

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
 * KP_TIMED(run): the twin of run() that is timed, out of the way of the others,
 * which do not pay for it: nor for what of the hit it does not look at, as long
 * as neither the hit nor the twin has its address taken. A run is true where it
 * did more than to find that the hit is not to be shown: for who is running, or
 * as the budget leaves it out.
 */
#define KP_TIMED(run)                                                  \
	static noinline __kprobes bool run##_timed(                    \
		struct kp_cpu *cpu, struct pt_regs *regs, u32 context, \
		bool irqs_off, unsigned long ip, unsigned long caller, \
		void *call)                                            \
	{                                                              \
		struct kp_hit hit = {                                  \
			regs, context, irqs_off, ip, caller, call      \
		};                                                     \
		u64 began = kp_clock();                                \
		bool worked = run(cpu, &hit);                          \
		kp_cost_add(cpu, kp_clock() - began, worked);          \
		return worked;                                         \
	}

/* One run, or its twin. */
#define KP_RUN(cpu, run, hit)                                                \
	(likely(--(cpu)->until) ?                                            \
		 run(cpu, &(hit)) :                                          \
		 run##_timed(cpu, (hit).regs, (hit).context, (hit).irqs_off, \
			     (hit).ip, (hit).caller, (hit).call))

/* A run of probe @n, unless it is hit by our own handling; see kp_guard.h. */
#define KP_HANDLE(cpu, n, run, hit)                                            \
	({                                                                     \
		unsigned int kp_was;                                           \
		bool kp_worked = false;                                        \
		if (likely(kp_guard_enter(cpu, (hit).context, preempt_count(), \
					  &kp_was))) {                         \
			kp_worked = KP_RUN(cpu, run, hit);                     \
			kp_guard_leave(cpu, kp_was);                           \
		} else {                                                       \
			KP_COUNT(cpu, n, missed);                              \
		}                                                              \
		kp_worked;                                                     \
	})

#endif /* KP_COST_H */
