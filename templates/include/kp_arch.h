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
 * kp_arch_by_breakpoint() tells whether a kprobe's breakpoint brought us here,
 * or the jump that replaces it. Where KP_ARCH_CYCLES is set kp_arch_cycles() are
 * what the kernel takes the time from, at kp_arch_cycles_khz(); 0 if it does not.
 * KP_ARCH_SYSARGS is where a system call's arguments are in the user's registers.
 */

#if defined(CONFIG_X86_64)

#include <asm/tsc.h>

#define KP_ARCH_RESCHED PREEMPT_NEED_RESCHED
#define KP_ARCH_FLIP PREEMPT_NEED_RESCHED
#define KP_ARCH_IRQS (X86_EFLAGS_IF >> 8)
#define KP_ARCH_IRQS_FLIP KP_ARCH_IRQS
#define KP_ARCH_CYCLES 1
#define KP_ARCH_SYSARGS                                                     \
	{                                                                   \
		offsetof(struct pt_regs, di), offsetof(struct pt_regs, si), \
			offsetof(struct pt_regs, dx),                       \
			offsetof(struct pt_regs, r10),                      \
			offsetof(struct pt_regs, r8),                       \
			offsetof(struct pt_regs, r9)                        \
	}

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

static __always_inline u64 kp_arch_cycles(void)
{
	return rdtsc();
}

static inline unsigned int kp_arch_cycles_khz(void)
{
	return check_tsc_unstable() ? 0 : tsc_khz;
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
#define KP_ARCH_CYCLES 0

static __always_inline u32 kp_arch_count(void)
{
	return preempt_count() |
	       (test_preempt_need_resched() ? KP_ARCH_RESCHED : 0);
}

static __always_inline u8 kp_arch_irqs(void)
{
	return irqs_disabled();
}

static __always_inline u64 kp_arch_cycles(void)
{
	return 0;
}

static inline unsigned int kp_arch_cycles_khz(void)
{
	return 0;
}

static __always_inline bool kp_arch_try_cmpxchg(local_t *at, long *old,
						long new)
{
	long was = local_cmpxchg(at, *old, new);
	bool done = was == *old;

	*old = was;
	return done;
}

#if defined(CONFIG_X86_32)

#define KP_ARCH_SYSARGS                                                     \
	{                                                                   \
		offsetof(struct pt_regs, bx), offsetof(struct pt_regs, cx), \
			offsetof(struct pt_regs, dx),                       \
			offsetof(struct pt_regs, si),                       \
			offsetof(struct pt_regs, di),                       \
			offsetof(struct pt_regs, bp)                        \
	}

static __always_inline u8 kp_arch_irqs_of(const struct pt_regs *regs)
{
	return !(regs->flags & X86_EFLAGS_IF);
}

#elif defined(CONFIG_ARM64)

#define KP_ARCH_SYSARGS                                    \
	{                                                  \
		offsetof(struct pt_regs, regs[0]),         \
			offsetof(struct pt_regs, regs[1]), \
			offsetof(struct pt_regs, regs[2]), \
			offsetof(struct pt_regs, regs[3]), \
			offsetof(struct pt_regs, regs[4]), \
			offsetof(struct pt_regs, regs[5])  \
	}

static __always_inline u8 kp_arch_irqs_of(const struct pt_regs *regs)
{
	return !!(regs->pstate & PSR_I_BIT);
}

#else

#define KP_ARCH_SYSARGS \
	{               \
	}

static __always_inline u8 kp_arch_irqs_of(const struct pt_regs *regs)
{
	return irqs_disabled();
}

#endif
#endif

static __always_inline bool kp_arch_by_breakpoint(const void *addr)
{
#ifdef CONFIG_X86
	return *(const u8 *)addr == 0xcc;
#else
	return true;
#endif
}

#endif /* KP_ARCH_H */
