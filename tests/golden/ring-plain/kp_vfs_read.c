// SPDX-License-Identifier: GPL-2.0-only
/*
 * A kernel probe on vfs_read
 *
 * Made by kp_load 0.1 for kernel 6.1.0-56-amd64:
 *   kp_load.sh --probe=vfs_read --follow
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
	"vfs_read",
};

static char *event[KP_PROBES] = {
	"vfs_read",
};

/* What one hit records. */
struct kp_record {
	struct kp_event event;
} __aligned(8);

#define KP_RECORD_LEN sizeof(struct kp_record)
#define KP_RESERVE_LEN KP_RECORD_LEN
static_assert(KP_RESERVE_LEN <= U16_MAX); /* as its head tells it */

static __always_inline int kp_entry(struct kp_cpu *cpu, struct kp_hit *hit)
{
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
	KP_COUNT(cpu, 0, shown);
	return KP_WORKED;
}

KP_TWIN(kp_entry, kp_leave)

/* Called before the probed instruction is executed. */
static int handler_pre(struct kprobe *p, struct pt_regs *regs)
{
	struct kp_hit hit = {
		.task = current,
		.regs = regs,
		.context = kp_ctx_count(p),
		.irqs = kp_arch_irqs_of(regs),
		.ip = (unsigned long)p->addr,
	};
	struct kp_cpu *cpu = kp_cpu_get();

	KP_HANDLE(cpu, 0, kp_entry, hit);
	return 0;
}
NOKPROBE_SYMBOL(handler_pre);

static struct kprobe kp = {
	.pre_handler = handler_pre,
};

static struct kp_target kp_target;

static void kp_describe(struct kp_description *text)
{
	kp_fact_probe(text, 0, 'p', event[0], &kp_target);
}

static struct kp_target kp_target = {
	.kp = &kp,
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
