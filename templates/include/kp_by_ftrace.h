/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Probes at the entry of functions, by ftrace: all of a module share one
 * ftrace_ops, whose filter are their places.
 */
#ifndef KP_BY_FTRACE_H
#define KP_BY_FTRACE_H

#include <linux/ftrace.h>
#include <linux/kernel.h>
#include <linux/kprobes.h>
#include "kp_cpu.h"
#include "kp_target.h"

static unsigned int kp_ops_users; /* targets planted by ftrace */

/*
 * By ftrace. A kprobe that is never armed finds the function, and refuses what
 * the kernel does not want probed. -EINVAL: ftrace has no place there.
 */
static int kp_target_plant_ops(struct kp_target *t)
{
	int err;

	t->kp->flags = KPROBE_FLAG_DISABLED;
	err = register_kprobe(t->kp);
	if (err)
		return err;
	t->where = (unsigned long)t->kp->addr;
	unregister_kprobe(t->kp);
	err = ftrace_set_filter_ip(t->ops, t->where, 0, !kp_ops_users);
	if (err)
		return err;
	if (!kp_ops_users && !kp_disarmed)
		err = register_ftrace_function(t->ops);
	if (err) {
		ftrace_set_filter_ip(t->ops, t->where, 1, 0);
		t->where = 0;
		return err;
	}
	kp_ops_users++;
	return 0;
}

/* Is another of ours planted by ftrace at the same place? */
static bool kp_target_is_shared(const struct kp_target *t)
{
	unsigned int n;

	for (n = 0; n < KP_PROBES; n++)
		if (kp_targets[n] != t && kp_targets[n]->ops &&
		    kp_targets[n]->planted && kp_targets[n]->where == t->where)
			return true;
	return false;
}

/*
 * Without a place left it would be hit by every function there is: so a place
 * goes with the last that is there, and the last place after the ops.
 */
static void kp_target_remove_ops(struct kp_target *t)
{
	if (!--kp_ops_users && !kp_disarmed)
		unregister_ftrace_function(t->ops);
	if (!kp_target_is_shared(t))
		ftrace_set_filter_ip(t->ops, t->where, 1, 0);
	t->where = 0;
}

/* A hit by ftrace at @ip of our own handling. */
static noinline void kp_targets_count_missed(struct kp_cpu *cpu,
					     unsigned long ip)
{
	unsigned int n;

	for (n = 0; n < KP_PROBES; n++)
		if (kp_targets[n]->ops && kp_targets[n]->where == ip)
			KP_COUNT(cpu, n, missed);
}
NOKPROBE_SYMBOL(kp_targets_count_missed);

static inline int kp_targets_arm_ops(bool arm)
{
	unsigned int n;

	for (n = 0; n < KP_PROBES; n++) {
		struct ftrace_ops *ops = kp_targets[n]->ops;

		if (!ops || !kp_targets[n]->planted)
			continue;
		/* All share one. */
		return arm ? register_ftrace_function(ops) :
			     unregister_ftrace_function(ops);
	}
	return 0;
}

#endif /* KP_BY_FTRACE_H */
