/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The parameters by which a hit is of interest for who is running.
 */
#ifndef KP_WHO_H
#define KP_WHO_H

#include <linux/jump_label.h>
#include <linux/module.h>
#include <linux/moduleparam.h>
#include <linux/string.h>
#include "kp_filter.h"
#include "kp_params.h"
#ifdef KP_MODE
#include "kp_ring.h"
#endif

static struct kp_who who = KP_WHO_ANYBODY;

static void kp_who_changed(void)
{
	kp_who_wanted = who.pid >= 0 || who.tid >= 0 || who.uid >= 0 ||
			who.cpu >= 0 || who.comm[0];
	kp_picky_changed();
}

static int kp_who_set_int(const char *val, const struct kernel_param *param)
{
	int err = param_set_int(val, param);

	if (!err)
		kp_who_changed();
	return err;
}

static int kp_who_set_comm(const char *val, const struct kernel_param *param)
{
	int err = param_set_copystring(val, param);

	if (!err) {
		strim(who.comm);
		kp_who_changed();
	}
	return err;
}

static const struct kernel_param_ops kp_who_int_ops = {
	.set = kp_who_set_int,
	.get = param_get_int,
};

static const struct kernel_param_ops kp_who_comm_ops = {
	.set = kp_who_set_comm,
	.get = param_get_string,
};

static const struct kparam_string kp_who_comm = {
	.maxlen = sizeof(who.comm),
	.string = who.comm,
};

module_param_cb(pid, &kp_who_int_ops, &who.pid, 0644);
module_param_cb(tid, &kp_who_int_ops, &who.tid, 0644);
module_param_cb(uid, &kp_who_int_ops, &who.uid, 0644);
module_param_cb(cpu, &kp_who_int_ops, &who.cpu, 0644);
__module_param_call(MODULE_PARAM_PREFIX, comm, &kp_who_comm_ops,
		    .str = &kp_who_comm, 0644, -1, 0);
MODULE_PARM_DESC(pid, "only this process; -1 for any, as for tid, uid, cpu");
MODULE_PARM_DESC(comm, "only threads of this name; empty for any");

/* Is this hit of no interest, by who is running? */
static __always_inline bool kp_who_else(void)
{
	return static_branch_unlikely(&kp_picky) && !kp_who_ok(&who);
}

#ifdef KP_MODE
/**
 * kp_is_unwanted() - is a hit of no interest, before it is looked at?
 * @cpu: this one, which counts it
 * @n: of which probe
 * @hit: itself
 */
static __always_inline bool kp_is_unwanted(struct kp_cpu *cpu, unsigned int n,
					   const struct kp_hit *hit)
{
	if (static_branch_unlikely(&kp_picky)) {
		if (!READ_ONCE(enabled)) {
			local_inc(&cpu->unseen);
			return true;
		}
		if (!kp_who_ok(&who))
			goto others;
	}
	if (likely(!kp_is_viewer(hit)))
		return false;
others:
	KP_COUNT(cpu, n, others);
	return true;
}

/* The begin of a run: KP_WORKED where the hit is to be looked at. */
static __always_inline int kp_begin(struct kp_cpu *cpu, unsigned int n,
				    const struct kp_hit *hit)
{
	if (kp_is_unwanted(cpu, n, hit))
		return KP_LEFT;
	if (!hit->quick)
		return kp_skip(cpu, n) ? KP_LEFT : KP_WORKED;
	if (static_branch_unlikely(&kp_thrift) || !kp_clock_is_quick())
		return KP_AGAIN;
	return KP_WORKED;
}
#endif

#endif /* KP_WHO_H */
