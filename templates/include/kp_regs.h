/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The registers at a hit, all of them, under the names that a definition
 * gives them: %ax, %di. They hold addresses of the kernel as they are.
 */
#ifndef KP_REGS_H
#define KP_REGS_H

#include <linux/kernel.h>
#include <linux/printk.h>
#include <linux/ptrace.h>
#include "kp_ctx.h"

/**
 * kp_regs_print() - the registers, in the order of the kernel's show_regs()
 * @ctx: the context of the hit
 * @ip: where the probe is, or where the function returns to: the instruction
 *	pointer in @regs is that of the breakpoint, or of a trampoline
 * @regs: the registers at the hit
 *
 * The CPU stands first, since the lines of two CPUs may mix.
 */
#if defined(CONFIG_X86_64)
static inline void kp_regs_print(const struct kp_ctx *ctx, unsigned long ip,
				 const struct pt_regs *regs)
{
	pr_info("%03d)  ip=%016lx sp=%016lx flags=%08lx cs=%04lx ss=%04lx\n",
		ctx->cpu, ip, regs->sp, regs->flags,
		/* Of 16 bits since 6.9 (FRED). */
		(unsigned long)regs->cs & 0xffff,
		(unsigned long)regs->ss & 0xffff);
	pr_info("%03d)  ax=%016lx bx=%016lx cx=%016lx dx=%016lx\n", ctx->cpu,
		regs->ax, regs->bx, regs->cx, regs->dx);
	pr_info("%03d)  si=%016lx di=%016lx bp=%016lx orig_ax=%016lx\n",
		ctx->cpu, regs->si, regs->di, regs->bp, regs->orig_ax);
	pr_info("%03d)  r8=%016lx r9=%016lx r10=%016lx r11=%016lx\n", ctx->cpu,
		regs->r8, regs->r9, regs->r10, regs->r11);
	pr_info("%03d)  r12=%016lx r13=%016lx r14=%016lx r15=%016lx\n",
		ctx->cpu, regs->r12, regs->r13, regs->r14, regs->r15);
}
#elif defined(CONFIG_ARM64)
static inline void kp_regs_print(const struct kp_ctx *ctx, unsigned long ip,
				 const struct pt_regs *regs)
{
	int i;

	pr_info("%03d)  pc=%016lx sp=%016llx pstate=%08llx\n", ctx->cpu, ip,
		regs->sp, regs->pstate);
	for (i = 0; i < 30; i += 3)
		pr_info("%03d)  x%d=%016llx x%d=%016llx x%d=%016llx\n",
			ctx->cpu, i, regs->regs[i], i + 1, regs->regs[i + 1],
			i + 2, regs->regs[i + 2]);
	pr_info("%03d)  x30=%016llx\n", ctx->cpu, regs->regs[30]);
}
#else
static inline void kp_regs_print(const struct kp_ctx *ctx, unsigned long ip,
				 struct pt_regs *regs)
{
	pr_info("%03d)  ip=%0*lx sp=%0*lx\n", ctx->cpu, (int)(2 * sizeof(long)),
		ip, (int)(2 * sizeof(long)), kernel_stack_pointer(regs));
}
#endif

#endif /* KP_REGS_H */
