// SPDX-License-Identifier: GPL-2.0-only
/*
 * A kernel probe on vfs_read
 *
 * Made by kp_load 0.1 for kernel 6.1.0-56-amd64:
 *   kp_load.sh --probe=vfs_read --verbose --showstack
 *
 * Edit freely; nothing regenerates this in place. "make" builds it, "make
 * load" and "make unload" plant and remove it.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/err.h>
#include <linux/kernel.h>
#include <linux/kprobes.h>
#include <linux/module.h>
#include <linux/percpu.h>
#include <linux/timekeeping.h>

#include "kp_ctx.h"
#include "kp_guard.h"
#include "kp_regs.h"
#include "kp_stack.h"
#include "kp_target.h"

static char funcname[KP_FUNCNAME_LEN] = "vfs_read";
module_param_string(funcname, funcname, sizeof(funcname), 0444);
MODULE_PARM_DESC(funcname, "what to probe: [MODULE:]SYMBOL[+OFFSET]");

static char event[KP_EVENT_LEN] = "vfs_read";
module_param_string(event, event, sizeof(event), 0444);
MODULE_PARM_DESC(event, "the name of the event in each line");

static char brought[KP_BROUGHT_LEN];
module_param_string(brought, brought, sizeof(brought), 0444);
MODULE_PARM_DESC(brought, "modules loaded for this probe, to go with it");

static bool verbose = true;
module_param(verbose, bool, 0644);
MODULE_PARM_DESC(verbose, "a line of context for each hit");

static bool show_stack = true;
module_param(show_stack, bool, 0644);
MODULE_PARM_DESC(show_stack, "the kernel stack for each hit");

static bool show_regs;
module_param(show_regs, bool, 0644);
MODULE_PARM_DESC(show_regs, "the registers at each hit");

static unsigned int rate = 100;
module_param(rate, uint, 0644);
MODULE_PARM_DESC(rate, "hits logged a second; the rest is counted");

static char symbol[KP_FUNCNAME_LEN]; /* funcname without its offset */
static DEFINE_PER_CPU(struct kp_count, kp_count);
static struct kp_rate kp_rate;

/* When handler_pre() logged a hit: handler_post() runs on the same CPU. */
static DEFINE_PER_CPU(u64, kp_began);

/* Called before the probed instruction is executed. */
static int handler_pre(struct kprobe *p, struct pt_regs *regs)
{
	struct kp_ctx ctx;

	if (!kp_rate_ok(&kp_rate, rate)) {
		this_cpu_inc(kp_count.dropped);
		return 0;
	}
	this_cpu_inc(kp_count.shown);

	kp_ctx_get(&ctx, p, regs);
	kp_ctx_print_event(&ctx, event, p->addr, "");
	if (verbose)
		PRINT_CTX(&ctx);
	if (show_regs)
		kp_regs_print(&ctx, (unsigned long)p->addr, regs);
	if (show_stack)
		kp_stack_print(&ctx, p, regs);
	this_cpu_write(kp_began, ktime_get_mono_fast_ns());
	return 0;
}
NOKPROBE_SYMBOL(handler_pre);

/*
 * Called after the probed instruction, which is one instruction and not the
 * function: the time between the two handlers says what the probe costs. How
 * long the function takes is for a return probe to tell.
 */
static void handler_post(struct kprobe *p, struct pt_regs *regs,
			 unsigned long flags)
{
	u64 began = this_cpu_read(kp_began);
	struct kp_ctx ctx;

	if (!began)
		return;
	this_cpu_write(kp_began, 0);
	if (!verbose)
		return;
	kp_ctx_get(&ctx, p, regs);
	PRINT_CTX_DELTA(&ctx, ktime_get_mono_fast_ns() - began);
}
NOKPROBE_SYMBOL(handler_post);

static struct kprobe kp = {
	.pre_handler = handler_pre,
	.post_handler = handler_post,
};

static struct kp_target kp_target = {
	.kp = &kp,
};

static int stats_get(char *buf, const struct kernel_param *param)
{
	return kp_count_print(buf, PAGE_SIZE, &kp_count,
			      kp_target_missed(&kp_target));
}

static const struct kernel_param_ops stats_ops = {
	.get = stats_get,
};
module_param_cb(stats, &stats_ops, NULL, 0444);
MODULE_PARM_DESC(stats, "hits, and what became of them");

static int __init kp_init(void)
{
	int err = kp_target_register(&kp_target, symbol, funcname);

	if (err)
		pr_err("cannot probe %s: %pe\n", funcname, ERR_PTR(err));
	return err;
}

static void __exit kp_exit(void)
{
	char buf[KP_STATS_LEN];

	kp_target_unregister(&kp_target);
	kp_count_print(buf, sizeof(buf), &kp_count,
		       kp_target_missed(&kp_target));
	pr_info("%s", buf);
}

module_init(kp_init);
module_exit(kp_exit);
MODULE_DESCRIPTION("A kernel probe made by kp_load");
MODULE_VERSION("kp_load 0.1");
MODULE_LICENSE("GPL");
