// SPDX-License-Identifier: GPL-2.0-only
/*
 * A kernel probe on do_sys_openat2
 *
 * Made by kp_load 0.1 for kernel 6.1.0-56-amd64:
 *   kp_load.sh --probe=do_sys_openat2 '--arg=dfd=%di:s32' '--arg=file=+0(%si):ustring' '--filter=dfd==-100&&file~"*.c"'
 *
 * Edit freely; nothing regenerates this in place. "make" builds it, "make
 * load" and "make unload" plant and remove it.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/kernel.h>
#include <linux/kprobes.h>
#include <linux/module.h>
#include <linux/timekeeping.h>

#define KP_PROBES 1

#include "kp_capture.h"
#include "kp_cpu.h"
#include "kp_ctx.h"
#include "kp_filter.h"
#include "kp_object.h"
#include "kp_params.h"
#include "kp_plant.h"
#include "kp_rate.h"
#include "kp_regs.h"
#include "kp_show.h"
#include "kp_stack.h"
#include "kp_who.h"

static char *funcname[KP_PROBES] = {
	"do_sys_openat2",
};

static char *event[KP_PROBES] = {
	"do_sys_openat2",
};

/* verbose(), show_stack() and show_regs() are the kernel's, not to be hidden. */
static bool with_context;
module_param_named(verbose, with_context, bool, 0644);
MODULE_PARM_DESC(verbose, "a line of context for each hit");

static bool with_stack;
module_param_named(show_stack, with_stack, bool, 0644);
MODULE_PARM_DESC(show_stack, "the kernel stack for each hit");

static bool with_regs;
module_param_named(show_regs, with_regs, bool, 0644);
MODULE_PARM_DESC(show_regs, "the registers at each hit");

static unsigned int rate = 100;
module_param(rate, uint, 0644);
MODULE_PARM_DESC(rate, "hits logged a second; the rest is counted");

static struct kp_rate kp_rate;

/* What one hit records. */
struct kp_record {
	s32 a_dfd;
	struct kp_str a_file;
	struct kp_data data;
};

static struct kp_target kp_target;

/* Room for one hit a CPU: a probe's handler is not interrupted by another's. */
struct kp_slot {
	struct kp_line line;
	struct kp_record record;
	char text[KP_DATA_LEN];
};

static void kp_capture(struct kp_record *r, struct pt_regs *regs)
{
	kp_data_init(&r->data, KP_DATA_LEN);
	r->a_dfd = kp_reg(regs, di);
	KP_CAPTURE_STR(kp_str_get, r, 1, a_file, kp_reg(regs, si), true);
}
NOKPROBE_SYMBOL(kp_capture);

static bool kp_filter(const struct kp_record *r)
{
	return r->a_dfd == -100 && kp_glob(kp_text(&r->data, r->a_file), "*.c");
}
NOKPROBE_SYMBOL(kp_filter);

static void kp_show(struct kp_line *line, const struct kp_record *r)
{
	line->len = 0;
	KP_SHOW(line, r, 0, "dfd", "%d", r->a_dfd);
	kp_show_str(line, &r->data, 1, "file", r->a_file, true);
}
NOKPROBE_SYMBOL(kp_show);

/* Called before the probed instruction is executed. */
static int handler_pre(struct kprobe *p, struct pt_regs *regs)
{
	struct kp_slot *slot = this_cpu_ptr(kp_target.scratch);
	struct kp_cpu *cpu = kp_cpu_get();
	struct kp_ctx ctx;

	if (kp_is_off(cpu))
		return 0;
	if (kp_who_else()) {
		KP_COUNT(cpu, 0, others);
		return 0;
	}
	kp_capture(&slot->record, regs);
	if (!kp_filter(&slot->record)) {
		KP_COUNT(cpu, 0, filtered);
		return 0;
	}
	if (!kp_rate_ok(&kp_rate, rate)) {
		KP_COUNT(cpu, 0, dropped);
		return 0;
	}
	KP_COUNT(cpu, 0, shown);

	kp_ctx_get(&ctx, p, regs);
	kp_show(&slot->line, &slot->record);
	kp_ctx_print_event(&ctx, event[0], p->addr, slot->line.text);
	if (with_context)
		PRINT_CTX(&ctx);
	if (with_regs)
		kp_regs_print(&ctx, (unsigned long)p->addr, regs);
	if (with_stack)
		kp_stack_print(&ctx, p, regs);
	return 0;
}
NOKPROBE_SYMBOL(handler_pre);

static struct kprobe kp = {
	.pre_handler = handler_pre,
};

static struct kp_target kp_target = {
	.kp = &kp,
	.scratch_size = sizeof(struct kp_slot),
};

static struct kp_target *const kp_targets[KP_PROBES] = {
	&kp_target,
};

static int __init kp_init(void)
{
	int err = kp_cpus_create();

	if (err)
		return err;
	err = kp_targets_register(funcname);
	if (err)
		kp_cpus_destroy();
	return err;
}

static void __exit kp_exit(void)
{
	kp_targets_unregister(KP_PROBES);
	kp_stats_log();
	kp_cpus_destroy();
}

module_init(kp_init);
module_exit(kp_exit);
MODULE_DESCRIPTION("A kernel probe made by kp_load");
MODULE_VERSION("kp_load 0.1");
MODULE_LICENSE("GPL");
