/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The event ring: one a CPU, written where the probe is hit, read by a viewer
 * that maps it. See kp_abi.h for its form.
 *
 * A hit may be interrupted by another on the same CPU: an interrupt's, an
 * NMI's. Room is taken by one instruction that such a hit cannot split, and
 * the outermost one tells the viewer how far complete records go, as the ring
 * of perf events does (kernel/events/ring_buffer.c).
 */
#ifndef KP_RING_H
#define KP_RING_H

#include <asm/local.h>
#include <linux/jump_label.h>
#include <linux/kernel.h>
#include <linux/preempt.h>
#include <linux/sched.h>
#include "kp_abi.h"
#include "kp_clock.h"
#include "kp_compat.h"
#include "kp_cpu.h"
#include "kp_ctx.h"

/* The viewer, whose own doings are of no interest; -1 for nobody. */
static int kp_viewer __read_mostly = -1;

static __always_inline bool kp_is_viewer(void)
{
	return task_tgid_nr(current) == READ_ONCE(kp_viewer);
}

/* preempt_count() of the probed code, and whether this CPU is to preempt. */
#define KP_RESCHED 0x80000000
static __always_inline u32 kp_context(unsigned int count)
{
	return count | (test_preempt_need_resched() ? KP_RESCHED : 0);
}

/**
 * struct kp_hit - what a handler is told, of the probed code
 * @regs: its registers
 * @context: kp_context()
 * @irqs_off: interrupts were off there
 * @ip: where the probe is
 * @caller: where a return goes to, 0 at an entry
 * @call: the record of a call that is followed to its return
 */
struct kp_hit {
	struct pt_regs *regs;
	u32 context;
	bool irqs_off;
	unsigned long ip;
	unsigned long caller;
	void *call;
};

/* On while not every hit is to be shown: one in kp_every, or none if it is 0. */
static DEFINE_STATIC_KEY_FALSE(kp_thrift);
static unsigned int kp_every __read_mostly = 1;

/* A hit of probe @n that is not recorded: the viewer is told where. */
static __always_inline void kp_ring_drop(struct kp_cpu *cpu, unsigned int n)
{
	struct kp_ring *ring = &cpu->ring;
	long lost;

	KP_COUNT(cpu, n, dropped);
	local_inc(&ring->lost);
	do {
		lost = local_read(&ring->lost);
		WRITE_ONCE(ring->control->lost, lost);
		barrier();
		/* A hit in between told more. */
	} while (unlikely(lost != local_read(&ring->lost)));
}

static __always_inline bool kp_skip(struct kp_cpu *cpu, unsigned int n)
{
	unsigned int every;

	if (!static_branch_unlikely(&kp_thrift))
		return false;
	every = READ_ONCE(kp_every);
	if (every && ++cpu->ring.skipped >= every) {
		cpu->ring.skipped = 0;
		return false;
	}
	kp_ring_drop(cpu, n);
	return true;
}

/**
 * kp_ring_publish() - tell the viewer how far complete records go
 * @cpu: this one, whose guard was left
 * @busy: what it was before: where we interrupted a hit, that will tell
 *
 * Whatever became of our own hit: one that interrupted us leaves it to us.
 */
static __always_inline void kp_ring_publish(struct kp_cpu *cpu,
					    unsigned int busy)
{
	struct kp_ring *ring = &cpu->ring;
	unsigned long write;

	if (unlikely(busy != KP_IDLE))
		return;
	do {
		barrier();
		write = local_read(&ring->write);
		/* Pairs with the viewer's acquire: the records are there. */
		smp_store_release(&ring->control->head, write);
		barrier();
		/* A hit in between told more. */
	} while (unlikely(write != local_read(&ring->write)));
}

/*
 * Has the viewer read more, so that @len more bytes find room? What it says is
 * not believed: nonsense makes the ring look full.
 */
static noinline __kprobes bool kp_ring_has_room(struct kp_ring *ring, u32 len)
{
	/* Pairs with the viewer's release: it has read what we overwrite. */
	unsigned long tail = smp_load_acquire(&ring->control->tail);
	unsigned long write = local_read(&ring->write);

	if (write + len - 1 - tail > ring->mask)
		return false;
	WRITE_ONCE(ring->end, tail + ring->mask + 1);
	return true;
}

/**
 * kp_ring_reserve() - room for a record
 * @ring: this CPU's
 * @len: bytes, a multiple of 8, at most what kp_areas_create() was told
 * @at: gets its position, for kp_ring_at()
 *
 * A record that begins before the end of the ring ends in the slack behind it:
 * nothing has to wrap.
 *
 * Return: whether there is room.
 */
static __always_inline bool kp_ring_reserve(struct kp_ring *ring, u32 len,
					    unsigned long *at)
{
	unsigned long write;

	do {
		write = local_read(&ring->write);
		if (unlikely((long)(write + len - READ_ONCE(ring->end)) > 0) &&
		    !kp_ring_has_room(ring, len))
			return false;
	} while (unlikely(local_cmpxchg(&ring->write, write, write + len) !=
			  (long)write));
	*at = write;
	return true;
}

static __always_inline void *kp_ring_at(const struct kp_ring *ring,
					unsigned long at)
{
	return ring->data + (at & ring->mask);
}

static __always_inline void kp_ring_pad(void *at, u32 len)
{
	struct kp_event *pad = at;

	pad->len = len;
	pad->type = KP_EVENT_PAD;
}

/**
 * kp_ring_shrink() - give back what a record does not need
 * @ring: that it is in
 * @at: its position, from kp_ring_reserve()
 * @len: bytes reserved
 * @used: bytes that stay, a multiple of 8; 0 for none
 */
static __always_inline void kp_ring_shrink(struct kp_ring *ring,
					   unsigned long at, u32 len, u32 used)
{
	/*
	 * A hit in between has its record behind ours: leave a pad, where a
	 * record would begin there, which is not in the slack.
	 */
	if (unlikely(local_cmpxchg(&ring->write, at + len, at + used) !=
		     (long)(at + len)) &&
	    used < len)
		kp_ring_pad(kp_ring_at(ring, at + used), len - used);
}

/**
 * kp_event_fill() - the head of a record
 * @e: the record
 * @n: of which probe
 * @len: of it
 * @ring: that it is in
 * @hit: of which
 */
static __always_inline void kp_event_fill(struct kp_event *e, unsigned int n,
					  u32 len, struct kp_ring *ring,
					  const struct kp_hit *hit)
{
	struct task_struct *task = current;
	unsigned long flags = hit->irqs_off ? KP_FLAG_IRQS_OFF : 0;

	flags |= tif_need_resched() ? KP_FLAG_NEED_RESCHED : 0;
	/* Its first word at once, what nobody uses included. */
	*(u64 *)e = KP_EVENT_WORD(len, KP_EVENT_HIT, n, flags);
	e->time = kp_clock();
	e->lost = local_read(&ring->lost);
	e->context = hit->context;
	/* Side by side in both, unless the kernel shuffles its structures. */
	if (IS_ENABLED(CONFIG_64BIT) &&
	    offsetof(struct task_struct, tgid) ==
		    offsetofend(struct task_struct, pid)) {
		*(u64 *)&e->tid = *(u64 *)&task->pid;
	} else {
		e->tid = task->pid;
		e->pid = task->tgid;
	}
	memcpy(e->comm, task->comm, sizeof(e->comm));
}

/* A text between the events, from a context that may sleep. */
static inline __printf(1, 2) void kp_ring_note(const char *format, ...)
{
	struct kp_hit hit = {};
	struct kp_event *e;
	struct kp_cpu *cpu;
	unsigned long at;
	unsigned int was;
	char text[128];
	va_list args;
	u32 len;

	va_start(args, format);
	len = vscnprintf(text, sizeof(text), format, args) + 1;
	va_end(args);
	preempt_disable_notrace();
	cpu = kp_cpu_get();
	was = cpu->busy;
	/* A task's: what hits us is told of when we are done. */
	WRITE_ONCE(cpu->busy, 0);
	barrier();
	if (kp_ring_reserve(&cpu->ring, ALIGN(sizeof(*e) + len, 8), &at)) {
		e = kp_ring_at(&cpu->ring, at);
		kp_event_fill(e, 0, ALIGN(sizeof(*e) + len, 8), &cpu->ring,
			      &hit);
		e->type = KP_EVENT_NOTE;
		memset((char *)e + e->len - 8, 0, 8);
		memcpy(e + 1, text, len);
	}
	barrier();
	WRITE_ONCE(cpu->busy, was);
	kp_ring_publish(cpu, was);
	preempt_enable_notrace();
}

#endif /* KP_RING_H */
