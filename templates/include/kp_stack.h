/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The kernel stack at a hit, without the frames of the probe
 * machinery: it begins at the probed function.
 */
#ifndef KP_STACK_H
#define KP_STACK_H

#include <linux/kprobes.h>
#include <linux/printk.h>
#include <linux/stacktrace.h>
#include "kp_ctx.h"

#ifndef KP_STACK_DEPTH
#define KP_STACK_DEPTH 32 /* frames taken at most */
#endif

#if defined(CONFIG_X86_64)
#include <asm/unwind.h>

/**
 * kp_stack_save() - the callers of the probed function
 * @entries: filled with return addresses, innermost first
 * @regs: the registers at the hit
 *
 * Unwinds from @regs: stack_trace_save() would begin in the handler, and stops
 * at the detour buffer of an optimised probe.
 *
 * Return: the number of entries.
 */
static inline unsigned int kp_stack_save(unsigned long entries[KP_STACK_DEPTH],
					 struct pt_regs *regs)
{
	struct unwind_state state;
	unsigned int nr = 0;
	unsigned long addr;

	for (unwind_start(&state, current, regs, NULL);
	     nr < KP_STACK_DEPTH && !unwind_done(&state);
	     unwind_next_frame(&state)) {
		addr = unwind_get_return_address(&state);
		if (!addr)
			break;
		if (addr != regs->ip)
			entries[nr++] = addr;
	}
	return nr;
}
#else
static inline unsigned int kp_stack_save(unsigned long entries[KP_STACK_DEPTH],
					 struct pt_regs *regs)
{
	unsigned int nr, i, from = 0;

	/* The machinery's frames end at the probed function's own. */
	nr = stack_trace_save(entries, KP_STACK_DEPTH, 0);
	for (i = 0; i < nr; i++)
		if (entries[i] == instruction_pointer(regs))
			from = i + 1;
	for (i = from; i < nr; i++)
		entries[i - from] = entries[i];
	return nr - from;
}
#endif

#ifdef KP_ABI_H
#define KP_STACK_ROOM (sizeof(u64) * (KP_STACK_DEPTH + 1))

/**
 * kp_stack_record() - the stack as a part of a record in the ring
 * @e: the record
 * @len: its length so far, a multiple of 8
 * @regs: the registers at the hit
 *
 * Return: the bytes it took, KP_STACK_ROOM at most.
 */
static inline u32 kp_stack_record(struct kp_event *e, u32 len,
				  struct pt_regs *regs)
{
	u64 *stack = (u64 *)((char *)e + len);
	unsigned int nr = kp_stack_save((unsigned long *)(stack + 1), regs);

	stack[0] = nr;
	e->stack = len;
	len = sizeof(u64) * (nr + 1);
	e->len += len;
	return len;
}
#endif

/**
 * kp_stack_print() - the stack, a line a frame; the CPU stands first, since
 *		      the lines of two CPUs may mix
 * @ctx: the context of the hit
 * @p: the probe, whose function is the first frame
 * @regs: the registers at the hit
 */
static inline void kp_stack_print(const struct kp_ctx *ctx,
				  const struct kprobe *p, struct pt_regs *regs)
{
	unsigned long entries[KP_STACK_DEPTH];
	unsigned int nr = kp_stack_save(entries, regs);
	unsigned int i;

	pr_info("%03d)  => %pS\n", ctx->cpu, p->addr);
	for (i = 0; i < nr; i++)
		pr_info("%03d)  => %pB\n", ctx->cpu, (void *)entries[i]);
}

/* At a return: the callers only, since the function is gone. */
static inline void kp_stack_print_callers(const struct kp_ctx *ctx,
					  struct pt_regs *regs)
{
	unsigned long entries[KP_STACK_DEPTH];
	unsigned int nr = kp_stack_save(entries, regs);
	unsigned int i;

	for (i = 0; i < nr; i++)
		pr_info("%03d)  => %pB\n", ctx->cpu, (void *)entries[i]);
}

#endif /* KP_STACK_H */
