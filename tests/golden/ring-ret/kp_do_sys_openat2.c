// SPDX-License-Identifier: GPL-2.0-only
/*
 * A kernel probe on do_sys_openat2
 *
 * Made by kp_load 0.1 for kernel 6.1.0-56-amd64:
 *   kp_load.sh --probe=do_sys_openat2 '--arg=dfd=%di:s32' --ret --follow
 *
 * Edit freely; nothing regenerates this in place. "make" builds it, "make
 * load" and "make unload" plant and remove it; kp_view /dev/kp/NAME follows it.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/kernel.h>
#include <linux/kprobes.h>
#include <linux/module.h>

#define KP_PROBES 1
#define KP_MODE "events"
#define KP_ARGS_MAX 64 /* bits of the bitmaps in kp_abi.h */

#include "kp_budget.h"
#include "kp_ctx.h"
#include "kp_device.h"
#include "kp_filter.h"
#include "kp_guard.h"
#include "kp_params.h"
#include "kp_record.h"
#include "kp_ring.h"
#include "kp_target.h"
#include "kp_who.h"

static char *funcname[KP_PROBES] = {
	"do_sys_openat2",
};

static char *event[KP_PROBES] = {
	"do_sys_openat2",
};

static bool errors;
module_param(errors, bool, 0644);
MODULE_PARM_DESC(errors, "only returns that are error values");

/* What one hit records. */
struct kp_record {
	struct kp_event event;
	u64 duration; /* until the return: when it was entered */
	u64 caller;
	s32 a_dfd;
	u64 a_ret;
} __aligned(8);

#define KP_RECORD_LEN sizeof(struct kp_record)
#define KP_RESERVE_LEN KP_RECORD_LEN
static_assert(KP_RESERVE_LEN <= U16_MAX); /* as its head tells it */

static const struct kp_field kp_fields[] = {
	KP_FIELD(kp_record, a_dfd, "dfd", "value", "s32", 0, "%d"),
	KP_FIELD(kp_record, a_ret, "ret", "value", "u64", 0, "0x%llx"),
	KP_FIELD(kp_record, duration, "ns", "duration", "u64", 0, "%llu"),
	KP_FIELD(kp_record, caller, "caller", "caller", "u64", 0, "%pS"),
};

static inline void kp_at_entry(struct kp_record *r, struct pt_regs *regs)
{
	r->a_dfd = kp_reg(regs, di);
}

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
	if (kp_skip(this_cpu_ptr(&kp_ring), 0))
		return 1;
	kp_at_entry(r, regs);
	r->duration = kp_clock();
	return 0;
}
NOKPROBE_SYMBOL(handler_entry);

/* Called when the function returns. */
static int handler_return(struct kretprobe_instance *ri, struct pt_regs *regs)
{
	struct kp_record *call = (struct kp_record *)ri->data, *r;
	struct kp_ring *ring = this_cpu_ptr(&kp_ring);
	u32 context = kp_context(preempt_count() - PREEMPT_DISABLE_OFFSET);
	u32 len = KP_RECORD_LEN;
	unsigned long at;

	if (!kp_ring_enter(ring, 0))
		return 0;
	kp_at_return(call, regs);
	if (errors && !kp_is_error((long)kp_retval(regs))) {
		KP_COUNT(0, filtered);
		goto out;
	}
	if (unlikely(!kp_ring_reserve(ring, KP_RESERVE_LEN, &at))) {
		kp_ring_drop(ring, 0);
		goto out;
	}
	r = kp_ring_at(ring, at);
	memcpy((char *)r + sizeof(r->event), (char *)call + sizeof(r->event),
	       len - sizeof(r->event));
	kp_event_fill(&r->event, 0, len, ring, context, kp_ctx_irqs_off(regs));
	KP_COUNT(0, shown);
	r->duration = r->event.time - call->duration;
	r->caller = kp_return_address(ri);
out:
	kp_ring_leave(ring);
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
	kp_fact_fields(text, 0, kp_fields, ARRAY_SIZE(kp_fields));
}

static struct kp_target kp_target = {
	.rp = &kp_rp,
	.kp = &kp_rp.kp,
	.describe = kp_describe,
	.reserve = KP_RESERVE_LEN,
};

static struct kp_target *const kp_targets[KP_PROBES] = {
	&kp_target,
};

static int __init kp_init(void)
{
	int err = kp_device_create(kp_ring_size());

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
