/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A handler never runs into itself: what it calls may be what is probed.
 *
 * The kernel sees to that where probes are kprobes: while one's handler runs on
 * a CPU, any other's is not called there, and the hit is counted in its nmissed
 * (kprobe_running()). ftrace has nothing of the kind: there this guard does it,
 * and leaves in what an interrupt hits.
 *
 * The C that includes this defines KP_FTRACE where probes are planted by ftrace.
 */
#ifndef KP_GUARD_H
#define KP_GUARD_H

#include <linux/compiler.h>
#include <linux/preempt.h>
#include "kp_cpu.h"

/* Of preempt_count(): who interrupts whom. A task's level is 0. */
#define KP_GUARD_LEVELS (NMI_MASK | HARDIRQ_MASK | SOFTIRQ_OFFSET)

/**
 * kp_guard_enter() - begin to handle a hit, preemption being off
 * @cpu: this one
 * @count: preempt_count() as it was in the probed code
 * @now: preempt_count(), which a breakpoint has made an NMI's: what is called
 *	 from here on has that
 * @was: for kp_guard_leave()
 *
 * Two hits of the same level on a CPU are one within the handling of the other,
 * as a CPU comes back to a level only when it has left those above it.
 *
 * Return: false, and nothing to leave, where our own handling was hit.
 */
static __always_inline bool kp_guard_enter(struct kp_cpu *cpu,
					   unsigned int count, unsigned int now,
					   unsigned int *was)
{
	*was = cpu->busy;
#ifdef KP_FTRACE
	count &= KP_GUARD_LEVELS;
	now &= KP_GUARD_LEVELS;
	if (unlikely(*was == count || *was == now))
		return false;
	WRITE_ONCE(cpu->busy, now);
	barrier();
#endif
	return true;
}

static __always_inline void kp_guard_leave(struct kp_cpu *cpu, unsigned int was)
{
#ifdef KP_FTRACE
	barrier();
	WRITE_ONCE(cpu->busy, was);
#endif
}

#endif /* KP_GUARD_H */
