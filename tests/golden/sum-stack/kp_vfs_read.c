// SPDX-License-Identifier: GPL-2.0-only
/*
 * A kernel probe on vfs_read that adds up its hits
 *
 * Made by kp_load 0.1 for kernel 6.1.0-56-amd64:
 *   kp_load.sh --probe=vfs_read --follow --count=stack
 *
 * Edit freely; nothing regenerates this in place. "make" builds it, "make
 * load" and "make unload" plant and remove it; kp_view /dev/kp/NAME follows it.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/err.h>
#include <linux/ftrace.h>
#include <linux/kernel.h>
#include <linux/kprobes.h>
#include <linux/module.h>

#define KP_FUNCNAME "vfs_read"
#define KP_EVENT "vfs_read"
#define KP_MODE "keys"
#define KP_SUMS
#define KP_STACK_DEPTH 16
#define KP_ARGS_MAX 64 /* bits of the bitmaps in kp_abi.h */

#include "kp_budget.h"
#include "kp_ctx.h"
#include "kp_device.h"
#include "kp_filter.h"
#include "kp_params.h"
#include "kp_record.h"
#include "kp_ring.h"
#include "kp_stack.h"
#include "kp_sum.h"
#include "kp_target.h"

static char symbol[KP_FUNCNAME_LEN]; /* funcname without its offset */

/* One hit, preemption being off. */
static __always_inline void kp_hit(struct pt_regs *regs)
{
	struct kp_ring *ring = this_cpu_ptr(&kp_ring);
	unsigned long stack[KP_STACK_DEPTH] = {};

	if (kp_is_viewer() || kp_who_else()) {
		KP_COUNT(filtered);
		return;
	}
	kp_stack_save(stack, regs);
	kp_keys_add(ring, stack, sizeof(stack));
}

/* Called at the function's entry. */
static void notrace handler_entry(unsigned long ip, unsigned long parent_ip,
				  struct ftrace_ops *ops,
				  struct kp_ftrace_regs *fregs)
{
	if (kp_is_off())
		return;
	preempt_disable_notrace();
	kp_hit(kp_ftrace_get(fregs));
	preempt_enable_notrace();
}
NOKPROBE_SYMBOL(handler_entry);

static struct ftrace_ops kp_ops = {
	.func = handler_entry,
	.flags = KP_FTRACE_FLAGS_ALL,
};

static struct kprobe kp;

static struct kp_target kp_target = {
	.kp = &kp, /* finds the function */
	.ops = &kp_ops,
};

static void kp_describe(struct kp_text *text)
{
	kp_fact_probe(text, 0, 'p', event, &kp_target);
	kp_fact(text, "keys\tstack\t128\t%u\n", KP_SLOTS);
}

static int stats_get(char *buf, const struct kernel_param *param)
{
	return kp_ring_stats(buf, PAGE_SIZE, kp_target_missed(&kp_target));
}

static const struct kernel_param_ops stats_ops = {
	.get = stats_get,
};
module_param_cb(stats, &stats_ops, NULL, 0444);
MODULE_PARM_DESC(stats, "hits, and what became of them");

static int __init kp_init(void)
{
	int err = kp_device_create(KP_SLOTS * 136, 0);

	if (err)
		return err;
	err = kp_target_register(&kp_target, symbol, funcname);
	if (err) {
		pr_err("cannot probe %s: %pe\n", funcname, ERR_PTR(err));
		kp_device_destroy();
		return err;
	}
	kp_budget_begin(&kp_target);
	return 0;
}

static void __exit kp_exit(void)
{
	char buf[KP_STATS_LEN];

	kp_budget_end();
	kp_target_unregister(&kp_target);
	kp_ring_stats(buf, sizeof(buf), kp_target_missed(&kp_target));
	pr_info("%s", buf);
	kp_device_destroy();
}

module_init(kp_init);
module_exit(kp_exit);
MODULE_DESCRIPTION("A kernel probe made by kp_load");
MODULE_VERSION("kp_load 0.1");
MODULE_LICENSE("GPL");
