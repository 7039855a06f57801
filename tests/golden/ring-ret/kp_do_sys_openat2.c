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

static struct kretprobe kp_rp;

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

static __always_inline int kp_call(struct kp_cpu *cpu, struct kp_hit *hit)
{
	struct pt_regs *regs __maybe_unused = hit->regs;
	int done = kp_begin(cpu, 0, hit);
	struct kp_record *r = hit->call;

	if (done != KP_WORKED)
		return done;
	/* Before 5.11 it was not zeroed, and what no field fills is copied, too. */
	memset((char *)r + sizeof(r->event), 0, sizeof(*r) - sizeof(r->event));
	r->a_dfd = kp_reg(regs, di);
	r->duration = kp_clock_of(hit);
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
	struct kp_record *r = hit->call, *record;
	struct kp_ring *ring = &cpu->ring;
	u32 len = KP_RECORD_LEN;
	unsigned long at;

	if (hit->quick && !kp_ring_is_quick(ring, KP_RESERVE_LEN))
		return KP_AGAIN;
	r->a_ret = kp_retval(regs);
	if (errors && !kp_is_error((long)kp_retval(hit->regs))) {
		KP_COUNT(cpu, 0, filtered);
		return KP_WORKED;
	}
	if (unlikely(!kp_ring_reserve(ring, KP_RESERVE_LEN, &at, hit->quick)))
		return kp_ring_full(cpu, 0, hit->quick);
	record = kp_ring_at(ring, at);
	memcpy((char *)record + sizeof(r->event), (char *)r + sizeof(r->event),
	       len - sizeof(r->event));
	kp_event_fill(&record->event, 0, len, ring, hit);
	KP_COUNT(cpu, 0, shown);
	record->duration = record->event.time - r->duration;
	record->caller = hit->caller;
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
	int err = kp_areas_create(kp_ring_size());

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
