// SPDX-License-Identifier: GPL-2.0-only
/*
 * 2 kernel probes, on vfs_read and others
 *
 * Made by kp_load 0.1 for kernel 6.1.0-56-amd64:
 *   kp_load.sh --probe=vfs_read --probe='r:back vfs_write $retval' --follow --count=comm
 *
 * Edit freely; nothing regenerates this in place. "make" builds it, "make
 * load" and "make unload" plant and remove it; kp_view /dev/kp/NAME follows it.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/ftrace.h>
#include <linux/kernel.h>
#include <linux/kprobes.h>
#include <linux/module.h>

#define KP_PROBES 2
#define KP_MODE "keys"
#define KP_SUMS
#define KP_ARGS_MAX 64 /* bits of the bitmaps in kp_abi.h */

#include "kp_budget.h"
#include "kp_ctx.h"
#include "kp_device.h"
#include "kp_filter.h"
#include "kp_guard.h"
#include "kp_params.h"
#include "kp_record.h"
#include "kp_ring.h"
#include "kp_sum.h"
#include "kp_target.h"
#include "kp_who.h"

static char *funcname[KP_PROBES] = {
	"vfs_read",
	"vfs_write",
};

static char *event[KP_PROBES] = {
	"vfs_read",
	"back",
};

static bool errors;
module_param(errors, bool, 0644);
MODULE_PARM_DESC(errors, "only returns that are error values");

static struct ftrace_ops kp_ops;

/* One hit, preemption being off. */
static inline void kp_hit0(struct pt_regs *regs)
{
	struct kp_ring *ring = this_cpu_ptr(&kp_ring);

	if (kp_is_viewer() || kp_who_else()) {
		KP_COUNT(0, others);
		return;
	}
	kp_keys_add(ring, 0, current->comm, TASK_COMM_LEN);
}

static struct kprobe kp0; /* finds the function */

static struct kp_target kp_target0;

static void kp_describe0(struct kp_text *text)
{
	kp_fact_probe(text, 0, 'p', event[0], &kp_target0);
	kp_fact(text, "keys\tcomm\t16\t%u\n", KP_SLOTS);
}

static struct kp_target kp_target0 = {
	.kp = &kp0,
	.ops = &kp_ops,
	.describe = kp_describe0,
};

/* What is looked at of one call. */
struct kp_record1 {
	u64 a_arg1;
};

#define KP_RECORD_LEN1 sizeof(struct kp_record1)

static inline void kp_at_return1(struct kp_record1 *r, struct pt_regs *regs)
{
	r->a_arg1 = kp_retval(regs);
}

/* Called at the function's entry; 1 says that its return is of no interest. */
static int handler_entry1(struct kretprobe_instance *ri, struct pt_regs *regs)
{
	if (kp_is_off())
		return 1;
	if (kp_is_viewer() || kp_who_else()) {
		KP_COUNT(1, others);
		return 1;
	}
	return 0;
}
NOKPROBE_SYMBOL(handler_entry1);

/* Called when the function returns. */
static int handler_return1(struct kretprobe_instance *ri, struct pt_regs *regs)
{
	struct kp_record1 *r = (struct kp_record1 *)ri->data;
	struct kp_ring *ring = this_cpu_ptr(&kp_ring);

	kp_at_return1(r, regs);
	if (errors && !kp_is_error((long)kp_retval(regs))) {
		KP_COUNT(1, filtered);
		return 0;
	}
	kp_keys_add(ring, 1, current->comm, TASK_COMM_LEN);
	return 0;
}
NOKPROBE_SYMBOL(handler_return1);

static struct kretprobe kp_rp1 = {
	.entry_handler = handler_entry1,
	.handler = handler_return1,
	.data_size = KP_RECORD_LEN1, /* goes along with the call */
	.maxactive = 256, /* calls at a time; more are missed */
};

static struct kp_target kp_target1;

static void kp_describe1(struct kp_text *text)
{
	kp_fact_probe(text, 1, 'r', event[1], &kp_target1);
	kp_fact(text, "keys\tcomm\t16\t%u\n", KP_SLOTS);
}

static struct kp_target kp_target1 = {
	.rp = &kp_rp1,
	.kp = &kp_rp1.kp,
	.describe = kp_describe1,
};

static struct kp_target *const kp_targets[KP_PROBES] = {
	&kp_target0,
	&kp_target1,
};

/* Called at the entry of each function; its address tells which one it is. */
static void notrace handler_ftrace(unsigned long ip, unsigned long parent_ip,
				   struct ftrace_ops *ops,
				   struct kp_ftrace_regs *fregs)
{
	if (kp_is_off())
		return;
	preempt_disable_notrace();
	if (ip == kp_target0.where)
		kp_hit0(kp_ftrace_get(fregs));
	preempt_enable_notrace();
}
NOKPROBE_SYMBOL(handler_ftrace);

static struct ftrace_ops kp_ops = {
	.func = handler_ftrace,
	.flags = KP_FTRACE_FLAGS,
};

static int __init kp_init(void)
{
	int err = kp_device_create(KP_PROBES * KP_SLOTS * 24);

	if (err)
		return err;
	err = kp_targets_register(funcname);
	if (err) {
		kp_device_destroy();
		return err;
	}
	kp_budget_begin();
	return 0;
}

static void __exit kp_exit(void)
{
	kp_budget_end();
	kp_targets_unregister(KP_PROBES);
	kp_stats_log();
	kp_device_destroy();
}

module_init(kp_init);
module_exit(kp_exit);
MODULE_DESCRIPTION("A kernel probe made by kp_load");
MODULE_VERSION("kp_load 0.1");
MODULE_LICENSE("GPL");
