// SPDX-License-Identifier: GPL-2.0-only
/*
 * A kernel probe on do_sys_openat2
 *
 * Made by kp_load 0.1 for kernel 6.1.0-56-amd64:
 *   kp_load.sh --probe=do_sys_openat2 '--arg=dfd=%di:s32' '--arg=file=+0(%si):ustring' --follow
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
#define KP_MODE "events"
#define KP_FTRACE
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

static struct ftrace_ops kp_ops;

/* What one hit records. */
struct kp_record {
	struct kp_event event;
	s32 a_dfd;
	struct kp_str a_file;
	struct kp_data data;
} __aligned(8);

#define KP_RECORD_LEN ALIGN(sizeof(struct kp_record) + KP_DATA_LEN, 8)
#define KP_RESERVE_LEN KP_RECORD_LEN
static_assert(KP_RESERVE_LEN <= U16_MAX); /* as its head tells it */

static const struct kp_field kp_fields[] = {
	KP_FIELD(kp_record, a_dfd, "dfd", "value", "s32", 0, "%d"),
	KP_FIELD(kp_record, a_file, "file", "ustring", "str", 0, "\"%s\""),
};

static __always_inline int kp_entry(struct kp_cpu *cpu, struct kp_hit *hit)
{
	struct pt_regs *regs __maybe_unused = hit->regs;
	int done = kp_begin(cpu, 0, hit);
	struct kp_ring *ring = &cpu->ring;
	struct kp_record *r;
	u32 len = KP_RECORD_LEN;
	unsigned long at;

	if (done != KP_WORKED)
		return done;
	if (unlikely(!kp_ring_reserve(ring, KP_RESERVE_LEN, &at, hit->quick)))
		return kp_ring_full(cpu, 0, hit->quick);
	r = kp_ring_at(ring, at);
	kp_event_fill(&r->event, 0, len, ring, hit);
	kp_data_init(&r->data, KP_DATA_LEN);
	r->a_dfd = kp_reg(regs, di);
	KP_CAPTURE_STR(kp_str_get, r, 1, a_file, kp_reg(regs, si), true);
	len = offsetof(struct kp_record, data.text) + kp_data_end(&r->data);
	len = ALIGN(len, 8);
	r->event.len = len;
	KP_COUNT(cpu, 0, shown);
	kp_ring_shrink(ring, at, KP_RESERVE_LEN, len);
	return KP_WORKED;
}

static struct kprobe kp; /* finds the function */

static struct kp_target kp_target;

static void kp_describe(struct kp_description *text)
{
	kp_fact_probe(text, 0, 'p', event[0], &kp_target);
	kp_fact(text, "data\t%u\t%zu\t%zu\t%zu\t%zu\n", 0,
		offsetof(struct kp_record, data.faults),
		offsetof(struct kp_record, data.cut),
		offsetof(struct kp_record, data.text),
		offsetof(struct kp_record, data.absent));
	kp_fact_fields(text, 0, kp_fields, ARRAY_SIZE(kp_fields));
}

static struct kp_target kp_target = {
	.kp = &kp,
	.ops = &kp_ops,
	.describe = kp_describe,
	.reserve = KP_RESERVE_LEN,
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
		.context = kp_ctx_ftrace_count(task),
		.irqs = kp_arch_irqs(),
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
