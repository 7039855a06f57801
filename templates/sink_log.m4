m4_dnl SPDX-License-Identifier: GPL-2.0-only
m4_dnl The kernel log: a line for each hit, or several.
m4_divert(-1)
m4_define(<|TPL_LOG|>, <|1|>)

# _TPL_FILTER_AND_SHOW()
# ----------------------
# Is the record to be shown, and how.
m4_define(<|_TPL_FILTER_AND_SHOW|>, <|TPL_ENUMS()m4_dnl
static bool kp_filter_P(const struct kp_record_P *r<||>TPL_IF(<|TPL_FILTERCTX|>, <|, const struct kp_ctx *ctx|>))
{
	return TPL_FILTER;
}
NOKPROBE_SYMBOL(kp_filter_P);

static void kp_show_P(struct kp_line *line, const struct kp_record_P *r)
{
	line->len = 0;
TPL_SHOWS()m4_dnl
}
NOKPROBE_SYMBOL(kp_show_P);
|>)

# TPL_HANDLER()
# -------------
# The handler of a probe of which only where and when is asked, or of one that
# is defined.
m4_define(<|TPL_HANDLER|>, <|TPL_IF(<|TPL_DEFINED|>, <|_TPL_DEFINED()|>, <|_TPL_PLAIN()|>)m4_dnl
|>)

m4_define(<|_TPL_DEFINED|>, <|/* What one hit records. */
struct kp_record_P {
TPL_FIELDS()m4_dnl
	struct kp_data data;
};

static struct kp_target kp_target_P;

/* Room for one hit a CPU: a probe's handler is not interrupted by another's. */
struct kp_slot_P {
	struct kp_line line;
	struct kp_record_P record;
	char text[KP_DATA_LEN];
};

static void kp_capture_P(struct kp_record_P *r, struct pt_regs *regs)
{
	kp_data_init(&r->data, KP_DATA_LEN);
TPL_CAPTURES_ENTRY()m4_dnl
}
NOKPROBE_SYMBOL(kp_capture_P);

_TPL_FILTER_AND_SHOW()m4_dnl

/* Called before the probed instruction is executed. */
static int handler_pre_P(struct kprobe *p, struct pt_regs *regs)
{
	struct kp_slot_P *slot = this_cpu_ptr(kp_target_P.scratch);
	struct kp_cpu *cpu = kp_cpu_get();
	struct kp_ctx ctx;

	if (kp_is_off(cpu))
		return 0;
	if (kp_who_else()) {
		KP_COUNT(cpu, TPL_NUMBER, others);
		return 0;
	}
	kp_capture_P(&slot->record, regs);
TPL_IF(<|TPL_FILTERCTX|>, <|	kp_ctx_get(&ctx, p, regs);
	if (!kp_filter_P(&slot->record, &ctx)) {|>, <|	if (!kp_filter_P(&slot->record)) {|>)
		KP_COUNT(cpu, TPL_NUMBER, filtered);
		return 0;
	}
	if (!kp_rate_ok(&kp_rate, rate)) {
		KP_COUNT(cpu, TPL_NUMBER, dropped);
		return 0;
	}
	KP_COUNT(cpu, TPL_NUMBER, shown);

TPL_IF(<|TPL_FILTERCTX|>, <||>, <|	kp_ctx_get(&ctx, p, regs);
|>)m4_dnl
	kp_show_P(&slot->line, &slot->record);
	kp_ctx_print_event(&ctx, event[TPL_NUMBER], p->addr, slot->line.text);
	if (with_context)
		PRINT_CTX(&ctx);
	if (with_regs)
		kp_regs_print(&ctx, (unsigned long)p->addr, regs);
	if (with_stack)
		kp_stack_print(&ctx, p, regs);
	return 0;
}
NOKPROBE_SYMBOL(handler_pre_P);
|>)

m4_define(<|_TPL_PLAIN|>, <|TPL_IF(<|TPL_VERBOSE|>, <|static struct kp_target kp_target_P;

/* When handler_pre_P() logged a hit: handler_post_P() runs on the same CPU. */
struct kp_slot_P {
	u64 began;
};

|>)m4_dnl
/* Called before the probed instruction is executed. */
static int handler_pre_P(struct kprobe *p, struct pt_regs *regs)
{
TPL_IF(<|TPL_VERBOSE|>, <|	struct kp_slot_P *slot = this_cpu_ptr(kp_target_P.scratch);
|>)m4_dnl
	struct kp_cpu *cpu = kp_cpu_get();
	struct kp_ctx ctx;

	if (kp_is_off(cpu))
		return 0;
	if (!kp_rate_ok(&kp_rate, rate)) {
		KP_COUNT(cpu, TPL_NUMBER, dropped);
		return 0;
	}
	KP_COUNT(cpu, TPL_NUMBER, shown);

	kp_ctx_get(&ctx, p, regs);
	kp_ctx_print_event(&ctx, event[TPL_NUMBER], p->addr, "");
	if (with_context)
		PRINT_CTX(&ctx);
	if (with_regs)
		kp_regs_print(&ctx, (unsigned long)p->addr, regs);
	if (with_stack)
		kp_stack_print(&ctx, p, regs);
TPL_IF(<|TPL_VERBOSE|>, <|	slot->began = ktime_get_mono_fast_ns();
|>)m4_dnl
	return 0;
}
NOKPROBE_SYMBOL(handler_pre_P);
TPL_IF(<|TPL_VERBOSE|>, <|
/*
 * Called after the probed instruction, which is one instruction and not the
 * function: the time between the two handlers says what the probe costs. How
 * long the function takes is for a return probe to tell.
 */
static void handler_post_P(struct kprobe *p, struct pt_regs *r, unsigned long f)
{
	struct kp_slot_P *slot = this_cpu_ptr(kp_target_P.scratch);
	u64 began = slot->began;
	struct kp_ctx ctx;

	if (!began)
		return;
	slot->began = 0;
	if (!with_context)
		return;
	kp_ctx_get(&ctx, p, r);
	PRINT_CTX_DELTA(&ctx, ktime_get_mono_fast_ns() - began);
}
NOKPROBE_SYMBOL(handler_post_P);
|>)m4_dnl
|>)

# TPL_POST()
# ----------
# Is there a handler after the instruction, too?
m4_define(<|TPL_POST|>, <|TPL_IF(<|TPL_DEFINED|>, <|0|>, <|TPL_VERBOSE|>)|>)

# TPL_TARGET(KIND)
# ----------------
# What kp_target_P says besides: where a CPU puts a hit, or its line, together.
m4_define(<|TPL_TARGET|>,
<|m4_ifelse(<|$1|>, <|r|>, <|	/* Where a CPU puts a line together. */
	.scratch_size = sizeof(struct kp_line),
|>, TPL_DEFINED<||>TPL_VERBOSE, <|00|>, <||>, <|	.scratch_size = sizeof(struct kp_slot_P),
|>)|>)

# TPL_HANDLERS()
# --------------
# The handlers of a return probe.
m4_define(<|TPL_HANDLERS|>, <|static struct kp_target kp_target_P;

/* What one hit records. */
struct kp_record_P {
	u64 entered; /* CLOCK_MONOTONIC, in ns */
TPL_FIELDS()m4_dnl
	struct kp_data data;
};

/* A call's record goes along with it, from the entry to the return. */
#define KP_CALL_SIZE_P (sizeof(struct kp_record_P) + KP_RETURN_DATA_LEN)

static void kp_at_entry_P(struct kp_record_P *r, struct pt_regs *regs)
{
	kp_data_init(&r->data, KP_RETURN_DATA_LEN);
TPL_CAPTURES_ENTRY()m4_dnl
}
NOKPROBE_SYMBOL(kp_at_entry_P);

static void kp_at_return_P(struct kp_record_P *r, struct pt_regs *regs)
{
TPL_CAPTURES_RETURN()m4_dnl
}
NOKPROBE_SYMBOL(kp_at_return_P);

_TPL_FILTER_AND_SHOW()m4_dnl

/* Called at the function's entry; 1 says that its return is of no interest. */
static int handler_entry_P(struct kretprobe_instance *ri, struct pt_regs *regs)
{
	struct kp_record_P *r = (struct kp_record_P *)ri->data;
	struct kp_cpu *cpu = kp_cpu_get();

	if (kp_is_off(cpu))
		return 1;
	if (kp_who_else()) {
		KP_COUNT(cpu, TPL_NUMBER, others);
		return 1;
	}
	kp_at_entry_P(r, regs);
	r->entered = ktime_get_mono_fast_ns();
	return 0;
}
NOKPROBE_SYMBOL(handler_entry_P);

/* Called when the function returns. */
static int handler_return_P(struct kretprobe_instance *ri, struct pt_regs *regs)
{
	struct kp_record_P *r = (struct kp_record_P *)ri->data;
	u64 ns = ktime_get_mono_fast_ns() - r->entered;
	struct kp_line *line = this_cpu_ptr(kp_target_P.scratch);
	struct kp_cpu *cpu = kp_cpu_get();
	struct kp_ctx ctx;

	kp_target_watch(&kp_target_P);
	kp_at_return_P(r, regs);
TPL_IF(<|TPL_FILTERCTX|>, <|	kp_ctx_get_return(&ctx, kp_rp_P.kp.addr, kp_return_address(ri), regs);
	if (!kp_filter_P(r, &ctx) ||
	    (errors && !kp_is_error((TPL_RETURNS)kp_retval(regs)))) {|>, <|	if (!kp_filter_P(r) || (errors && !kp_is_error((TPL_RETURNS)kp_retval(regs)))) {|>)
		KP_COUNT(cpu, TPL_NUMBER, filtered);
		return 0;
	}
	if (!kp_rate_ok(&kp_rate, rate)) {
		KP_COUNT(cpu, TPL_NUMBER, dropped);
		return 0;
	}
	KP_COUNT(cpu, TPL_NUMBER, shown);

TPL_IF(<|TPL_FILTERCTX|>, <||>, <|	kp_ctx_get_return(&ctx, kp_rp_P.kp.addr, kp_return_address(ri), regs);
|>)m4_dnl
	kp_show_P(line, r);
	kp_out(line, " ns=%llu", ns);
	kp_ctx_print_return(&ctx, event[TPL_NUMBER], kp_return_address(ri),
			    kp_rp_P.kp.addr, line->text);
	if (with_context)
		PRINT_CTX(&ctx);
	if (with_regs)
		kp_regs_print(&ctx, kp_return_address(ri), regs);
	if (with_stack)
		kp_stack_print_callers(&ctx, regs);
	return 0;
}
NOKPROBE_SYMBOL(handler_return_P);
|>)

# TPL_CALL_SIZE()
# ---------------
# What kp_rp_P says of a call.
m4_define(<|TPL_CALL_SIZE|>, <|	.data_size = KP_CALL_SIZE_P,
|>)
m4_divert(0)m4_dnl
