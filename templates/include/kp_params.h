/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The parameters that a probe has whatever it does with its hits. The C that
 * includes this says what KP_FUNCNAME and KP_EVENT are.
 */
#ifndef KP_PARAMS_H
#define KP_PARAMS_H

#include <linux/jump_label.h>
#include <linux/module.h>
#include <linux/moduleparam.h>
#include <linux/percpu.h>
#include "kp_ctx.h"
#include "kp_filter.h"
#include "kp_target.h"

static char funcname[KP_FUNCNAME_LEN] = KP_FUNCNAME;
module_param_string(funcname, funcname, sizeof(funcname), 0444);
MODULE_PARM_DESC(funcname, "what to probe: [MODULE:]SYMBOL[+OFFSET]");

static char event[KP_EVENT_LEN] = KP_EVENT;
module_param_string(event, event, sizeof(event), 0444);
MODULE_PARM_DESC(event, "the name of the event in each line");

static char brought[KP_BROUGHT_LEN];
module_param_string(brought, brought, sizeof(brought), 0444);
MODULE_PARM_DESC(brought, "modules loaded for this probe, to go with it");

static struct kp_who who = KP_WHO_ANYBODY;

/* Off while anybody is wanted: then who is not even looked at. */
static DEFINE_STATIC_KEY_FALSE(kp_who_on);

static void kp_who_changed(void)
{
	if (who.pid >= 0 || who.tid >= 0 || who.uid >= 0 || who.cpu >= 0 ||
	    who.comm[0])
		static_branch_enable(&kp_who_on);
	else
		static_branch_disable(&kp_who_on);
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

/* On while the probe is switched off: then a hit is not even counted. */
static DEFINE_STATIC_KEY_FALSE(kp_off);
static bool enabled = true;

static int kp_enabled_set(const char *val, const struct kernel_param *param)
{
	int err = param_set_bool(val, param);

	if (!err && enabled)
		static_branch_disable(&kp_off);
	else if (!err)
		static_branch_enable(&kp_off);
	return err;
}

static const struct kernel_param_ops kp_enabled_ops = {
	.set = kp_enabled_set,
	.get = param_get_bool,
};
module_param_cb(enabled, &kp_enabled_ops, &enabled, 0644);
MODULE_PARM_DESC(enabled, "off: what is hit is neither shown nor counted");

/* Hits while it was off: what a pilot looks at. */
static DEFINE_PER_CPU(u64, kp_unseen);

static __always_inline bool kp_is_off(void)
{
	if (!static_branch_unlikely(&kp_off))
		return false;
	this_cpu_inc(kp_unseen);
	return true;
}

static int kp_unseen_get(char *buf, const struct kernel_param *param)
{
	u64 sum = 0;
	int cpu;

	for_each_possible_cpu(cpu)
		sum += READ_ONCE(per_cpu(kp_unseen, cpu));
	return scnprintf(buf, PAGE_SIZE, "%llu\n", sum);
}

static const struct kernel_param_ops kp_unseen_ops = {
	.get = kp_unseen_get,
};
module_param_cb(unseen, &kp_unseen_ops, NULL, 0444);
MODULE_PARM_DESC(unseen, "hits while it was not enabled");

/* Is this hit of no interest, by who is running? */
static __always_inline bool kp_who_else(void)
{
	return static_branch_unlikely(&kp_who_on) && !kp_who_ok(&who);
}

#endif /* KP_PARAMS_H */
