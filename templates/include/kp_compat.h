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

/*
 * d741bf41d7c7 ("kprobes: Remove kretprobe hash"), 5.11, hid the probe of an
 * instance; 73f9b911faa7 ("kprobes: Use rethook for kretprobe if possible"),
 * 5.18, hid its return address.
 */
static inline unsigned long kp_return_address(struct kretprobe_instance *ri)
{
#if LINUX_VERSION_CODE < KERNEL_VERSION(5, 18, 0)
	return (unsigned long)ri->ret_addr;
#else
	return get_kretprobe_retaddr(ri);
#endif
}

/*
 * 309dca309fc3 ("block: store a block_device pointer in struct bio"), 5.12:
 * before it the whole disk stands for its partition. A macro, so that only who
 * asks for it needs linux/blkdev.h: the address of the device's number.
 */
#if LINUX_VERSION_CODE < KERNEL_VERSION(5, 12, 0)
#define kp_bio_dev_at(bio) ((unsigned long)&(bio)->bi_disk->part0.__dev.devt)
#else
#define kp_bio_dev_at(bio) ((unsigned long)&(bio)->bi_bdev->bd_dev)
#endif

#endif /* KP_COMPAT_H */
