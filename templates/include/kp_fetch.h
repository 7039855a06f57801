/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Values of the probed function: registers, arguments and memory. A read that
 * fails sets *err, never faults and never sleeps; those after it do nothing.
 */
#ifndef KP_FETCH_H
#define KP_FETCH_H

#include <linux/irqflags.h>
#include <linux/kernel.h>
#include <linux/kprobes.h>
#include <linux/mm.h>
#include <linux/preempt.h>
#include <linux/ptrace.h>
#include <linux/sched.h>
#include <linux/sched/task_stack.h>
#include <linux/string.h>
#include <linux/uaccess.h>
#include "kp_arch.h"

#define kp_reg(regs, field) ((unsigned long)(regs)->field)

/* Argument word @n from 0; at the function's entry only. */
static __always_inline unsigned long kp_arg(struct pt_regs *regs,
					    unsigned int n)
{
	return regs_get_kernel_argument(regs, n);
}

static __always_inline unsigned long kp_retval(struct pt_regs *regs)
{
	return regs_return_value(regs);
}

static __always_inline unsigned long kp_stack(struct pt_regs *regs,
					      unsigned int n)
{
	return regs_get_kernel_stack_nth(regs, n);
}

static __always_inline unsigned long kp_stack_addr(struct pt_regs *regs)
{
	return kernel_stack_pointer(regs);
}

/* The address of a symbol, which is given at load; an error if it was not. */
static __always_inline unsigned long kp_sym(int *err, unsigned long addr)
{
	if (!addr)
		*err = -EFAULT;
	return addr;
}

static __always_inline u64 kp_sext(u64 value, unsigned int bits)
{
	return (s64)(value << (64 - bits)) >> (64 - bits);
}

/* A user's pointer may bear a tag (LAM, TBI), which is no part of the address. */
static __always_inline bool kp_is_user(unsigned long addr)
{
	return untagged_addr(addr) < TASK_SIZE_MAX;
}

/**
 * kp_why() - why user memory could not be copied
 * @addr: of its first byte
 * @size: bytes
 *
 * A copy alone does not tell a bad address from a page that is not in memory.
 * The mappings do, under the mmap lock, which may only be tried: the probed
 * code may hold it. Giving it back can wake a writer, which takes locks that
 * are held with interrupts off: where they are off in the handler nothing is
 * tried, nor in an interrupt, whose task is anybody. So a probe by breakpoint,
 * which is most of those with an offset, cannot tell, and says (fault).
 *
 * Return: -EAGAIN where a mapping that can be read holds it, else -EFAULT.
 */
static inline int kp_why(unsigned long addr, size_t size)
{
	struct mm_struct *mm = current->mm;
	struct vm_area_struct *vma;
	int err = -EFAULT;

	if (!in_task() || irqs_disabled() || !mmap_read_trylock(mm))
		return err;
	vma = find_vma(mm, addr);
	if (vma && vma->vm_start <= addr && addr + size <= vma->vm_end &&
	    (vma->vm_flags & (VM_READ | VM_WRITE)))
		err = -EAGAIN;
	mmap_read_unlock(mm);
	return err;
}

/**
 * kp_copy() - copy from kernel or user memory, whichever the address is in
 * @dst: filled, or zeroed on an error; for user memory it is on the stack: see
 *	 kp_str_rest()
 * @addr: where from
 * @size: bytes
 *
 * 5.10 does not check that user memory may be read in this context: a kernel
 * thread has none. Nor has an interrupt, which finds anybody's, and whose stack
 * is vmalloc's.
 *
 * Return: 0, -EFAULT, or -EAGAIN for user memory that is not present.
 */
static inline __kprobes int kp_copy(void *dst, unsigned long addr, size_t size)
{
	int err = -EFAULT;

	if (!kp_is_user(addr)) {
		if (!copy_from_kernel_nofault(dst, (void *)addr, size))
			return 0;
	} else if (current->mm && !(current->flags & PF_KTHREAD) &&
		   object_is_on_stack(dst)) {
		if (!copy_from_user_nofault(dst, (void __user *)addr, size))
			return 0;
		err = kp_why(addr, size);
	}
	memset(dst, 0, size);
	return err;
}

static inline void kp_read(int *err, void *dst, unsigned long addr, size_t size,
			   bool user)
{
	if (!*err && user && !kp_is_user(addr))
		*err = -EFAULT;
	if (!*err)
		*err = kp_copy(dst, addr, size);
}

/* The value of a type at @addr, 0 on an error. */
#define KP_READ(type, err, addr, user)                                 \
	({                                                             \
		type kp_value = 0;                                     \
		kp_read(err, &kp_value, addr, sizeof(kp_value), user); \
		kp_value;                                              \
	})
#define kp_read_u8(err, addr) KP_READ(u8, err, addr, false)
#define kp_read_u16(err, addr) KP_READ(u16, err, addr, false)
#define kp_read_u32(err, addr) KP_READ(u32, err, addr, false)
#define kp_read_u64(err, addr) KP_READ(u64, err, addr, false)
#define kp_read_s8(err, addr) KP_READ(s8, err, addr, false)
#define kp_read_s16(err, addr) KP_READ(s16, err, addr, false)
#define kp_read_s32(err, addr) KP_READ(s32, err, addr, false)
#define kp_read_s64(err, addr) KP_READ(s64, err, addr, false)
#define kp_read_u8_user(err, addr) KP_READ(u8, err, addr, true)
#define kp_read_u16_user(err, addr) KP_READ(u16, err, addr, true)
#define kp_read_u32_user(err, addr) KP_READ(u32, err, addr, true)
#define kp_read_u64_user(err, addr) KP_READ(u64, err, addr, true)
#define kp_read_s8_user(err, addr) KP_READ(s8, err, addr, true)
#define kp_read_s16_user(err, addr) KP_READ(s16, err, addr, true)
#define kp_read_s32_user(err, addr) KP_READ(s32, err, addr, true)
#define kp_read_s64_user(err, addr) KP_READ(s64, err, addr, true)

static inline unsigned long kp_deref(int *err, unsigned long addr)
{
	unsigned long value = 0;

	kp_read(err, &value, addr, sizeof(value), false);
	return value;
}

static inline unsigned long kp_deref_user(int *err, unsigned long addr)
{
	unsigned long value = 0;

	kp_read(err, &value, addr, sizeof(value), true);
	return value;
}

/**
 * kp_sysarg_read() - an argument of a system call, out of the user's registers
 * @err: set where it cannot be read, or not on this architecture
 * @user_regs: what a wrapper gets (ARCH_HAS_SYSCALL_WRAPPER)
 * @n: from 0
 */
static inline unsigned long kp_sysarg_read(int *err, unsigned long user_regs,
					   unsigned int n)
{
	static const u16 at[] = KP_ARCH_SYSARGS;

	if (n < ARRAY_SIZE(at))
		return kp_deref(err, user_regs + at[n]);
	*err = -EFAULT;
	return 0;
}

/* In the expression of an argument, where err is: see KP_CAPTURE(). */
#define kp_sysarg_of(user_regs, n) kp_sysarg_read(&err, user_regs, n)
#define kp_sysarg(regs, n) kp_sysarg_of(kp_arg(regs, 0), n)

#endif /* KP_FETCH_H */
