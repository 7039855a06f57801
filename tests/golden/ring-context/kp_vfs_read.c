// SPDX-License-Identifier: GPL-2.0-only
/*
 * A kernel probe on vfs_read
 *
 * Made by kp_load 0.1 for kernel 6.1.0-56-amd64:
 *   kp_load.sh --probe=vfs_read '--filter=common_preempt_count>1||__probe_ip==0' --follow
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
	"vfs_read",
};

static char *event[KP_PROBES] = {
	"vfs_read",
};

static struct ftrace_ops kp_ops;

/* What one hit records. */
struct kp_record {
	struct kp_event event;
} __aligned(8);

#define KP_RECORD_LEN sizeof(struct kp_record)
#define KP_RESERVE_LEN KP_RECORD_LEN
static_assert(KP_RESERVE_LEN <= U16_MAX); /* as its head tells it */

static inline bool kp_filter(const struct kp_record *r,
			     const struct kp_ctx *ctx)
{
	return kp_cur_preempt(ctx) > 1 || kp_probe_ip(ctx) == 0;
}

/* One hit: @context and @irqs_off are of the probed code. */
static inline void kp_hit(struct pt_regs *regs, u32 context, bool irqs_off,
			  unsigned long ip)
{
	struct kp_ring *ring = this_cpu_ptr(&kp_ring);
	struct kp_record *r;
	u32 len = KP_RECORD_LEN;
	unsigned long at;
	struct kp_ctx ctx = { .ip = ip };

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
	kp_ctx_set_flags(&ctx, context, irqs_off);
	if (!kp_filter(r, &ctx)) {
		KP_COUNT(0, filtered);
		kp_ring_shrink(ring, at, KP_RESERVE_LEN, 0);
		goto out;
	}
	kp_event_fill(&r->event, 0, len, ring, context, irqs_off);
	KP_COUNT(0, shown);
out:
	kp_ring_leave(ring);
}

static struct kprobe kp; /* finds the function */

static struct kp_target kp_target;

static void kp_describe(struct kp_text *text)
{
	kp_fact_probe(text, 0, 'p', event[0], &kp_target);
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
	kp_hit(kp_ftrace_get(fregs), context, irqs_disabled(), ip);
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
