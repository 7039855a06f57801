/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The parameters that a probe has whatever it does with its hits. The C that
 * includes this says what funcname and event are.
 */
#ifndef KP_PARAMS_H
#define KP_PARAMS_H

#include <linux/jump_label.h>
#include <linux/module.h>
#include <linux/moduleparam.h>
#include <linux/percpu.h>
#include <linux/printk.h>
#include "kp_cpu.h"
#include "kp_target.h"

#define KP_STATS_LEN 160
#define KP_STATS_FMT "hits=%lu shown=%lu filtered=%lu dropped=%lu missed=%lu\n"

static char *funcname[KP_PROBES];
module_param_array(funcname, charp, NULL, 0444);
MODULE_PARM_DESC(funcname, "what to probe: [MODULE:]SYMBOL[+OFFSET]");

static char *event[KP_PROBES];
module_param_array(event, charp, NULL, 0444);
MODULE_PARM_DESC(event, "the name of the event in each line");

static char brought[KP_BROUGHT_LEN];
module_param_string(brought, brought, sizeof(brought), 0444);
MODULE_PARM_DESC(brought, "modules loaded for this probe, to go with it");

/*
 * On while a hit may be of no interest before it is looked at: as the probe is
 * switched off, which does not even count it, or for who is running (kp_who.h).
 */
static DEFINE_STATIC_KEY_FALSE(kp_picky);
static bool enabled = true;
static bool kp_who_wanted;

static void kp_picky_changed(void)
{
	if (!enabled || kp_who_wanted)
		static_branch_enable(&kp_picky);
	else
		static_branch_disable(&kp_picky);
}

static int kp_enabled_set(const char *val, const struct kernel_param *param)
{
	int err = param_set_bool(val, param);

	if (!err)
		kp_picky_changed();
	return err;
}

static const struct kernel_param_ops kp_enabled_ops = {
	.set = kp_enabled_set,
	.get = param_get_bool,
};
module_param_cb(enabled, &kp_enabled_ops, &enabled, 0644);
MODULE_PARM_DESC(enabled, "off: what is hit is neither shown nor counted");

/* Is it switched off? Hits meanwhile are what a pilot looks at. */
static __always_inline bool kp_is_off(struct kp_cpu *cpu)
{
	if (!static_branch_unlikely(&kp_picky) || READ_ONCE(enabled))
		return false;
	local_inc(&cpu->unseen);
	return true;
}

static int kp_unseen_get(char *buf, const struct kernel_param *param)
{
	unsigned long sum = 0;
	int cpu;

	for_each_possible_cpu(cpu)
		if (kp_cpus)
			sum += local_read(&per_cpu_ptr(kp_cpus, cpu)->unseen);
	return scnprintf(buf, PAGE_SIZE, "%lu\n", sum);
}

static const struct kernel_param_ops kp_unseen_ops = {
	.get = kp_unseen_get,
};
module_param_cb(unseen, &kp_unseen_ops, NULL, 0444);
MODULE_PARM_DESC(unseen, "hits while it was not enabled");

static int kp_stats_put(char *buf, size_t size, const struct kp_totals *sum)
{
	return scnprintf(buf, size, KP_STATS_FMT,
			 sum->shown + sum->filtered + sum->dropped, sum->shown,
			 sum->filtered, sum->dropped, sum->missed);
}

/* Of each probe, as they were when its counts were last asked for. */
static struct kp_totals kp_stats_of[KP_PROBES];

/*
 * Looks at each probe's counts once, so that the totals are theirs: hits go on
 * meanwhile. With the lock of the parameters held.
 */
static void kp_stats_take(struct kp_totals *total)
{
	struct kp_totals *sum;
	unsigned int n;

	for (n = 0; n < KP_PROBES; n++) {
		sum = &kp_stats_of[n];
		memset(sum, 0, sizeof(*sum));
		kp_count_add(sum, n);
		sum->missed += kp_target_missed(kp_targets[n]);
		total->shown += sum->shown;
		total->filtered += sum->filtered;
		total->dropped += sum->dropped;
		total->missed += sum->missed;
	}
}

/* The totals; and behind them each probe's, where there are several. */
static int kp_stats_get(char *buf, const struct kernel_param *param)
{
	struct kp_totals total = {};
	unsigned int n;
	int len;

	kp_stats_take(&total);
	len = kp_stats_put(buf, PAGE_SIZE, &total);
	for (n = 0; n < KP_PROBES && KP_PROBES > 1; n++) {
		len += scnprintf(buf + len, PAGE_SIZE - len, "%s ", event[n]);
		len += kp_stats_put(buf + len, PAGE_SIZE - len,
				    &kp_stats_of[n]);
	}
	return len;
}

static const struct kernel_param_ops kp_stats_ops = {
	.get = kp_stats_get,
};
module_param_cb(stats, &kp_stats_ops, NULL, 0444);
MODULE_PARM_DESC(stats, "hits, and what became of them");

/* The totals, to the log: the probe goes. */
static void kp_stats_log(void)
{
	struct kp_totals total = {};
	char buf[KP_STATS_LEN];

	kernel_param_lock(THIS_MODULE);
	kp_stats_take(&total);
	kernel_param_unlock(THIS_MODULE);
	kp_stats_put(buf, sizeof(buf), &total);
	pr_info("%s", buf);
}

#endif /* KP_PARAMS_H */
