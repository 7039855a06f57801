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
#include "kp_guard.h"
#include "kp_target.h"

#define KP_STATS_LEN 160
#define KP_STATS_FMT \
	"hits=%llu shown=%llu filtered=%llu dropped=%llu missed=%llu\n"

static char *funcname[KP_PROBES];
module_param_array(funcname, charp, NULL, 0444);
MODULE_PARM_DESC(funcname, "what to probe: [MODULE:]SYMBOL[+OFFSET]");

static char *event[KP_PROBES];
module_param_array(event, charp, NULL, 0444);
MODULE_PARM_DESC(event, "the name of the event in each line");

static char brought[KP_BROUGHT_LEN];
module_param_string(brought, brought, sizeof(brought), 0444);
MODULE_PARM_DESC(brought, "modules loaded for this probe, to go with it");

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

static int kp_stats_put(char *buf, size_t size, const struct kp_count *c)
{
	u64 filtered = c->filtered + c->others;

	return scnprintf(buf, size, KP_STATS_FMT,
			 c->shown + filtered + c->dropped, c->shown, filtered,
			 c->dropped, c->missed);
}

/* Adds what became of the hits of probe @n. */
static void kp_stats_add(struct kp_count *sum, unsigned int n)
{
	kp_count_add(sum, n);
	sum->missed += kp_target_missed(kp_targets[n]);
}

static void kp_stats_total(struct kp_count *sum)
{
	unsigned int n;

	for (n = 0; n < KP_PROBES; n++)
		kp_stats_add(sum, n);
}

/* The totals; and behind them each probe's, where there are several. */
static int kp_stats_get(char *buf, const struct kernel_param *param)
{
	struct kp_count sum = {};
	unsigned int n;
	int len;

	kp_stats_total(&sum);
	len = kp_stats_put(buf, PAGE_SIZE, &sum);
	for (n = 0; n < KP_PROBES && KP_PROBES > 1; n++) {
		memset(&sum, 0, sizeof(sum));
		kp_stats_add(&sum, n);
		len += scnprintf(buf + len, PAGE_SIZE - len, "%s ", event[n]);
		len += kp_stats_put(buf + len, PAGE_SIZE - len, &sum);
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
	struct kp_count sum = {};
	char buf[KP_STATS_LEN];

	kp_stats_total(&sum);
	kp_stats_put(buf, sizeof(buf), &sum);
	pr_info("%s", buf);
}

#endif /* KP_PARAMS_H */
