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
#define KP_FTRACE
#define KP_SUMS
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
#include "kp_sum.h"
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

static __always_inline int kp_entry0(struct kp_cpu *cpu, struct kp_hit *hit)
{
	if (kp_is_unwanted(cpu, 0, hit))
		return KP_LEFT;
	kp_keys_add(cpu, 0, current->comm, TASK_COMM_LEN);
	return KP_WORKED;
}

static struct kprobe kp0; /* finds the function */

static struct kp_target kp_target0;

static void kp_describe0(struct kp_description *text)
{
	kp_fact_probe(text, 0, 'p', event[0], &kp_target0);
	kp_fact(text, "keys\tcomm\t16\t%u\n", KP_SLOTS);
}

static struct kp_target kp_target0 = {
	.kp = &kp0,
	.ops = &kp_ops,
	.describe = kp_describe0,
};

static struct kretprobe kp_rp1;

/* What is looked at of one call. */
struct kp_record1 {
	u64 a_arg1;
};

#define KP_RECORD_LEN1 sizeof(struct kp_record1)

static __always_inline int kp_call1(struct kp_cpu *cpu, struct kp_hit *hit)
{
	if (kp_is_unwanted(cpu, 1, hit))
		return KP_LEFT;
	return KP_WORKED;
}

KP_TWIN(kp_call1, kp_leave)

/* Called at the function's entry; 1 says that its return is of no interest. */
static int handler_entry1(struct kretprobe_instance *ri, struct pt_regs *regs)
{
	struct kp_hit hit = {
		.task = current,
		.regs = regs,
		.context = kp_ctx_count(&kp_rp1.kp),
		.call = ri->data,
	};
	struct kp_cpu *cpu = kp_cpu_get();

	return KP_HANDLE(cpu, 1, kp_call1, hit) != KP_WORKED;
}
NOKPROBE_SYMBOL(handler_entry1);

static __always_inline int kp_return1(struct kp_cpu *cpu, struct kp_hit *hit)
{
	struct pt_regs *regs __maybe_unused = hit->regs;
	struct kp_record1 *r = hit->call;

	r->a_arg1 = kp_retval(regs);
	if (errors && !kp_is_error((long)kp_retval(hit->regs))) {
		KP_COUNT(cpu, 1, filtered);
		return KP_WORKED;
	}
	kp_keys_add(cpu, 1, current->comm, TASK_COMM_LEN);
	return KP_WORKED;
}

KP_TWIN(kp_return1, kp_leave)

/* Called when the function returns. */
static int handler_return1(struct kretprobe_instance *ri, struct pt_regs *regs)
{
	struct kp_hit hit = {
		.task = current,
		.regs = regs,
		.context = kp_ctx_return_count(),
		.irqs = kp_arch_irqs_of(regs),
		.ip = (unsigned long)kp_rp1.kp.addr,
		.caller = kp_return_address(ri),
		.call = ri->data,
	};
	struct kp_cpu *cpu = kp_cpu_get();

	KP_HANDLE(cpu, 1, kp_return1, hit);
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

static void kp_describe1(struct kp_description *text)
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

/* A hit at an address: of which probe, or of which ones. */
static __always_inline int kp_entry(struct kp_cpu *cpu, struct kp_hit *hit)
{
	bool worked = false;

	hit->quick = false; /* there may be several at one address */
	if (hit->ip == kp_target0.where)
		worked |= kp_entry0(cpu, hit);
	return worked ? KP_WORKED : KP_LEFT;
}

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
	.flags = KP_FTRACE_FLAGS,
};

static int __init kp_init(void)
{
	int err = kp_areas_create(KP_PROBES * KP_SLOTS * 24);

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
