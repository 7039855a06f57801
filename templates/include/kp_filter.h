/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Which hits are wanted: by who is running, and by what was recorded.
 */
#ifndef KP_FILTER_H
#define KP_FILTER_H

#include <linux/cred.h>
#include <linux/err.h>
#include <linux/glob.h>
#include <linux/moduleparam.h>
#include <linux/sched.h>
#include <linux/string.h>
#include <linux/uidgid.h>
#include "kp_ctx.h"

/* The words of --filter's expression. */
#define kp_glob(s, pattern) glob_match(pattern, s)
#define kp_streq(s, text) (!strcmp(s, text))
#define kp_cur_pid() ((s32)task_pid_nr(current))
#define kp_cur_cpu() ((s32)raw_smp_processor_id())
#define kp_probe_ip(ctx) ((u64)(ctx)->ip)
#define kp_probe_ret_ip(ctx) ((u64)(ctx)->ret_ip)

/*
 * common_flags, in the bits of TRACE_FLAG_ of kernel/trace/trace.h, which
 * trace-cmd too relies on; of the probed code, as all of the context.
 */
#define KP_FLAG_IRQS_OFF 0x01
#define KP_FLAG_NEED_RESCHED 0x04
#define KP_FLAG_HARDIRQ 0x08
#define KP_FLAG_SOFTIRQ 0x10
#define KP_FLAG_PREEMPT_RESCHED 0x20
#define KP_FLAG_NMI 0x40

static inline u8 kp_cur_flags(const struct kp_ctx *ctx)
{
	bool nmi = ctx->count & NMI_MASK;
	u8 flags = nmi ? KP_FLAG_NMI : 0;

	if (kp_ctx_irqs_off(ctx))
		flags |= KP_FLAG_IRQS_OFF;
	if (kp_ctx_thread_resched(ctx))
		flags |= KP_FLAG_NEED_RESCHED;
	if (kp_ctx_cpu_resched(ctx))
		flags |= KP_FLAG_PREEMPT_RESCHED;
	if (kp_ctx_hardirq(ctx))
		flags |= KP_FLAG_HARDIRQ;
	if (!nmi && (ctx->count & SOFTIRQ_OFFSET))
		flags |= KP_FLAG_SOFTIRQ;
	return flags;
}

/* common_preempt_count, at most 15 as there; migration is not counted. */
static inline u8 kp_cur_preempt(const struct kp_ctx *ctx)
{
	return kp_ctx_depth(ctx);
}

/**
 * struct kp_who - the context that is wanted; -1 or "" is any
 * @pid: process, which is the group of its threads
 * @tid: thread
 * @uid: real user
 * @cpu: processor
 * @comm: name of the thread
 */
struct kp_who {
	int pid;
	int tid;
	int uid;
	int cpu;
	char comm[TASK_COMM_LEN];
};

#define KP_WHO_ANYBODY                                     \
	{                                                  \
		.pid = -1, .tid = -1, .uid = -1, .cpu = -1 \
	}

/* Calls nothing: what is called may be what is probed. */
static __always_inline bool kp_comm_is(const char *comm, const char *wanted)
{
	unsigned int i;

	for (i = 0; i < TASK_COMM_LEN && comm[i] == wanted[i]; i++)
		if (!comm[i])
			return true;
	return i == TASK_COMM_LEN;
}

static __always_inline bool kp_who_ok(const struct kp_who *who)
{
	int uid = READ_ONCE(who->uid);

	if (who->pid >= 0 && task_tgid_nr(current) != who->pid)
		return false;
	if (who->tid >= 0 && task_pid_nr(current) != who->tid)
		return false;
	if (uid >= 0 && __kuid_val(current_uid()) != uid)
		return false;
	if (who->cpu >= 0 && raw_smp_processor_id() != who->cpu)
		return false;
	return !who->comm[0] || kp_comm_is(current->comm, who->comm);
}

/*
 * Is it an error: -1 .. -MAX_ERRNO? The value is to be of the function's type:
 * of an int only the low half of the register is its own.
 */
static __always_inline bool kp_is_error(long value)
{
	return IS_ERR_VALUE((unsigned long)value);
}

#endif /* KP_FILTER_H */
