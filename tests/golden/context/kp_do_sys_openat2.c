// SPDX-License-Identifier: GPL-2.0-only
/*
 * A return probe on do_sys_openat2: what it returned, and how long it took
 *
 * Made by kp_load 0.1 for kernel 6.1.0-56-amd64:
 *   kp_load.sh --probe=do_sys_openat2 '--filter=common_flags&1||__probe_ret_ip==0' --ret
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
#include "kp_filter.h"
#include "kp_guard.h"
#include "kp_record.h"
#include "kp_regs.h"
#include "kp_show.h"
#include "kp_stack.h"
#include "kp_struct.h"
#include "kp_target.h"

static char funcname[KP_FUNCNAME_LEN] = "do_sys_openat2";
module_param_string(funcname, funcname, sizeof(funcname), 0444);
MODULE_PARM_DESC(funcname, "what to probe: [MODULE:]SYMBOL[+OFFSET]");

static char event[KP_EVENT_LEN] = "do_sys_openat2";
module_param_string(event, event, sizeof(event), 0444);
MODULE_PARM_DESC(event, "the name of the event in each line");

static char brought[KP_BROUGHT_LEN];
module_param_string(brought, brought, sizeof(brought), 0444);
MODULE_PARM_DESC(brought, "modules loaded for this probe, to go with it");

static bool verbose;
module_param(verbose, bool, 0644);
MODULE_PARM_DESC(verbose, "a line of context for each hit");

static bool show_stack;
module_param(show_stack, bool, 0644);
MODULE_PARM_DESC(show_stack, "the kernel stack for each hit");

static bool show_regs;
module_param(show_regs, bool, 0644);
MODULE_PARM_DESC(show_regs, "the registers at each hit");

static unsigned int rate = 100;
module_param(rate, uint, 0644);
MODULE_PARM_DESC(rate, "hits logged a second; the rest is counted");

static struct kp_who who = KP_WHO_ANYBODY;
module_param_named(pid, who.pid, int, 0644);
module_param_named(tid, who.tid, int, 0644);
module_param_named(uid, who.uid, int, 0644);
module_param_named(cpu, who.cpu, int, 0644);
module_param_string(comm, who.comm, sizeof(who.comm), 0644);
MODULE_PARM_DESC(pid, "only this process; -1 for any, as for tid, uid, cpu");
MODULE_PARM_DESC(comm, "only threads of this name; empty for any");

static bool errors;
module_param(errors, bool, 0644);
MODULE_PARM_DESC(errors, "only returns that are error values");

static char symbol[KP_FUNCNAME_LEN]; /* funcname without its offset */
static DEFINE_PER_CPU(struct kp_count, kp_count);
static struct kp_rate kp_rate;
static struct kretprobe kp_rp;
static struct kp_target kp_target;

/* What one hit records. */
struct kp_record {
	u64 entered; /* CLOCK_MONOTONIC, in ns */
	u64 ret;
	struct kp_data data;
};

/* A call's record goes along with it, from the entry to the return. */
#define KP_CALL_SIZE (sizeof(struct kp_record) + KP_RETURN_DATA_LEN)

/* Where a CPU puts a line together. All modules share 8 KB that are static. */
static struct kp_line __percpu *kp_lines;

static void kp_capture_entry(struct kp_record *r, struct pt_regs *regs)
{
	kp_data_init(&r->data, KP_RETURN_DATA_LEN);
}
NOKPROBE_SYMBOL(kp_capture_entry);

static void kp_capture_return(struct kp_record *r, struct pt_regs *regs)
{
	r->ret = kp_retval(regs);
}
NOKPROBE_SYMBOL(kp_capture_return);

static bool kp_filter(const struct kp_record *r, const struct kp_ctx *ctx)
{
	return (kp_cur_flags(ctx) & 1) != 0 || kp_probe_ret_ip(ctx) == 0;
}
NOKPROBE_SYMBOL(kp_filter);

static void kp_show(struct kp_line *line, const struct kp_record *r)
{
	line->len = 0;
	KP_SHOW(line, r, 0, "ret", "0x%llx", r->ret);
}
NOKPROBE_SYMBOL(kp_show);

/* Called at the function's entry; 1 says that its return is of no interest. */
static int handler_entry(struct kretprobe_instance *ri, struct pt_regs *regs)
{
	struct kp_record *r = (struct kp_record *)ri->data;

	if (!kp_who_ok(&who)) {
		this_cpu_inc(kp_count.filtered);
		return 1;
	}
	kp_capture_entry(r, regs);
	r->entered = ktime_get_mono_fast_ns();
	return 0;
}
NOKPROBE_SYMBOL(handler_entry);

/* Called when the function returns. */
static int handler_return(struct kretprobe_instance *ri, struct pt_regs *regs)
{
	struct kp_record *r = (struct kp_record *)ri->data;
	u64 ns = ktime_get_mono_fast_ns() - r->entered;
	struct kp_line *line = this_cpu_ptr(kp_lines);
	struct kp_ctx ctx;

	kp_target_watch(&kp_target);
	kp_capture_return(r, regs);
	kp_ctx_get_return(&ctx, kp_rp.kp.addr, kp_return_address(ri), regs);
	if (!kp_filter(r, &ctx) ||
	    (errors && !kp_is_error((long)kp_retval(regs)))) {
		this_cpu_inc(kp_count.filtered);
		return 0;
	}
	if (!kp_rate_ok(&kp_rate, rate)) {
		this_cpu_inc(kp_count.dropped);
		return 0;
	}
	this_cpu_inc(kp_count.shown);

	kp_show(line, r);
	kp_out(line, " ns=%llu", ns);
	kp_ctx_print_return(&ctx, event, kp_return_address(ri), kp_rp.kp.addr,
			    line->text);
	if (verbose)
		PRINT_CTX(&ctx);
	if (show_regs)
		kp_regs_print(&ctx, kp_return_address(ri), regs);
	if (show_stack)
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

static int overrun_get(char *buf, const struct kernel_param *param)
{
	return scnprintf(buf, PAGE_SIZE, "%lu\n",
			 kp_target_overrun(&kp_target));
}

static const struct kernel_param_ops overrun_ops = {
	.get = overrun_get,
};
module_param_cb(overrun, &overrun_ops, NULL, 0444);
MODULE_PARM_DESC(overrun, "returns missed for want of maxactive");

static int __init kp_init(void)
{
	int err;

	kp_lines = alloc_percpu(struct kp_line);
	if (!kp_lines)
		return -ENOMEM;
	err = kp_target_register(&kp_target, symbol, funcname);
	if (err) {
		pr_err("cannot probe %s: %pe\n", funcname, ERR_PTR(err));
		free_percpu(kp_lines);
	}
	return err;
}

static void __exit kp_exit(void)
{
	char buf[KP_STATS_LEN];

	kp_target_unregister(&kp_target);
	kp_count_print(buf, sizeof(buf), &kp_count,
		       kp_target_missed(&kp_target));
	pr_info("%s", buf);
	free_percpu(kp_lines);
}

module_init(kp_init);
module_exit(kp_exit);
MODULE_DESCRIPTION("A kernel probe made by kp_load");
MODULE_VERSION("kp_load 0.1");
MODULE_LICENSE("GPL");
