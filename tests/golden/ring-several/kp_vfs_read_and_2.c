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

static __always_inline int kp_entry0(struct kp_cpu *cpu, struct kp_hit *hit)
{
	int done = kp_begin(cpu, 0, hit);
	struct kp_ring *ring = &cpu->ring;
	struct kp_record0 *r;
	u32 len = KP_RECORD_LEN0;
	unsigned long at;

	if (done != KP_WORKED)
		return done;
	if (unlikely(!kp_ring_reserve(ring, KP_RESERVE_LEN0, &at, hit->quick)))
		return kp_ring_full(cpu, 0, hit->quick);
	r = kp_ring_at(ring, at);
	kp_event_fill(&r->event, 0, len, ring, hit);
	KP_COUNT(cpu, 0, shown);
	return KP_WORKED;
}

static struct kprobe kp0; /* finds the function */

static struct kp_target kp_target0;

static void kp_describe0(struct kp_description *text)
{
	kp_fact_probe(text, 0, 'p', event[0], &kp_target0);
}

static struct kp_target kp_target0 = {
	.kp = &kp0,
	.ops = &kp_ops,
	.describe = kp_describe0,
	.reserve = KP_RESERVE_LEN0,
};

static struct kretprobe kp_rp1;

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

static __always_inline int kp_call1(struct kp_cpu *cpu, struct kp_hit *hit)
{
	int done = kp_begin(cpu, 1, hit);
	struct kp_record1 *r = hit->call;

	if (done != KP_WORKED)
		return done;
	/* Before 5.11 it was not zeroed, and what no field fills is copied, too. */
	memset((char *)r + sizeof(r->event), 0, sizeof(*r) - sizeof(r->event));
	r->duration = kp_clock_of(hit);
	return KP_WORKED;
}

KP_TWIN(kp_call1, kp_leave)

/* Called at the function's entry; 1 says that its return is of no interest. */
static int handler_entry1(struct kretprobe_instance *ri, struct pt_regs *regs)
{
	struct kp_hit hit = {
		.task = current,
		.regs = regs,
		.context = kp_ctx_count(&kp_rp1.kp),
		.call = ri->data,
	};
	struct kp_cpu *cpu = kp_cpu_get();

	return KP_HANDLE(cpu, 1, kp_call1, hit) != KP_WORKED;
}
NOKPROBE_SYMBOL(handler_entry1);

static __always_inline int kp_return1(struct kp_cpu *cpu, struct kp_hit *hit)
{
	struct pt_regs *regs __maybe_unused = hit->regs;
	struct kp_record1 *r = hit->call, *record;
	struct kp_ring *ring = &cpu->ring;
	u32 len = KP_RECORD_LEN1;
	unsigned long at;

	if (hit->quick && !kp_ring_is_quick(ring, KP_RESERVE_LEN1))
		return KP_AGAIN;
	r->a_arg1 = kp_retval(regs);
	if (errors && !kp_is_error((long)kp_retval(hit->regs))) {
		KP_COUNT(cpu, 1, filtered);
		return KP_WORKED;
	}
	if (unlikely(!kp_ring_reserve(ring, KP_RESERVE_LEN1, &at, hit->quick)))
		return kp_ring_full(cpu, 1, hit->quick);
	record = kp_ring_at(ring, at);
	memcpy((char *)record + sizeof(r->event), (char *)r + sizeof(r->event),
	       len - sizeof(r->event));
	kp_event_fill(&record->event, 1, len, ring, hit);
	KP_COUNT(cpu, 1, shown);
	record->duration = record->event.time - r->duration;
	record->caller = hit->caller;
	return KP_WORKED;
}

KP_TWIN(kp_return1, kp_leave)

/* Called when the function returns. */
static int handler_return1(struct kretprobe_instance *ri, struct pt_regs *regs)
{
	struct kp_hit hit = {
		.task = current,
		.regs = regs,
		.context = kp_ctx_return_count(),
		.irqs = kp_arch_irqs_of(regs),
		.ip = (unsigned long)kp_rp1.kp.addr,
		.caller = kp_return_address(ri),
		.call = ri->data,
	};
	struct kp_cpu *cpu = kp_cpu_get();

	KP_HANDLE(cpu, 1, kp_return1, hit);
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

static void kp_describe1(struct kp_description *text)
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

#define KP_RECORD_LEN2 ALIGN(sizeof(struct kp_record2) + KP_DATA_LEN, 8)
#define KP_RESERVE_LEN2 KP_RECORD_LEN2
static_assert(KP_RESERVE_LEN2 <= U16_MAX); /* as its head tells it */

static const struct kp_field kp_fields2[] = {
	KP_FIELD(kp_record2, a_file, "file", "ustring", "str", 0, "\"%s\""),
	KP_FIELD(kp_record2, a_banner, "banner", "value", "u64", 0, "0x%llx"),
};

static __always_inline int kp_entry2(struct kp_cpu *cpu, struct kp_hit *hit)
{
	struct pt_regs *regs __maybe_unused = hit->regs;
	int done = kp_begin(cpu, 2, hit);
	struct kp_ring *ring = &cpu->ring;
	struct kp_record2 *r;
	u32 len = KP_RECORD_LEN2;
	unsigned long at;

	if (done != KP_WORKED)
		return done;
	if (unlikely(!kp_ring_reserve(ring, KP_RESERVE_LEN2, &at, hit->quick)))
		return kp_ring_full(cpu, 2, hit->quick);
	r = kp_ring_at(ring, at);
	kp_event_fill(&r->event, 2, len, ring, hit);
	kp_data_init(&r->data, KP_DATA_LEN);
	KP_CAPTURE_STR(kp_str_get, r, 0, a_file, kp_reg(regs, si), true);
	KP_CAPTURE(r, 1, a_banner, kp_read_u64(&err, kp_sym(&err, syms[0])));
	len = offsetof(struct kp_record2, data.text) + kp_data_end(&r->data);
	len = ALIGN(len, 8);
	r->event.len = len;
	KP_COUNT(cpu, 2, shown);
	kp_ring_shrink(ring, at, KP_RESERVE_LEN2, len);
	return KP_WORKED;
}

static struct kprobe kp2; /* finds the function */

static struct kp_target kp_target2;

static void kp_describe2(struct kp_description *text)
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

/* A hit at an address: of which probe, or of which ones. */
static __always_inline int kp_entry(struct kp_cpu *cpu, struct kp_hit *hit)
{
	bool worked = false;

	hit->quick = false; /* there may be several at one address */
	if (hit->ip == kp_target0.where)
		worked |= kp_entry0(cpu, hit);
	if (hit->ip == kp_target2.where)
		worked |= kp_entry2(cpu, hit);
	return worked ? KP_WORKED : KP_LEFT;
}

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
