/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Every difference between kernel versions. Written for the
 * newest kernel; a block adapts an older one, and goes when that one does.
 */
#ifndef KP_COMPAT_H
#define KP_COMPAT_H

#include <linux/kprobes.h>
#include <linux/version.h>

/*
 * ec6aba3d2be1 ("kprobes: Remove kprobe::fault_handler"), 5.14. Before it, a
 * fault in a handler is offered to the probe first. We say no: what a handler
 * of ours reads goes through the kernel's exception table, and anything else
 * is a bug that the kernel had better report.
 */
#if LINUX_VERSION_CODE < KERNEL_VERSION(5, 14, 0)
static int handler_fault(struct kprobe *p, struct pt_regs *regs, int trapnr)
{
	return 0;
}
NOKPROBE_SYMBOL(handler_fault);

static inline void kp_compat_prepare(struct kprobe *p)
{
	p->fault_handler = handler_fault;
}
#else
static inline void kp_compat_prepare(struct kprobe *p)
{
}
#endif

#endif /* KP_COMPAT_H */
