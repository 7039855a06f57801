/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * vocabulary.h - the words of kp_def's expressions, as types only: what
 * "test_def --c" prints must compile with them, without a warning.
 */
#ifndef VOCABULARY_H
#define VOCABULARY_H

#include <stdint.h>

typedef uint8_t u8;
typedef uint16_t u16;
typedef uint32_t u32;
typedef uint64_t u64;
typedef int8_t s8;
typedef int16_t s16;
typedef int32_t s32;
typedef int64_t s64;
typedef const char *str;

struct pt_regs {
	unsigned long r15, r14, r13, r12, r11, r10, r9, r8, bx, cx, dx, si, di,
		bp, ax, orig_ax, ip, cs, flags, sp, ss;
	unsigned long regs[31], pc, pstate;
};

struct task {
	char comm[16];
};

extern struct task *current;
void *ri;

#define kp_reg(r, field) ((r)->field)
unsigned long kp_arg(struct pt_regs *regs, unsigned int n);
unsigned long kp_entry_arg(void *instance, unsigned int n);
unsigned long kp_sysarg(struct pt_regs *regs, unsigned int n);
unsigned long kp_sysarg_of(unsigned long user_regs, unsigned int n);
unsigned long kp_retval(struct pt_regs *regs);
unsigned long kp_stack(struct pt_regs *regs, unsigned int n);
unsigned long kp_stack_addr(struct pt_regs *regs);
unsigned long kp_pair(unsigned long addr, unsigned long len);
unsigned long kp_sym(const char *name);
unsigned long kp_deref(int *err, unsigned long addr);
unsigned long kp_deref_user(int *err, unsigned long addr);
u64 kp_sext(u64 value, unsigned int bits);
#define KP_READ(type)                                      \
	type kp_read_##type(int *err, unsigned long addr); \
	type kp_read_##type##_user(int *err, unsigned long addr)
KP_READ(u8);
KP_READ(u16);
KP_READ(u32);
KP_READ(u64);
KP_READ(s8);
KP_READ(s16);
KP_READ(s32);
KP_READ(s64);

int kp_glob(const char *s, const char *pattern);
int kp_streq(const char *s, const char *text);
s32 kp_cur_pid(void);
s32 kp_cur_cpu(void);
u8 kp_cur_flags(void);
u8 kp_cur_preempt(void);
u64 kp_probe_ip(void);
u64 kp_probe_ret_ip(void);

#endif
