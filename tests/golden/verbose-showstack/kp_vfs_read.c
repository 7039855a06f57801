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

#include <linux/kernel.h>
#include <linux/kprobes.h>
#include <linux/module.h>
#include <linux/timekeeping.h>

#define KP_PROBES 1

#include "kp_cpu.h"
#include "kp_ctx.h"
#include "kp_params.h"
#include "kp_plant.h"
#include "kp_rate.h"
#include "kp_regs.h"
#include "kp_stack.h"

static char *funcname[KP_PROBES] = {
	"vfs_read",
};

static char *event[KP_PROBES] = {
	"vfs_read",
};

/* verbose(), show_stack() and show_regs() are the kernel's, not to be hidden. */
static bool with_context = true;
module_param_named(verbose, with_context, bool, 0644);
MODULE_PARM_DESC(verbose, "a line of context for each hit");

static bool with_stack = true;
module_param_named(show_stack, with_stack, bool, 0644);
MODULE_PARM_DESC(show_stack, "the kernel stack for each hit");

static bool with_regs;
module_param_named(show_regs, with_regs, bool, 0644);
MODULE_PARM_DESC(show_regs, "the registers at each hit");

static unsigned int rate = 100;
module_param(rate, uint, 0644);
MODULE_PARM_DESC(rate, "hits logged a second; the rest is counted");

static struct kp_rate kp_rate;

static struct kp_target kp_target;

/* When handler_pre() logged a hit: handler_post() runs on the same CPU. */
struct kp_slot {
	u64 began;
};

/* Called before the probed instruction is executed. */
static int handler_pre(struct kprobe *p, struct pt_regs *regs)
{
	struct kp_slot *slot = this_cpu_ptr(kp_target.scratch);
	struct kp_cpu *cpu = kp_cpu_get();
	struct kp_ctx ctx;

	if (kp_is_off(cpu))
		return 0;
	if (!kp_rate_ok(&kp_rate, rate)) {
		KP_COUNT(cpu, 0, dropped);
		return 0;
	}
	KP_COUNT(cpu, 0, shown);

	kp_ctx_get(&ctx, p, regs);
	kp_ctx_print_event(&ctx, event[0], p->addr, "");
	if (with_context)
		PRINT_CTX(&ctx);
	if (with_regs)
		kp_regs_print(&ctx, (unsigned long)p->addr, regs);
	if (with_stack)
		kp_stack_print(&ctx, p, regs);
	slot->began = ktime_get_mono_fast_ns();
	return 0;
}
NOKPROBE_SYMBOL(handler_pre);

/*
 * Called after the probed instruction, which is one instruction and not the
 * function: the time between the two handlers says what the probe costs. How
 * long the function takes is for a return probe to tell.
 */
static void handler_post(struct kprobe *p, struct pt_regs *r, unsigned long f)
{
	struct kp_slot *slot = this_cpu_ptr(kp_target.scratch);
	u64 began = slot->began;
	struct kp_ctx ctx;

	if (!began)
		return;
	slot->began = 0;
	if (!with_context)
		return;
	kp_ctx_get(&ctx, p, r);
	PRINT_CTX_DELTA(&ctx, ktime_get_mono_fast_ns() - began);
}
NOKPROBE_SYMBOL(handler_post);

static struct kprobe kp = {
	.pre_handler = handler_pre,
	.post_handler = handler_post,
};

static struct kp_target kp_target = {
	.kp = &kp,
	.scratch_size = sizeof(struct kp_slot),
};

static struct kp_target *const kp_targets[KP_PROBES] = {
	&kp_target,
};

static int __init kp_init(void)
{
	int err = kp_cpus_create();

	if (err)
		return err;
	err = kp_targets_register(funcname);
	if (err)
		kp_cpus_destroy();
	return err;
}

static void __exit kp_exit(void)
{
	kp_targets_unregister(KP_PROBES);
	kp_stats_log();
	kp_cpus_destroy();
}

module_init(kp_init);
module_exit(kp_exit);
MODULE_DESCRIPTION("A kernel probe made by kp_load");
MODULE_VERSION("kp_load 0.1");
MODULE_LICENSE("GPL");
