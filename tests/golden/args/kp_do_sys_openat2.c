// SPDX-License-Identifier: GPL-2.0-only
/*
 * A kernel probe on do_sys_openat2, with what it was called with
 *
 * Made by kp_load 0.1 for kernel 6.1.0-56-amd64:
 *   kp_load.sh --probe=do_sys_openat2 '--arg=dfd=%di:s32' '--arg=file=+0(%si):ustring'
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

static char symbol[KP_FUNCNAME_LEN]; /* funcname without its offset */
static DEFINE_PER_CPU(struct kp_count, kp_count);
static struct kp_rate kp_rate;

/* What one hit records. */
struct kp_record {
	s32 dfd;
	struct kp_str file;
	struct kp_data data;
};

/* Room for one hit a CPU: a probe's handler is not interrupted by another's. */
struct kp_slot {
	struct kp_line line;
	struct kp_record record;
	char text[KP_DATA_LEN];
};

static struct kp_slot __percpu *kp_slots;

static void kp_capture(struct kp_record *r, struct pt_regs *regs)
{
	kp_data_init(&r->data, KP_DATA_LEN);
	r->dfd = kp_reg(regs, di);
	KP_CAPTURE_STR(kp_str_get, r, 1, file, kp_reg(regs, si), true);
}
NOKPROBE_SYMBOL(kp_capture);

static bool kp_filter(const struct kp_record *r)
{
	return true;
}
NOKPROBE_SYMBOL(kp_filter);

static void kp_show(struct kp_line *line, const struct kp_record *r)
{
	line->len = 0;
	KP_SHOW(line, r, 0, "dfd", "%d", r->dfd);
	kp_show_str(line, &r->data, 1, "file", r->file, true);
}
NOKPROBE_SYMBOL(kp_show);

/* Called before the probed instruction is executed. */
static int handler_pre(struct kprobe *p, struct pt_regs *regs)
{
	struct kp_slot *slot = this_cpu_ptr(kp_slots);
	struct kp_ctx ctx;

	if (!kp_who_ok(&who)) {
		this_cpu_inc(kp_count.filtered);
		return 0;
	}
	kp_capture(&slot->record, regs);
	if (!kp_filter(&slot->record)) {
		this_cpu_inc(kp_count.filtered);
		return 0;
	}
	if (!kp_rate_ok(&kp_rate, rate)) {
		this_cpu_inc(kp_count.dropped);
		return 0;
	}
	this_cpu_inc(kp_count.shown);

	kp_ctx_get(&ctx, p, regs);
	kp_show(&slot->line, &slot->record);
	kp_ctx_print_event(&ctx, event, p->addr, slot->line.text);
	if (verbose)
		PRINT_CTX(&ctx);
	if (show_regs)
		kp_regs_print(&ctx, (unsigned long)p->addr, regs);
	if (show_stack)
		kp_stack_print(&ctx, p, regs);
	return 0;
}
NOKPROBE_SYMBOL(handler_pre);

static struct kprobe kp = {
	.pre_handler = handler_pre,
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
	int err;

	kp_slots = alloc_percpu(struct kp_slot);
	if (!kp_slots)
		return -ENOMEM;
	err = kp_target_register(&kp_target, symbol, funcname);
	if (err) {
		pr_err("cannot probe %s: %pe\n", funcname, ERR_PTR(err));
		free_percpu(kp_slots);
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
	free_percpu(kp_slots);
}

module_init(kp_init);
module_exit(kp_exit);
MODULE_DESCRIPTION("A kernel probe made by kp_load");
MODULE_VERSION("kp_load 0.1");
MODULE_LICENSE("GPL");
