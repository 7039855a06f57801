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
#include "kp_arch.h"
#include "kp_compat.h"
#include "kp_escape.h"

/**
 * struct kp_ctx - the context of one hit
 * @ns: CLOCK_MONOTONIC, readable from any context
 * @task: the running task
 * @cpu: the CPU, fixed as long as the handler runs
 * @ip: where the probe is
 * @ret_ip: where a return goes to, 0 at an entry
 * @count: kp_arch_count() as it was in the probed code
 * @irqs: kp_arch_irqs() as they were there
 * @thread: kp_ctx_thread()
 */
struct kp_ctx {
	u64 ns;
	struct task_struct *task;
	int cpu;
	unsigned long ip;
	unsigned long ret_ip;
	u32 count;
	u8 irqs;
	u8 thread;
};

/* The byte of a thread's flags in which it is told to give way. */
#define KP_CTX_THREAD_BYTE (TIF_NEED_RESCHED & ~7)
#define KP_CTX_THREAD_RESCHED (1 << (TIF_NEED_RESCHED & 7))
static __always_inline u8 kp_ctx_thread(struct task_struct *task)
{
	return READ_ONCE(task_thread_info(task)->flags) >> KP_CTX_THREAD_BYTE;
}

/* kp_arch_count() as it was in the code whose entry ftrace tells us of. */
static __always_inline u32 kp_ctx_ftrace_count(const struct task_struct *task)
{
	u32 count = kp_arch_count();

	if (kp_ftrace_is_listed(task))
		count -= PREEMPT_DISABLE_OFFSET;
	return count;
}

/**
 * kp_ctx_count() - kp_arch_count() as it was in the probed code
 * @p: the probe that was hit
 *
 * Interrupts are told by the registers of the hit: a probe by breakpoint runs
 * its handlers with interrupts off.
 *
 * A breakpoint enters as an NMI does (irqentry_nmi_enter() adds both offsets);
 * ftrace and the jump of an optimised probe switch preemption off once.
 */
static __always_inline u32 kp_ctx_count(const struct kprobe *p)
{
	u32 count = kp_arch_count();

	if (p->flags & KPROBE_FLAG_FTRACE)
		return kp_ctx_ftrace_count(current) - PREEMPT_DISABLE_OFFSET;
	if ((count & NMI_MASK) && kp_arch_by_breakpoint(p->addr))
		return count - NMI_OFFSET - HARDIRQ_OFFSET;
	return count - PREEMPT_DISABLE_OFFSET;
}

/* The same at a return, whose trampoline switches preemption off once. */
static __always_inline u32 kp_ctx_return_count(void)
{
	return kp_arch_count() - PREEMPT_DISABLE_OFFSET;
}

static __always_inline bool kp_ctx_irqs_off(const struct kp_ctx *ctx)
{
	return (ctx->irqs ^ KP_ARCH_IRQS_FLIP) & KP_ARCH_IRQS;
}

/* The thread is to give way. */
static __always_inline bool kp_ctx_thread_resched(const struct kp_ctx *ctx)
{
	return ctx->thread & KP_CTX_THREAD_RESCHED;
}

/* The CPU is to preempt as soon as it may. */
static __always_inline bool kp_ctx_cpu_resched(const struct kp_ctx *ctx)
{
	return (ctx->count ^ KP_ARCH_FLIP) & KP_ARCH_RESCHED;
}

/* Of the depth of preempt_disable() nobody tells more than that. */
static __always_inline unsigned int kp_ctx_depth(const struct kp_ctx *ctx)
{
	unsigned int depth = ctx->count & PREEMPT_MASK;

	return min(depth, 15U);
}

/* An NMI was entered as a hard interrupt, too, besides what it interrupted. */
static __always_inline bool kp_ctx_hardirq(const struct kp_ctx *ctx)
{
	u32 own = ctx->count & NMI_MASK ? HARDIRQ_OFFSET : 0;

	return ctx->count & HARDIRQ_MASK & ~own;
}

static __always_inline char kp_ctx_irq(const struct kp_ctx *ctx)
{
	bool hardirq = kp_ctx_hardirq(ctx);

	if (ctx->count & NMI_MASK)
		return hardirq ? 'Z' : 'z';
	if (hardirq)
		return ctx->count & SOFTIRQ_OFFSET ? 'H' : 'h';
	return ctx->count & SOFTIRQ_OFFSET ? 's' : '.';
}

#define KP_CTX_FLAGS_LEN 5

/* Four characters of ftrace's latency format: Documentation/trace/ftrace.rst. */
static inline const char *kp_ctx_flags(const struct kp_ctx *ctx,
				       char to[KP_CTX_FLAGS_LEN])
{
	to[0] = kp_ctx_irqs_off(ctx) ? 'd' : '.';
	to[1] = ".npN"[kp_ctx_thread_resched(ctx) + 2 * kp_ctx_cpu_resched(ctx)];
	to[2] = kp_ctx_irq(ctx);
	to[3] = ".123456789abcdef"[kp_ctx_depth(ctx)];
	to[4] = '\0';
	return to;
}

/* The context, with kp_arch_count() as it was in the probed code. */
static __always_inline void kp_ctx_fill(struct kp_ctx *ctx, u32 count,
					const struct pt_regs *regs)
{
	ctx->ns = ktime_get_mono_fast_ns();
	ctx->task = current;
	ctx->cpu = raw_smp_processor_id();
	ctx->count = count;
	ctx->irqs = kp_arch_irqs_of(regs);
	ctx->thread = kp_ctx_thread(current);
}

/**
 * kp_ctx_get() - take the context of a hit
 * @ctx: filled whole
 * @p: the probe
 * @regs: the registers at the hit
 */
static __always_inline void kp_ctx_get(struct kp_ctx *ctx, struct kprobe *p,
				       struct pt_regs *regs)
{
	kp_ctx_fill(ctx, kp_ctx_count(p), regs);
	ctx->ip = (unsigned long)p->addr;
	ctx->ret_ip = 0;
}

/* The same at a return. */
static __always_inline void kp_ctx_get_return(struct kp_ctx *ctx, void *addr,
					      unsigned long caller,
					      struct pt_regs *regs)
{
	kp_ctx_fill(ctx, kp_ctx_return_count(), regs);
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
	char comm[KP_COMM_LEN], flags[KP_CTX_FLAGS_LEN];
	u32 rest;
	u64 seconds = div_u64_rem(ctx->ns, NSEC_PER_SEC, &rest);

	pr_info("%s-%d [%03d] %s %llu.%06lu: %s: (%pS)%s\n",
		kp_ctx_comm(ctx, comm), task_pid_nr(ctx->task), ctx->cpu,
		kp_ctx_flags(ctx, flags), seconds, rest / NSEC_PER_USEC, event,
		addr, args);
}

/* The same of a return: from @addr to @caller. */
static inline void kp_ctx_print_return(const struct kp_ctx *ctx,
				       const char *event, unsigned long caller,
				       void *addr, const char *args)
{
	char comm[KP_COMM_LEN], flags[KP_CTX_FLAGS_LEN];
	u32 rest;
	u64 seconds = div_u64_rem(ctx->ns, NSEC_PER_SEC, &rest);

	pr_info("%s-%d [%03d] %s %llu.%06lu: %s: (%pS <- %ps)%s\n",
		kp_ctx_comm(ctx, comm), task_pid_nr(ctx->task), ctx->cpu,
		kp_ctx_flags(ctx, flags), seconds, rest / NSEC_PER_USEC, event,
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
	char to[KP_COMM_LEN], flags[KP_CTX_FLAGS_LEN];
	const char *comm = kp_ctx_comm(ctx, to);

	kp_ctx_flags(ctx, flags);
	if (ns)
		pr_debug(KP_CTX_FMT " +%llu ns (one instruction)\n", ctx->cpu,
			 kernel ? "[" : "", comm, kernel ? "]" : "",
			 task_pid_nr(ctx->task), flags, handler, ns);
	else
		pr_debug(KP_CTX_FMT "\n", ctx->cpu, kernel ? "[" : "", comm,
			 kernel ? "]" : "", task_pid_nr(ctx->task), flags,
			 handler);
}

#endif /* KP_CTX_H */
