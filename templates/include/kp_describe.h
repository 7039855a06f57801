/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The description of a device, a fact a line: see kp_abi.h.
 *
 * The C that includes this defines KP_MODE, kp_abi.h's mode.
 */
#ifndef KP_DESCRIBE_H
#define KP_DESCRIBE_H

#include <linux/err.h>
#include <linux/kallsyms.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/trace_events.h>
#include <trace/events/mmflags.h>
#include "kp_abi.h"
#include "kp_arch.h"
#include "kp_area.h"
#include "kp_clock.h"
#include "kp_ctx.h"
#include "kp_target.h"

#define KP_DESCRIPTION_LEN 8192 /* of most */
#define KP_DESCRIPTION_MAX (64 << 20)

/**
 * struct kp_field - an argument as the viewer must know it
 * @name: its name
 * @kind: what it is
 * @type: u8 .. s64 or str
 * @format: the kernel's conversion
 * @at: offset in the record
 * @count: elements of an array, 0 for one value
 */
struct kp_field {
	const char *name;
	const char *kind;
	const char *type;
	const char *format;
	unsigned int at;
	unsigned int count;
};

#define KP_FIELD(record, field, name, kind, type, count, format)          \
	{                                                                 \
		name, kind, type, format, offsetof(struct record, field), \
			count,                                            \
	}

/**
 * struct kp_description - the description while it is written
 * @len: its length, also where there is less room
 * @size: the room, for a NUL behind it, too
 * @text: itself
 */
struct kp_description {
	size_t len;
	size_t size;
	char text[];
};

static __printf(2, 3) void kp_fact(struct kp_description *text,
				   const char *format, ...)
{
	size_t at = min(text->len, text->size);
	va_list args;

	va_start(args, format);
	text->len += vsnprintf(text->text + at, text->size - at, format, args);
	va_end(args);
}

static inline void kp_fact_fields(struct kp_description *text, int probe,
				  const struct kp_field *fields,
				  unsigned int count)
{
	unsigned int n;

	for (n = 0; n < count; n++)
		kp_fact(text, "field\t%d\t%u\t%s\t%s\t%s\t%u\t%u\t%s\n", probe,
			n, fields[n].name, fields[n].kind, fields[n].type,
			fields[n].at, fields[n].count, fields[n].format);
}

/* An enumerator of argument @n. */
static inline void kp_fact_enum(struct kp_description *text, int probe,
				unsigned int n, s64 value, const char *name)
{
	kp_fact(text, "enum\t%d\t%u\t%lld\t%s\n", probe, n, value, name);
}

/* The names of gfp_t's flags, as this kernel prints them. */
static inline void kp_fact_gfp(struct kp_description *text)
{
	static const struct trace_print_flags names[] = { __def_gfpflag_names };
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(names) && names[i].name; i++)
		kp_fact(text, "flag\t0x%lx\t%s\n", names[i].mask,
			names[i].name);
}

/* The probe itself; where it is the kernel knows best. */
static inline void kp_fact_probe(struct kp_description *text, int probe,
				 char kind, const char *name,
				 const struct kp_target *t)
{
	const char *symbol = strchr(t->symbol, ':');
	char where[KSYM_SYMBOL_LEN], *end;
	unsigned int offset = 0;

	if (t->where)
		sprint_symbol(where, t->where);
	else /* in a module that is not there, or not any more */
		snprintf(where, sizeof(where), "%s+0x%x/0x0",
			 symbol ? symbol + 1 : t->symbol, t->kp->offset);
	end = strchr(where, '+');
	if (end && sscanf(end, "+0x%x", &offset) != 1)
		offset = 0;
	kp_fact(text, "probe\t%d\t%c\t%s\t%.*s\t%u\t%s\n", probe, kind, name,
		end ? (int)(end - where) : (int)strlen(where), where, offset,
		where);
}

/* What a time in a record is. */
static inline void kp_fact_clock(struct kp_description *text)
{
	kp_fact(text, "clock\t%u\t%llu\t%llu\n", kp_clock_khz, kp_clock(),
		ktime_get_mono_fast_ns());
}

static void kp_describe_all(struct kp_description *text)
{
	unsigned int n;

	kp_fact(text, "kp\t%d\nname\t%s\nmode\t%s\ncpus\t%u\narea\t%lu\n",
		KP_ABI_VERSION, THIS_MODULE->name, KP_MODE, nr_cpu_ids,
		kp_area_size);
	kp_fact(text, "page\t%lu\n", PAGE_SIZE);
	kp_fact(text, "ring\t%lu\t%lu\n", kp_ring_bytes, kp_slack);
	kp_fact_clock(text);
	kp_fact(text, "context\t0x%lx\t0x%lx\t0x%lx\t0x%lx", PREEMPT_MASK,
		SOFTIRQ_OFFSET, HARDIRQ_MASK, NMI_MASK);
	kp_fact(text, "\t0x%x\t0x%x\t0x%x\t0x%x\t0x%x\n", (u32)KP_ARCH_RESCHED,
		(u32)KP_ARCH_FLIP, (u32)KP_ARCH_IRQS, (u32)KP_ARCH_IRQS_FLIP,
		KP_CTX_THREAD_RESCHED);
	for (n = 0; n < KP_PROBES; n++)
		kp_targets[n]->describe(text);
}

/* The description, whole: once more where it is longer than most. */
static struct kp_description *kp_description_create(void)
{
	size_t size = KP_DESCRIPTION_LEN;
	struct kp_description *text;

	while (size <= KP_DESCRIPTION_MAX) {
		text = kvzalloc(sizeof(*text) + size, GFP_KERNEL);
		if (!text)
			return ERR_PTR(-ENOMEM);
		text->size = size;
		kp_describe_all(text);
		if (text->len < size)
			return text;
		size = text->len + PAGE_SIZE;
		kvfree(text);
	}
	return ERR_PTR(-E2BIG);
}

#endif /* KP_DESCRIBE_H */
