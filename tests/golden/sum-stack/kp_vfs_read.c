// SPDX-License-Identifier: GPL-2.0-only
/*
 * A kernel probe on vfs_read
 *
 * Made by kp_load 0.1 for kernel 6.1.0-56-amd64:
 *   kp_load.sh --probe=vfs_read --follow --count=stack
 *
 * Edit freely; nothing regenerates this in place. "make" builds it, "make
 * load" and "make unload" plant and remove it; kp_view /dev/kp/NAME follows it.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/ftrace.h>
#include <linux/kernel.h>
#include <linux/kprobes.h>
#include <linux/module.h>

#define KP_PROBES 1
#define KP_MODE "keys"
#define KP_FTRACE
#define KP_SUMS
#define KP_STACK_DEPTH 16
#define KP_ARGS_MAX 64 /* bits of the bitmaps in kp_abi.h */

#include "kp_budget.h"
#include "kp_capture.h"
#include "kp_cost.h"
#include "kp_cpu.h"
#include "kp_ctx.h"
#include "kp_device.h"
#include "kp_filter.h"
#include "kp_guard.h"
#include "kp_object.h"
#include "kp_params.h"
#include "kp_plant.h"
#include "kp_ring.h"
#include "kp_stack.h"
#include "kp_sum.h"
#include "kp_who.h"

static char *funcname[KP_PROBES] = {
	"vfs_read",
};

static char *event[KP_PROBES] = {
	"vfs_read",
};

static struct ftrace_ops kp_ops;

static __always_inline int kp_entry(struct kp_cpu *cpu, struct kp_hit *hit)
{
	unsigned long stack[KP_STACK_DEPTH] = {};

	if (kp_is_unwanted(cpu, 0, hit))
		return KP_LEFT;
	kp_stack_save(stack, hit->regs);
	kp_keys_add(cpu, 0, stack, sizeof(stack));
	return KP_WORKED;
}

static struct kprobe kp; /* finds the function */

static struct kp_target kp_target;

static void kp_describe(struct kp_description *text)
{
	kp_fact_probe(text, 0, 'p', event[0], &kp_target);
	kp_fact(text, "keys\tstack\t128\t%u\n", KP_SLOTS);
}

static struct kp_target kp_target = {
	.kp = &kp,
	.ops = &kp_ops,
	.describe = kp_describe,
};

static struct kp_target *const kp_targets[KP_PROBES] = {
	&kp_target,
};

KP_TWIN(kp_entry, kp_leave)

/* Called at the entry of each function; its address tells which one it is. */
static void handler_ftrace(unsigned long ip, unsigned long parent_ip,
			   struct ftrace_ops *ops, struct kp_ftrace_regs *fregs)
{
	struct task_struct *task = current;
	struct kp_hit hit = {
		.task = task,
		.regs = kp_ftrace_get(fregs),
		.context = preempt_count(),
		.ip = ip,
	};
	struct kp_cpu *cpu;
	unsigned int busy;

	preempt_disable_notrace();
	cpu = kp_cpu_get();
	if (!kp_guard_enter(cpu, hit.context, hit.context, &busy)) {
		kp_targets_count_missed(cpu, ip);
		goto out;
	}
	KP_RUN(cpu, busy, kp_entry, hit, kp_leave);
out:
	preempt_enable_notrace();
}
NOKPROBE_SYMBOL(handler_ftrace);

static struct ftrace_ops kp_ops = {
	.func = handler_ftrace,
	.flags = KP_FTRACE_FLAGS_ALL,
};

static int __init kp_init(void)
{
	int err = kp_areas_create(KP_SLOTS * 136);

	if (err)
		return err;
	err = kp_budget_create();
	if (err)
		goto areas;
	err = kp_targets_register(funcname);
	if (err)
		goto budget;
	err = kp_device_create();
	if (err)
		goto targets;
	return 0;

targets:
	kp_budget_end();
	kp_targets_unregister(KP_PROBES);
budget:
	kp_budget_destroy();
areas:
	kp_areas_destroy();
	return err;
}

static void __exit kp_exit(void)
{
	kp_device_destroy();
	kp_budget_end();
	kp_targets_unregister(KP_PROBES);
	kp_budget_destroy();
	kp_stats_log();
	kp_areas_destroy();
}

module_init(kp_init);
module_exit(kp_exit);
MODULE_DESCRIPTION("A kernel probe made by kp_load");
MODULE_VERSION("kp_load 0.1");
MODULE_LICENSE("GPL");
