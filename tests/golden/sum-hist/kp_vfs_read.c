// SPDX-License-Identifier: GPL-2.0-only
/*
 * A kernel probe on vfs_read
 *
 * Made by kp_load 0.1 for kernel 6.1.0-56-amd64:
 *   kp_load.sh --probe=vfs_read --follow --hist=duration
 *
 * Edit freely; nothing regenerates this in place. "make" builds it, "make
 * load" and "make unload" plant and remove it; kp_view /dev/kp/NAME follows it.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/kernel.h>
#include <linux/kprobes.h>
#include <linux/module.h>

#define KP_PROBES 1
#define KP_MODE "hist"
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
};

static char *event[KP_PROBES] = {
	"vfs_read",
};

static bool errors;
module_param(errors, bool, 0644);
MODULE_PARM_DESC(errors, "only returns that are error values");

static struct kretprobe kp_rp;

/* What is looked at of one call. */
struct kp_record {
	u64 duration; /* until the return: when it was entered */
	u64 a_ret;
};

#define KP_RECORD_LEN sizeof(struct kp_record)

static __always_inline int kp_call(struct kp_cpu *cpu, struct kp_hit *hit)
{
	struct kp_record *r = hit->call;

	if (kp_is_unwanted(cpu, 0, hit))
		return KP_LEFT;
	r->duration = kp_clock();
	return KP_WORKED;
}

KP_TWIN(kp_call, kp_leave)

/* Called at the function's entry; 1 says that its return is of no interest. */
static int handler_entry(struct kretprobe_instance *ri, struct pt_regs *regs)
{
	struct kp_hit hit = {
		.task = current,
		.regs = regs,
		.context = kp_ctx_count(&kp_rp.kp),
		.call = ri->data,
	};
	struct kp_cpu *cpu = kp_cpu_get();

	return KP_HANDLE(cpu, 0, kp_call, hit) != KP_WORKED;
}
NOKPROBE_SYMBOL(handler_entry);

static __always_inline int kp_return(struct kp_cpu *cpu, struct kp_hit *hit)
{
	struct pt_regs *regs __maybe_unused = hit->regs;
	struct kp_record *r = hit->call;

	r->duration = kp_clock() - r->duration;
	r->a_ret = kp_retval(regs);
	if (errors && !kp_is_error((long)kp_retval(hit->regs))) {
		KP_COUNT(cpu, 0, filtered);
		return KP_WORKED;
	}
	kp_hist_add(cpu, 0, kp_clock_ns(r->duration));
	return KP_WORKED;
}

KP_TWIN(kp_return, kp_leave)

/* Called when the function returns. */
static int handler_return(struct kretprobe_instance *ri, struct pt_regs *regs)
{
	struct kp_hit hit = {
		.task = current,
		.regs = regs,
		.context = kp_ctx_return_count(),
		.irqs = kp_arch_irqs_of(regs),
		.ip = (unsigned long)kp_rp.kp.addr,
		.caller = kp_return_address(ri),
		.call = ri->data,
	};
	struct kp_cpu *cpu = kp_cpu_get();

	KP_HANDLE(cpu, 0, kp_return, hit);
	return 0;
}
NOKPROBE_SYMBOL(handler_return);

static struct kretprobe kp_rp = {
	.entry_handler = handler_entry,
	.handler = handler_return,
	.data_size = KP_RECORD_LEN, /* goes along with the call */
	.maxactive = 256, /* calls at a time; more are missed */
};

static struct kp_target kp_target;

static void kp_describe(struct kp_description *text)
{
	kp_fact_probe(text, 0, 'r', event[0], &kp_target);
	kp_fact(text, "hist\t0\tduration\n");
}

static struct kp_target kp_target = {
	.rp = &kp_rp,
	.kp = &kp_rp.kp,
	.describe = kp_describe,
};

static struct kp_target *const kp_targets[KP_PROBES] = {
	&kp_target,
};

static int __init kp_init(void)
{
	int err = kp_areas_create(PAGE_SIZE);

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
