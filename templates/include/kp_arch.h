/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a hit needs of the processor in few instructions: a section for each
 * architecture, and one for those that have none.
 */
#ifndef KP_ARCH_H
#define KP_ARCH_H

#include <asm/local.h>
#include <linux/compiler.h>
#include <linux/irqflags.h>
#include <linux/preempt.h>
#include <linux/ptrace.h>
#include <linux/types.h>
#include "kp_compat.h"

/*
 * kp_arch_count() is preempt_count() with a bit KP_ARCH_RESCHED of the CPU: it
 * is to reschedule as soon as it may. Bits of KP_ARCH_FLIP are the other way
 * round. kp_arch_irqs() and kp_arch_irqs_of() are the byte of the processor's
 * flags in which KP_ARCH_IRQS says that interrupts are off, or on if it is in
 * KP_ARCH_IRQS_FLIP. Who wants to know flips and masks, and not the hit.
 *
 * kp_arch_try_cmpxchg() is local_try_cmpxchg(), which is younger than 6.4.
 */

#if defined(CONFIG_X86_64)

#define KP_ARCH_RESCHED PREEMPT_NEED_RESCHED
#define KP_ARCH_FLIP PREEMPT_NEED_RESCHED
#define KP_ARCH_IRQS (X86_EFLAGS_IF >> 8)
#define KP_ARCH_IRQS_FLIP KP_ARCH_IRQS

static __always_inline u32 kp_arch_count(void)
{
	return raw_cpu_read_4(kp_compat_preempt_count);
}

static __always_inline u8 kp_arch_irqs(void)
{
	return arch_local_save_flags() >> 8;
}

static __always_inline u8 kp_arch_irqs_of(const struct pt_regs *regs)
{
	return regs->flags >> 8;
}

static __always_inline bool kp_arch_try_cmpxchg(local_t *at, long *old,
						long new)
{
	bool done;

	asm volatile("cmpxchgq %[new], %[at]"
		     : "=@ccz"(done), [at] "+m"(at->a.counter), "+a"(*old)
		     : [new] "r"(new)
		     : "memory");
	return done;
}

#else

#define KP_ARCH_RESCHED 0x80000000
#define KP_ARCH_FLIP 0
#define KP_ARCH_IRQS 1
#define KP_ARCH_IRQS_FLIP 0

static __always_inline u32 kp_arch_count(void)
{
	return preempt_count() |
	       (test_preempt_need_resched() ? KP_ARCH_RESCHED : 0);
}

static __always_inline u8 kp_arch_irqs(void)
{
	return irqs_disabled();
}

static __always_inline u8 kp_arch_irqs_of(const struct pt_regs *regs)
{
#if defined(CONFIG_X86)
	return !(regs->flags & X86_EFLAGS_IF);
#elif defined(CONFIG_ARM64)
	return !!(regs->pstate & PSR_I_BIT);
#else
	return irqs_disabled();
#endif
}

static __always_inline bool kp_arch_try_cmpxchg(local_t *at, long *old,
						long new)
{
	long was = local_cmpxchg(at, *old, new);
	bool done = was == *old;

	*old = was;
	return done;
}

#endif

#endif /* KP_ARCH_H */
