/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Who was running when the probe was hit, and in what context: that
 * of the probed code, not that of the handler.
 */
#ifndef KP_CTX_H
#define KP_CTX_H

#include <linux/hardirq.h>
#include <linux/irqflags.h>
#include <linux/kprobes.h>
#include <linux/math64.h>
#include <linux/minmax.h>
#include <linux/preempt.h>
#include <linux/printk.h>
#include <linux/sched.h>
#include <linux/smp.h>
#include <linux/timekeeping.h>
#include "kp_compat.h"
#include "kp_escape.h"

/**
 * struct kp_ctx - the context of one hit
 * @ns: CLOCK_MONOTONIC, readable from any context
 * @task: the running task
 * @cpu: the CPU, fixed as long as the handler runs
 * @ip: where the probe is
 * @ret_ip: where a return goes to, 0 at an entry
 * @flags: four characters of ftrace's latency format, and a NUL
 */
struct kp_ctx {
	u64 ns;
	struct task_struct *task;
	int cpu;
	unsigned long ip;
	unsigned long ret_ip;
	char flags[5];
};

/**
 * kp_ctx_irqs_off() - were interrupts off in the probed code?
 * @regs: the registers at the hit; a probe by breakpoint runs its handlers
 *	  with interrupts off, so that irqs_disabled() tells nothing
 */
static __always_inline bool kp_ctx_irqs_off(const struct pt_regs *regs)
{
#if defined(CONFIG_X86)
	return !(regs->flags & X86_EFLAGS_IF);
#elif defined(CONFIG_ARM64)
	return regs->pstate & PSR_I_BIT;
#else
	return irqs_disabled();
#endif
}

/* Did the breakpoint of @p bring us here, and not the jump that replaces it? */
static __always_inline bool kp_ctx_by_breakpoint(const struct kprobe *p)
{
#ifdef CONFIG_X86
	return *(const u8 *)p->addr == 0xcc;
#else
	return true;
#endif
}

/* preempt_count() as it was in the code whose entry ftrace tells us of. */
static __always_inline unsigned int kp_ctx_ftrace_count(void)
{
	unsigned int count = preempt_count();

	return kp_ftrace_is_listed() ? count - PREEMPT_DISABLE_OFFSET : count;
}

/**
 * kp_ctx_preempt_count() - preempt_count() as it was in the probed code
 * @p: the probe that was hit
 *
 * A breakpoint enters as an NMI does (irqentry_nmi_enter() adds both offsets);
 * ftrace and the jump of an optimised probe switch preemption off once.
 */
static __always_inline unsigned int kp_ctx_preempt_count(const struct kprobe *p)
{
	unsigned int count = preempt_count();

	if (p->flags & KPROBE_FLAG_FTRACE)
		return kp_ctx_ftrace_count() - PREEMPT_DISABLE_OFFSET;
	if ((count & NMI_MASK) && kp_ctx_by_breakpoint(p))
		return count - NMI_OFFSET - HARDIRQ_OFFSET;
	return count - PREEMPT_DISABLE_OFFSET;
}

static __always_inline char kp_ctx_resched(void)
{
	if (tif_need_resched())
		return test_preempt_need_resched() ? 'N' : 'n';
	return test_preempt_need_resched() ? 'p' : '.';
}

static __always_inline char kp_ctx_irq(unsigned int count)
{
	if (count & NMI_MASK)
		return count & HARDIRQ_MASK & ~HARDIRQ_OFFSET ? 'Z' : 'z';
	if (count & HARDIRQ_MASK)
		return count & SOFTIRQ_OFFSET ? 'H' : 'h';
	return count & SOFTIRQ_OFFSET ? 's' : '.';
}

/* The flags, with preempt_count() and interrupts as in the probed code. */
static __always_inline void kp_ctx_set_flags(struct kp_ctx *ctx,
					     unsigned int count, bool irqs_off)
{
	unsigned int depth = count & PREEMPT_MASK;

	ctx->flags[0] = irqs_off ? 'd' : '.';
	ctx->flags[1] = kp_ctx_resched();
	ctx->flags[2] = kp_ctx_irq(count);
	ctx->flags[3] = depth ? "0123456789abcdef"[min(depth, 15U)] : '.';
	ctx->flags[4] = '\0';
}

/* The context, with preempt_count() as it was in the probed code. */
static __always_inline void kp_ctx_fill(struct kp_ctx *ctx, unsigned int count,
					const struct pt_regs *regs)
{
	ctx->ns = ktime_get_mono_fast_ns();
	ctx->task = current;
	ctx->cpu = raw_smp_processor_id();
	kp_ctx_set_flags(ctx, count, kp_ctx_irqs_off(regs));
}

/**
 * kp_ctx_get() - take the context of a hit
 * @ctx: filled whole
 * @p: the probe
 * @regs: the registers at the hit
 *
 * The flags are those of Documentation/trace/ftrace.rst: interrupts off,
 * rescheduling due, interrupt level, depth of preempt_disable().
 */
static __always_inline void kp_ctx_get(struct kp_ctx *ctx, struct kprobe *p,
				       struct pt_regs *regs)
{
	kp_ctx_fill(ctx, kp_ctx_preempt_count(p), regs);
	ctx->ip = (unsigned long)p->addr;
	ctx->ret_ip = 0;
}

/* The same at a return, whose trampoline switches preemption off once. */
static __always_inline void kp_ctx_get_return(struct kp_ctx *ctx, void *addr,
					      unsigned long caller,
					      struct pt_regs *regs)
{
	kp_ctx_fill(ctx, preempt_count() - PREEMPT_DISABLE_OFFSET, regs);
	ctx->ip = (unsigned long)addr;
	ctx->ret_ip = caller;
}

#define KP_COMM_LEN (KP_ESCAPED_MAX * TASK_COMM_LEN)

/* The thread's name, which anybody may choose, as a line can have it. */
static inline const char *kp_ctx_comm(const struct kp_ctx *ctx,
				      char to[KP_COMM_LEN])
{
	return kp_escape(to, KP_COMM_LEN, ctx->task->comm, TASK_COMM_LEN - 1,
			 false);
}

/**
 * kp_ctx_print_event() - a hit as a line of ftrace's text output
 * @ctx: the context of the hit
 * @event: the name of the event
 * @addr: the address of the probe
 * @args: " name=value" for each argument, or nothing
 */
static inline void kp_ctx_print_event(const struct kp_ctx *ctx,
				      const char *event, void *addr,
				      const char *args)
{
	char comm[KP_COMM_LEN];
	u32 rest;
	u64 seconds = div_u64_rem(ctx->ns, NSEC_PER_SEC, &rest);

	pr_info("%s-%d [%03d] %s %llu.%06lu: %s: (%pS)%s\n",
		kp_ctx_comm(ctx, comm), task_pid_nr(ctx->task), ctx->cpu,
		ctx->flags, seconds, rest / NSEC_PER_USEC, event, addr, args);
}

/* The same of a return: from @addr to @caller. */
static inline void kp_ctx_print_return(const struct kp_ctx *ctx,
				       const char *event, unsigned long caller,
				       void *addr, const char *args)
{
	char comm[KP_COMM_LEN];
	u32 rest;
	u64 seconds = div_u64_rem(ctx->ns, NSEC_PER_SEC, &rest);

	pr_info("%s-%d [%03d] %s %llu.%06lu: %s: (%pS <- %ps)%s\n",
		kp_ctx_comm(ctx, comm), task_pid_nr(ctx->task), ctx->cpu,
		ctx->flags, seconds, rest / NSEC_PER_USEC, event,
		(void *)caller, addr, args);
}

#define KP_CTX_FMT "%03d) %s%s%s:%d | %s /* %s() */"

/* Print the context, and in which handler: PRINT_CTX() names its caller. */
#define PRINT_CTX(ctx) kp_ctx_print(ctx, __func__, 0)
#define PRINT_CTX_DELTA(ctx, ns) kp_ctx_print(ctx, __func__, ns)

/**
 * kp_ctx_print() - the context of a hit, kernel threads in brackets
 * @ctx: the context
 * @handler: name of the handler
 * @ns: nanoseconds since the handler before this one; 0 for none
 */
static inline void kp_ctx_print(const struct kp_ctx *ctx, const char *handler,
				u64 ns)
{
	bool kernel = ctx->task->flags & PF_KTHREAD;
	char to[KP_COMM_LEN];
	const char *comm = kp_ctx_comm(ctx, to);

	if (ns)
		pr_debug(KP_CTX_FMT " +%llu ns (one instruction)\n", ctx->cpu,
			 kernel ? "[" : "", comm, kernel ? "]" : "",
			 task_pid_nr(ctx->task), ctx->flags, handler, ns);
	else
		pr_debug(KP_CTX_FMT "\n", ctx->cpu, kernel ? "[" : "", comm,
			 kernel ? "]" : "", task_pid_nr(ctx->task), ctx->flags,
			 handler);
}

#endif /* KP_CTX_H */
