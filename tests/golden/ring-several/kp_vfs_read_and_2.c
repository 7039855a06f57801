// SPDX-License-Identifier: GPL-2.0-only
/*
 * 3 kernel probes, on vfs_read and others
 *
 * Made by kp_load 0.1 for kernel 6.1.0-56-amd64:
 *   kp_load.sh --probe=vfs_read --probe='r:back vfs_write $retval' --probe='p:open do_sys_openat2 file=+0(%si):ustring banner=@linux_proc_banner' --follow
 *
 * Edit freely; nothing regenerates this in place. "make" builds it, "make
 * load" and "make unload" plant and remove it; kp_view /dev/kp/NAME follows it.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/ftrace.h>
#include <linux/kernel.h>
#include <linux/kprobes.h>
#include <linux/module.h>

#define KP_PROBES 3
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
	"vfs_read",
	"vfs_write",
	"do_sys_openat2",
};

static char *event[KP_PROBES] = {
	"vfs_read",
	"back",
	"open",
};

static bool errors;
module_param(errors, bool, 0644);
MODULE_PARM_DESC(errors, "only returns that are error values");

static unsigned long syms[1];
module_param_array(syms, ulong, NULL, 0400);
MODULE_PARM_DESC(syms, "addresses of: linux_proc_banner");

static struct ftrace_ops kp_ops;

/* What one hit records. */
struct kp_record0 {
	struct kp_event event;
} __aligned(8);

#define KP_RECORD_LEN0 sizeof(struct kp_record0)
#define KP_RESERVE_LEN0 KP_RECORD_LEN0
static_assert(KP_RESERVE_LEN0 <= U16_MAX); /* as its head tells it */

/* One hit: @context and @irqs_off are of the probed code. */
static inline void kp_hit0(struct pt_regs *regs, u32 context, bool irqs_off)
{
	struct kp_ring *ring = this_cpu_ptr(&kp_ring);
	struct kp_record0 *r;
	u32 len = KP_RECORD_LEN0;
	unsigned long at;

	if (kp_is_viewer() || kp_who_else()) {
		KP_COUNT(0, others);
		return;
	}
	if (kp_skip(ring, 0) || !kp_ring_enter(ring, 0))
		return;
	if (unlikely(!kp_ring_reserve(ring, KP_RESERVE_LEN0, &at))) {
		kp_ring_drop(ring, 0);
		goto out;
	}
	r = kp_ring_at(ring, at);
	kp_event_fill(&r->event, 0, len, ring, context, irqs_off);
	KP_COUNT(0, shown);
out:
	kp_ring_leave(ring);
}

static struct kprobe kp0; /* finds the function */

static struct kp_target kp_target0;

static void kp_describe0(struct kp_text *text)
{
	kp_fact_probe(text, 0, 'p', event[0], &kp_target0);
}

static struct kp_target kp_target0 = {
	.kp = &kp0,
	.ops = &kp_ops,
	.describe = kp_describe0,
	.reserve = KP_RESERVE_LEN0,
};

/* What one hit records. */
struct kp_record1 {
	struct kp_event event;
	u64 duration; /* until the return: when it was entered */
	u64 caller;
	u64 a_arg1;
} __aligned(8);

#define KP_RECORD_LEN1 sizeof(struct kp_record1)
#define KP_RESERVE_LEN1 KP_RECORD_LEN1
static_assert(KP_RESERVE_LEN1 <= U16_MAX); /* as its head tells it */

static const struct kp_field kp_fields1[] = {
	KP_FIELD(kp_record1, a_arg1, "arg1", "value", "u64", 0, "0x%llx"),
	KP_FIELD(kp_record1, duration, "ns", "duration", "u64", 0, "%llu"),
	KP_FIELD(kp_record1, caller, "caller", "caller", "u64", 0, "%pS"),
};

static inline void kp_at_return1(struct kp_record1 *r, struct pt_regs *regs)
{
	r->a_arg1 = kp_retval(regs);
}

/* Called at the function's entry; 1 says that its return is of no interest. */
static int handler_entry1(struct kretprobe_instance *ri, struct pt_regs *regs)
{
	struct kp_record1 *r = (struct kp_record1 *)ri->data;

	if (kp_is_off())
		return 1;
	if (kp_is_viewer() || kp_who_else()) {
		KP_COUNT(1, others);
		return 1;
	}
	if (kp_skip(this_cpu_ptr(&kp_ring), 1))
		return 1;
	r->duration = kp_clock();
	return 0;
}
NOKPROBE_SYMBOL(handler_entry1);

/* Called when the function returns. */
static int handler_return1(struct kretprobe_instance *ri, struct pt_regs *regs)
{
	struct kp_record1 *call = (struct kp_record1 *)ri->data, *r;
	struct kp_ring *ring = this_cpu_ptr(&kp_ring);
	u32 context = kp_context(preempt_count() - PREEMPT_DISABLE_OFFSET);
	u32 len = KP_RECORD_LEN1;
	unsigned long at;

	if (!kp_ring_enter(ring, 1))
		return 0;
	kp_at_return1(call, regs);
	if (errors && !kp_is_error((long)kp_retval(regs))) {
		KP_COUNT(1, filtered);
		goto out;
	}
	if (unlikely(!kp_ring_reserve(ring, KP_RESERVE_LEN1, &at))) {
		kp_ring_drop(ring, 1);
		goto out;
	}
	r = kp_ring_at(ring, at);
	memcpy((char *)r + sizeof(r->event), (char *)call + sizeof(r->event),
	       len - sizeof(r->event));
	kp_event_fill(&r->event, 1, len, ring, context, kp_ctx_irqs_off(regs));
	KP_COUNT(1, shown);
	r->duration = r->event.time - call->duration;
	r->caller = kp_return_address(ri);
out:
	kp_ring_leave(ring);
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
	kp_fact_fields(text, 1, kp_fields1, ARRAY_SIZE(kp_fields1));
}

static struct kp_target kp_target1 = {
	.rp = &kp_rp1,
	.kp = &kp_rp1.kp,
	.describe = kp_describe1,
	.reserve = KP_RESERVE_LEN1,
};

/* What one hit records. */
struct kp_record2 {
	struct kp_event event;
	struct kp_str a_file;
	u64 a_banner;
	struct kp_data data;
} __aligned(8);

#define KP_RECORD_LEN2 ALIGN(sizeof(struct kp_record2) + 4096, 8)
#define KP_RESERVE_LEN2 KP_RECORD_LEN2
static_assert(KP_RESERVE_LEN2 <= U16_MAX); /* as its head tells it */

static const struct kp_field kp_fields2[] = {
	KP_FIELD(kp_record2, a_file, "file", "ustring", "str", 0, "\"%s\""),
	KP_FIELD(kp_record2, a_banner, "banner", "value", "u64", 0, "0x%llx"),
};

static inline void kp_capture2(struct kp_record2 *r, struct pt_regs *regs)
{
	kp_data_init(&r->data, 4096);
	KP_CAPTURE_STR(kp_str_get, r, 0, a_file, kp_reg(regs, si), true);
	KP_CAPTURE(r, 1, a_banner, kp_read_u64(&err, kp_sym(&err, syms[0])));
}

/* One hit: @context and @irqs_off are of the probed code. */
static inline void kp_hit2(struct pt_regs *regs, u32 context, bool irqs_off)
{
	struct kp_ring *ring = this_cpu_ptr(&kp_ring);
	struct kp_record2 *r;
	u32 len = KP_RECORD_LEN2;
	unsigned long at;

	if (kp_is_viewer() || kp_who_else()) {
		KP_COUNT(2, others);
		return;
	}
	if (kp_skip(ring, 2) || !kp_ring_enter(ring, 2))
		return;
	if (unlikely(!kp_ring_reserve(ring, KP_RESERVE_LEN2, &at))) {
		kp_ring_drop(ring, 2);
		goto out;
	}
	r = kp_ring_at(ring, at);
	kp_capture2(r, regs);
	len = ALIGN(offsetof(struct kp_record2, data.text) + r->data.used, 8);
	kp_event_fill(&r->event, 2, len, ring, context, irqs_off);
	KP_COUNT(2, shown);
	kp_ring_shrink(ring, at, KP_RESERVE_LEN2, len);
out:
	kp_ring_leave(ring);
}

static struct kprobe kp2; /* finds the function */

static struct kp_target kp_target2;

static void kp_describe2(struct kp_text *text)
{
	kp_fact_probe(text, 2, 'p', event[2], &kp_target2);
	kp_fact(text, "data\t%u\t%zu\t%zu\t%zu\t%zu\n", 2,
		offsetof(struct kp_record2, data.faults),
		offsetof(struct kp_record2, data.cut),
		offsetof(struct kp_record2, data.text),
		offsetof(struct kp_record2, data.absent));
	kp_fact_fields(text, 2, kp_fields2, ARRAY_SIZE(kp_fields2));
}

static struct kp_target kp_target2 = {
	.kp = &kp2,
	.ops = &kp_ops,
	.describe = kp_describe2,
	.reserve = KP_RESERVE_LEN2,
};

static struct kp_target *const kp_targets[KP_PROBES] = {
	&kp_target0,
	&kp_target1,
	&kp_target2,
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
	if (ip == kp_target0.where)
		kp_hit0(kp_ftrace_get(fregs), context, irqs_disabled());
	if (ip == kp_target2.where)
		kp_hit2(kp_ftrace_get(fregs), context, irqs_disabled());
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
