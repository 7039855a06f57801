// SPDX-License-Identifier: GPL-2.0-only
/*
 * A kernel probe on do_sys_openat2
 *
 * Made by kp_load 0.1 for kernel 6.1.0-56-amd64:
 *   kp_load.sh --probe=do_sys_openat2 '--filter=common_flags&1||__probe_ret_ip==0' --ret
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

#include "kp_capture.h"
#include "kp_cpu.h"
#include "kp_ctx.h"
#include "kp_filter.h"
#include "kp_object.h"
#include "kp_params.h"
#include "kp_plant.h"
#include "kp_rate.h"
#include "kp_regs.h"
#include "kp_show.h"
#include "kp_stack.h"
#include "kp_who.h"

static char *funcname[KP_PROBES] = {
	"do_sys_openat2",
};

static char *event[KP_PROBES] = {
	"do_sys_openat2",
};

/* verbose(), show_stack() and show_regs() are the kernel's, not to be hidden. */
static bool with_context;
module_param_named(verbose, with_context, bool, 0644);
MODULE_PARM_DESC(verbose, "a line of context for each hit");

static bool with_stack;
module_param_named(show_stack, with_stack, bool, 0644);
MODULE_PARM_DESC(show_stack, "the kernel stack for each hit");

static bool with_regs;
module_param_named(show_regs, with_regs, bool, 0644);
MODULE_PARM_DESC(show_regs, "the registers at each hit");

static unsigned int rate = 100;
module_param(rate, uint, 0644);
MODULE_PARM_DESC(rate, "hits logged a second; the rest is counted");

static bool errors;
module_param(errors, bool, 0644);
MODULE_PARM_DESC(errors, "only returns that are error values");

static struct kp_rate kp_rate;

static struct kretprobe kp_rp;
static struct kp_target kp_target;

/* What one hit records. */
struct kp_record {
	u64 entered; /* CLOCK_MONOTONIC, in ns */
	u64 a_ret;
	struct kp_data data;
};

/* A call's record goes along with it, from the entry to the return. */
#define KP_CALL_SIZE (sizeof(struct kp_record) + KP_RETURN_DATA_LEN)

static void kp_at_entry(struct kp_record *r, struct pt_regs *regs)
{
	kp_data_init(&r->data, KP_RETURN_DATA_LEN);
}
NOKPROBE_SYMBOL(kp_at_entry);

static void kp_at_return(struct kp_record *r, struct pt_regs *regs)
{
	r->a_ret = kp_retval(regs);
}
NOKPROBE_SYMBOL(kp_at_return);

static bool kp_filter(const struct kp_record *r, const struct kp_ctx *ctx)
{
	return (kp_cur_flags(ctx) & 1) != 0 || kp_probe_ret_ip(ctx) == 0;
}
NOKPROBE_SYMBOL(kp_filter);

static void kp_show(struct kp_line *line, const struct kp_record *r)
{
	line->len = 0;
	KP_SHOW(line, r, 0, "ret", "0x%llx", r->a_ret);
}
NOKPROBE_SYMBOL(kp_show);

/* Called at the function's entry; 1 says that its return is of no interest. */
static int handler_entry(struct kretprobe_instance *ri, struct pt_regs *regs)
{
	struct kp_record *r = (struct kp_record *)ri->data;
	struct kp_cpu *cpu = kp_cpu_get();

	if (kp_is_off(cpu))
		return 1;
	if (kp_who_else()) {
		KP_COUNT(cpu, 0, others);
		return 1;
	}
	kp_at_entry(r, regs);
	r->entered = ktime_get_mono_fast_ns();
	return 0;
}
NOKPROBE_SYMBOL(handler_entry);

/* Called when the function returns. */
static int handler_return(struct kretprobe_instance *ri, struct pt_regs *regs)
{
	struct kp_record *r = (struct kp_record *)ri->data;
	u64 ns = ktime_get_mono_fast_ns() - r->entered;
	struct kp_line *line = this_cpu_ptr(kp_target.scratch);
	struct kp_cpu *cpu = kp_cpu_get();
	struct kp_ctx ctx;

	kp_target_watch(&kp_target);
	kp_at_return(r, regs);
	kp_ctx_get_return(&ctx, kp_rp.kp.addr, kp_return_address(ri), regs);
	if (!kp_filter(r, &ctx) ||
	    (errors && !kp_is_error((long)kp_retval(regs)))) {
		KP_COUNT(cpu, 0, filtered);
		return 0;
	}
	if (!kp_rate_ok(&kp_rate, rate)) {
		KP_COUNT(cpu, 0, dropped);
		return 0;
	}
	KP_COUNT(cpu, 0, shown);

	kp_show(line, r);
	kp_out(line, " ns=%llu", ns);
	kp_ctx_print_return(&ctx, event[0], kp_return_address(ri),
			    kp_rp.kp.addr, line->text);
	if (with_context)
		PRINT_CTX(&ctx);
	if (with_regs)
		kp_regs_print(&ctx, kp_return_address(ri), regs);
	if (with_stack)
		kp_stack_print_callers(&ctx, regs);
	return 0;
}
NOKPROBE_SYMBOL(handler_return);

static struct kretprobe kp_rp = {
	.entry_handler = handler_entry,
	.handler = handler_return,
	.data_size = KP_CALL_SIZE,
	.maxactive = 256, /* calls at a time; more are missed */
};

module_param_named(maxactive, kp_rp.maxactive, int, 0444);
MODULE_PARM_DESC(maxactive, "calls at a time; the returns of more are missed");

static struct kp_target kp_target = {
	.rp = &kp_rp,
	.kp = &kp_rp.kp,
	/* Where a CPU puts a line together. */
	.scratch_size = sizeof(struct kp_line),
};

static struct kp_target *const kp_targets[KP_PROBES] = {
	&kp_target,
};

static int overrun_get(char *buf, const struct kernel_param *param)
{
	return scnprintf(buf, PAGE_SIZE, "%lu\n", kp_targets_overrun());
}

static const struct kernel_param_ops overrun_ops = {
	.get = overrun_get,
};
module_param_cb(overrun, &overrun_ops, NULL, 0444);
MODULE_PARM_DESC(overrun, "returns missed for want of maxactive");

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
