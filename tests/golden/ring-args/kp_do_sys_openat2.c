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

static struct ftrace_ops kp_ops;

/* What one hit records. */
struct kp_record {
	struct kp_event event;
	s32 a_dfd;
	struct kp_str a_file;
	struct kp_data data;
} __aligned(8);

#define KP_RECORD_LEN ALIGN(sizeof(struct kp_record) + 4096, 8)
#define KP_RESERVE_LEN KP_RECORD_LEN
static_assert(KP_RESERVE_LEN <= U16_MAX); /* as its head tells it */

static const struct kp_field kp_fields[] = {
	KP_FIELD(kp_record, a_dfd, "dfd", "value", "s32", 0, "%d"),
	KP_FIELD(kp_record, a_file, "file", "ustring", "str", 0, "\"%s\""),
};

static inline void kp_capture(struct kp_record *r, struct pt_regs *regs)
{
	kp_data_init(&r->data, 4096);
	r->a_dfd = kp_reg(regs, di);
	KP_CAPTURE_STR(kp_str_get, r, 1, a_file, kp_reg(regs, si), true);
}

/* One hit: @context and @irqs_off are of the probed code. */
static inline void kp_hit(struct pt_regs *regs, u32 context, bool irqs_off)
{
	struct kp_ring *ring = this_cpu_ptr(&kp_ring);
	struct kp_record *r;
	u32 len = KP_RECORD_LEN;
	unsigned long at;

	if (kp_is_viewer() || kp_who_else()) {
		KP_COUNT(0, others);
		return;
	}
	if (kp_skip(ring, 0) || !kp_ring_enter(ring, 0))
		return;
	if (unlikely(!kp_ring_reserve(ring, KP_RESERVE_LEN, &at))) {
		kp_ring_drop(ring, 0);
		goto out;
	}
	r = kp_ring_at(ring, at);
	kp_capture(r, regs);
	len = ALIGN(offsetof(struct kp_record, data.text) + r->data.used, 8);
	kp_event_fill(&r->event, 0, len, ring, context, irqs_off);
	KP_COUNT(0, shown);
	kp_ring_shrink(ring, at, KP_RESERVE_LEN, len);
out:
	kp_ring_leave(ring);
}

static struct kprobe kp; /* finds the function */

static struct kp_target kp_target;

static void kp_describe(struct kp_text *text)
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

/* Called at the entry of each function; its address tells which one it is. */
static void notrace handler_ftrace(unsigned long ip, unsigned long parent_ip,
				   struct ftrace_ops *ops,
				   struct kp_ftrace_regs *fregs)
{
	u32 context = kp_context(preempt_count());

	if (kp_is_off())
		return;
	preempt_disable_notrace();
	kp_hit(kp_ftrace_get(fregs), context, irqs_disabled());
	preempt_enable_notrace();
}
NOKPROBE_SYMBOL(handler_ftrace);

static struct ftrace_ops kp_ops = {
	.func = handler_ftrace,
	.flags = KP_FTRACE_FLAGS,
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
