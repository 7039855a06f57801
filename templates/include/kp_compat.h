/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Every difference between kernel versions. Written for the
 * newest kernel; a block adapts an older one, and goes when that one does.
 */
#ifndef KP_COMPAT_H
#define KP_COMPAT_H

#include <linux/bits.h>
#include <linux/device.h>
#include <linux/ftrace.h>
#include <linux/hrtimer.h>
#include <linux/kprobes.h>
#include <linux/mm.h>
#include <linux/timer.h>
#include <linux/version.h>
#if LINUX_VERSION_CODE >= KERNEL_VERSION(5, 11, 0)
#include <linux/trace_recursion.h>
#endif

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

/* bc292ab00f6c ("mm: introduce vma->vm_flags wrapper functions"), 6.3. */
static inline void kp_compat_vm_flags_mod(struct vm_area_struct *vma,
					  unsigned long set,
					  unsigned long clear)
{
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 3, 0)
	vma->vm_flags |= set;
	vma->vm_flags &= ~clear;
#else
	vm_flags_mod(vma, set, clear);
#endif
}

/* 9b13df3fb64e ("timers: Rename del_timer_sync() to timer_delete_sync()"), 6.2. */
static inline void kp_compat_timer_delete(struct timer_list *timer)
{
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 2, 0)
	del_timer_sync(timer);
#else
	timer_delete_sync(timer);
#endif
}

/*
 * Where x86 has it: 64701838bf05 ("x86/percpu: Move preempt_count next to
 * current_task"), 6.2; 46e8fff6d45f ("x86/preempt: Move preempt count to percpu
 * hot section"), 6.15.
 */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 2, 0)
#define kp_compat_preempt_count __preempt_count
#elif LINUX_VERSION_CODE < KERNEL_VERSION(6, 15, 0)
#define kp_compat_preempt_count pcpu_hot.preempt_count
#else
#define kp_compat_preempt_count __preempt_count
#endif

/*
 * An ftrace_ops' callback gets registers in struct ftrace_regs since d19ad0775dcd
 * ("ftrace: Have the callbacks receive a struct ftrace_regs"), 5.11, which
 * holds the arguments without FTRACE_OPS_FL_SAVE_REGS. Before, and on
 * architectures without that, all registers have to be asked for.
 */
#ifdef CONFIG_DYNAMIC_FTRACE_WITH_REGS
#if LINUX_VERSION_CODE < KERNEL_VERSION(5, 11, 0)
#define kp_ftrace_regs pt_regs
#define KP_FTRACE_FLAGS (FTRACE_OPS_FL_SAVE_REGS | FTRACE_OPS_FL_RECURSION_SAFE)
#define KP_FTRACE_FLAGS_ALL KP_FTRACE_FLAGS
static __always_inline struct pt_regs *kp_ftrace_get(struct pt_regs *fregs)
{
	return fregs;
}
#else
#define kp_ftrace_regs ftrace_regs
#define KP_FTRACE_FLAGS_ALL FTRACE_OPS_FL_SAVE_REGS
#if defined(CONFIG_X86_64) && defined(CONFIG_DYNAMIC_FTRACE_WITH_ARGS)
#define KP_FTRACE_FLAGS 0
static __always_inline struct pt_regs *kp_ftrace_get(struct ftrace_regs *fregs)
{
#ifdef arch_ftrace_regs /* e4cf33ca4812, 6.13 and some 6.12 */
	return &arch_ftrace_regs(fregs)->regs;
#else
	return &fregs->regs;
#endif
}
#else
#define KP_FTRACE_FLAGS FTRACE_OPS_FL_SAVE_REGS
static __always_inline struct pt_regs *kp_ftrace_get(struct ftrace_regs *fregs)
{
	return ftrace_get_regs(fregs);
}
#endif
#endif
#endif

/*
 * Several users of one function are called from a list, by a function of
 * ftrace's that switches preemption off once more. Its mark in the task is seen
 * since 6e4eb9cb22fc ("ftrace: Add recording of functions that caused
 * recursion"), 5.11; before, the depth then told is one too high.
 */
static __always_inline bool kp_ftrace_is_listed(const struct task_struct *task)
{
#if defined(CONFIG_TRACING) && LINUX_VERSION_CODE >= KERNEL_VERSION(5, 11, 0)
	unsigned long marks = (BIT(TRACE_CONTEXT_BITS) - 1) << TRACE_LIST_START;

	return unlikely(task->trace_recursion & marks) &&
	       trace_recursion_test(TRACE_LIST_START + trace_get_context_bit());
#else
	return false;
#endif
}

/* 1aaba11da9aa ("driver core: class: remove module * from class_create()"), 6.4. */
static inline struct class *kp_compat_class_create(const char *name)
{
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 4, 0)
	return class_create(THIS_MODULE, name);
#else
	return class_create(name);
#endif
}

/*
 * 908a1d775422 ("hrtimers: Introduce hrtimer_setup() to replace
 * hrtimer_init()"), 6.13.
 */
static inline void
kp_compat_hrtimer_setup(struct hrtimer *timer,
			enum hrtimer_restart (*function)(struct hrtimer *))
{
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 13, 0)
	hrtimer_init(timer, CLOCK_MONOTONIC, HRTIMER_MODE_REL_HARD);
	timer->function = function;
#else
	hrtimer_setup(timer, function, CLOCK_MONOTONIC, HRTIMER_MODE_REL_HARD);
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
