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
#include "kp_arch.h"
#include "kp_clock.h"
#include "kp_compat.h"
#include "kp_cpu.h"
#include "kp_ctx.h"
#include "kp_hit.h"

/* The viewer, whose own doings are of no interest; -1 for nobody. */
static int kp_viewer __read_mostly = -1;

static __always_inline bool kp_is_viewer(const struct kp_hit *hit)
{
	return hit->task->tgid == READ_ONCE(kp_viewer);
}

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
	if (every && ++cpu->skipped >= every) {
		cpu->skipped = 0;
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

/* Is there room up to a position, as far as was seen? Of 64 bits none wraps. */
static __always_inline bool kp_ring_is_open(const struct kp_ring *ring,
					    unsigned long to)
{
	unsigned long end = READ_ONCE(ring->end);

	return IS_ENABLED(CONFIG_64BIT) ? to <= end : (long)(to - end) <= 0;
}

/* Is there nothing to be called for a record of @len bytes? */
static __always_inline bool kp_ring_is_quick(const struct kp_ring *ring,
					     u32 len)
{
	return kp_clock_is_quick() &&
	       kp_ring_is_open(ring, local_read(&ring->write) + len);
}

static void kp_area_wanted(void);

/*
 * Has the viewer read more, so that @len more bytes find room? What it says is
 * not believed: nonsense makes the ring look full.
 */
static noinline __kprobes bool kp_ring_has_room(struct kp_ring *ring, u32 len)
{
	/* Pairs with the viewer's release: it has read what we overwrite. */
	unsigned long tail = smp_load_acquire(&ring->control->tail);
	unsigned long write = local_read(&ring->write);

	/* This CPU was not online when the others got theirs. */
	if (unlikely(!ring->data)) {
		kp_area_wanted();
		return false;
	}
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
 * @quick: without a look at what the viewer has read meanwhile
 *
 * A record that begins before the end of the ring ends in the slack behind it:
 * nothing has to wrap.
 *
 * Return: whether there is room.
 */
static __always_inline bool kp_ring_reserve(struct kp_ring *ring, u32 len,
					    unsigned long *at, bool quick)
{
	long write = local_read(&ring->write);
	bool done;

	do {
		if (unlikely(!kp_ring_is_open(ring, write + len)) &&
		    (quick || !kp_ring_has_room(ring, len)))
			return false;
		done = kp_arch_try_cmpxchg(&ring->write, &write, write + len);
	} while (unlikely(!done));
	*at = write;
	return true;
}

/* No room: once more by the twin, which may find some, or it is dropped. */
static __always_inline int kp_ring_full(struct kp_cpu *cpu, unsigned int n,
					bool quick)
{
	if (quick)
		return KP_AGAIN;
	kp_ring_drop(cpu, n);
	return KP_WORKED;
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
	long end = at + len;

	if (likely(kp_arch_try_cmpxchg(&ring->write, &end, at + used)))
		return;
	barrier(); /* or the compiler looks at used before */
	/*
	 * A hit in between has its record behind ours: leave a pad, where a
	 * record would begin there, which is not in the slack.
	 */
	if (used < len)
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
	struct task_struct *task = hit->task;

	/* Its first word at once, what nobody uses included. */
	*(u64 *)e = KP_EVENT_WORD(len, KP_EVENT_HIT, n);
	e->irqs = hit->irqs;
	e->thread = kp_ctx_thread(task);
	e->time = kp_clock_of(hit);
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
	struct kp_hit hit = { .task = current };
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
	if (kp_ring_reserve(&cpu->ring, ALIGN(sizeof(*e) + len, 8), &at,
			    false)) {
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
