// SPDX-License-Identifier: GPL-2.0-only
/*
 * A kernel probe on vfs_read, its events in a ring
 *
 * Made by kp_load 0.1 for kernel 6.1.0-56-amd64:
 *   kp_load.sh --probe=vfs_read --follow
 *
 * Edit freely; nothing regenerates this in place. "make" builds it, "make
 * load" and "make unload" plant and remove it; kp_view /dev/kp/NAME follows it.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/err.h>
#include <linux/kernel.h>
#include <linux/kprobes.h>
#include <linux/module.h>

#define KP_FUNCNAME "vfs_read"
#define KP_EVENT "vfs_read"
#define KP_MODE "events"
#define KP_ARGS_MAX 64 /* bits of the bitmaps in kp_abi.h */

#include "kp_budget.h"
#include "kp_ctx.h"
#include "kp_device.h"
#include "kp_filter.h"
#include "kp_params.h"
#include "kp_record.h"
#include "kp_ring.h"
#include "kp_target.h"

static char symbol[KP_FUNCNAME_LEN]; /* funcname without its offset */

/* What one hit records. */
struct kp_record {
	struct kp_event event;
} __aligned(8);

#define KP_RECORD_LEN sizeof(struct kp_record)
#define KP_RESERVE_LEN KP_RECORD_LEN
static_assert(KP_RESERVE_LEN <= U16_MAX); /* as its head tells it */

/* One hit: @context and @irqs_off are of the probed code. */
static __always_inline void kp_hit(struct pt_regs *regs, u32 context,
				   bool irqs_off)
{
	struct kp_ring *ring = this_cpu_ptr(&kp_ring);
	struct kp_record *r;
	u32 len = KP_RECORD_LEN;

	if (kp_is_viewer() || kp_who_else()) {
		KP_COUNT(filtered);
		return;
	}
	if (kp_skip(ring) || !kp_ring_enter(ring))
		return;
	r = kp_ring_reserve(ring, KP_RESERVE_LEN);
	if (unlikely(!r))
		goto out;
	kp_event_fill(&r->event, len, ring, context, irqs_off);
out:
	kp_ring_leave(ring);
}

/* Called before the probed instruction is executed. */
static int handler_pre(struct kprobe *p, struct pt_regs *regs)
{
	if (!kp_is_off())
		kp_hit(regs, kp_context(kp_ctx_preempt_count(p)),
		       kp_ctx_irqs_off(regs));
	return 0;
}
NOKPROBE_SYMBOL(handler_pre);

static struct kprobe kp = {
	.pre_handler = handler_pre,
};

static struct kp_target kp_target = {
	.kp = &kp,
};

static void kp_describe(struct kp_text *text)
{
	kp_fact_probe(text, 0, 'p', event, &kp_target);
}

static int stats_get(char *buf, const struct kernel_param *param)
{
	return kp_ring_stats(buf, PAGE_SIZE, kp_target_missed(&kp_target));
}

static const struct kernel_param_ops stats_ops = {
	.get = stats_get,
};
module_param_cb(stats, &stats_ops, NULL, 0444);
MODULE_PARM_DESC(stats, "hits, and what became of them");

static int __init kp_init(void)
{
	int err = kp_device_create(kp_ring_size(), KP_RESERVE_LEN);

	if (err)
		return err;
	err = kp_target_register(&kp_target, symbol, funcname);
	if (err) {
		pr_err("cannot probe %s: %pe\n", funcname, ERR_PTR(err));
		kp_device_destroy();
		return err;
	}
	kp_budget_begin(&kp_target);
	return 0;
}

static void __exit kp_exit(void)
{
	char buf[KP_STATS_LEN];

	kp_budget_end();
	kp_target_unregister(&kp_target);
	kp_ring_stats(buf, sizeof(buf), kp_target_missed(&kp_target));
	pr_info("%s", buf);
	kp_device_destroy();
}

module_init(kp_init);
module_exit(kp_exit);
MODULE_DESCRIPTION("A kernel probe made by kp_load");
MODULE_VERSION("kp_load 0.1");
MODULE_LICENSE("GPL");
