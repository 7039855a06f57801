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
};

static char *event[KP_PROBES] = {
	"vfs_read",
};

static bool errors;
module_param(errors, bool, 0644);
MODULE_PARM_DESC(errors, "only returns that are error values");

/* What is looked at of one call. */
struct kp_record {
	u64 duration; /* until the return: when it was entered */
	u64 a_ret;
};

#define KP_RECORD_LEN sizeof(struct kp_record)

static inline void kp_at_return(struct kp_record *r, struct pt_regs *regs)
{
	r->a_ret = kp_retval(regs);
}

/* Called at the function's entry; 1 says that its return is of no interest. */
static int handler_entry(struct kretprobe_instance *ri, struct pt_regs *regs)
{
	struct kp_record *r = (struct kp_record *)ri->data;

	if (kp_is_off())
		return 1;
	if (kp_is_viewer() || kp_who_else()) {
		KP_COUNT(0, others);
		return 1;
	}
	r->duration = kp_clock();
	return 0;
}
NOKPROBE_SYMBOL(handler_entry);

/* Called when the function returns. */
static int handler_return(struct kretprobe_instance *ri, struct pt_regs *regs)
{
	struct kp_record *r = (struct kp_record *)ri->data;
	struct kp_ring *ring = this_cpu_ptr(&kp_ring);

	r->duration = kp_clock() - r->duration;
	kp_at_return(r, regs);
	if (errors && !kp_is_error((long)kp_retval(regs))) {
		KP_COUNT(0, filtered);
		return 0;
	}
	kp_hist_add(ring, 0, kp_clock_ns(r->duration));
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

static void kp_describe(struct kp_text *text)
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
	int err = kp_device_create(PAGE_SIZE);

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
