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
#include <linux/math64.h>
#include <linux/percpu.h>
#include <linux/preempt.h>
#include <linux/sched.h>
#include <linux/timekeeping.h>
#include "kp_abi.h"
#include "kp_compat.h"
#include "kp_ctx.h"
#include "kp_guard.h"

#define KP_NEST_MAX 4 /* task, softirq, interrupt, NMI */
#define KP_TIMED 64 /* one hit in so many is timed, for the budget */
#define KP_SAMPLES_MAX 256

/**
 * struct kp_ring - of one CPU
 * @write: end of what was reserved
 * @nest: hits being recorded, the interrupted ones included
 * @mask: size of the data - 1
 * @data: the records
 * @control: shared with the viewer
 * @lost: hits that found no room, or that the budget left out
 * @skipped: hits since one was shown, while not every one is
 * @began: when this hit began, if it is timed
 * @spent: of the clock, by the hits that were timed
 * @samples: how many were
 * @seen: hits of each probe at the budget's last look
 * @worked: of these, hits that were recorded, even if in vain
 */
struct kp_ring {
	local_t write;
	unsigned int nest;
	unsigned long mask;
	char *data;
	struct kp_control *control;
	u64 lost;
	unsigned int skipped;
	u64 began;
	u64 spent;
	u64 samples;
	u64 seen[KP_PROBES];
	u64 worked[KP_PROBES];
};

static DEFINE_PER_CPU(struct kp_ring, kp_ring);

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

/* Cycles where they tell the time, else CLOCK_MONOTONIC's nanoseconds. */
static DEFINE_STATIC_KEY_FALSE(kp_cycles);

static __always_inline u64 kp_clock(void)
{
#ifdef CONFIG_X86_64
	if (static_branch_likely(&kp_cycles))
		return rdtsc();
#endif
	return ktime_get_mono_fast_ns();
}

/* On while not every hit is to be shown: one in kp_every, or none if it is 0. */
static DEFINE_STATIC_KEY_FALSE(kp_thrift);
static unsigned int kp_every __read_mostly = 1;

/* A hit of probe @n that is not recorded: the viewer is told where. */
static __always_inline void kp_ring_drop(struct kp_ring *ring, unsigned int n)
{
	KP_COUNT(n, dropped);
	this_cpu_inc(kp_ring.lost);
	WRITE_ONCE(ring->control->lost, READ_ONCE(ring->lost));
}

static __always_inline bool kp_skip(struct kp_ring *ring, unsigned int n)
{
	unsigned int every;

	if (!static_branch_unlikely(&kp_thrift))
		return false;
	every = READ_ONCE(kp_every);
	if (every && ++ring->skipped >= every) {
		ring->skipped = 0;
		return false;
	}
	kp_ring_drop(ring, n);
	return true;
}

/**
 * kp_ring_enter() - begin with a hit, preemption being off
 * @ring: this CPU's
 * @n: of which probe
 *
 * Return: false, and nothing to leave, where our own recording was hit.
 */
static __always_inline bool kp_ring_enter(struct kp_ring *ring, unsigned int n)
{
	if (unlikely(ring->nest >= KP_NEST_MAX)) {
		KP_COUNT(n, missed);
		return false;
	}
	ring->nest++;
	barrier();
	if (unlikely(!(this_cpu_read(kp_count[n].shown) % KP_TIMED)))
		ring->began = kp_clock();
	return true;
}

/* A hit that was timed; what is long ago counts for less and less. */
static __always_inline void kp_ring_sample(struct kp_ring *ring, u64 spent)
{
	if (ring->samples >= KP_SAMPLES_MAX) {
		ring->spent /= 2;
		ring->samples /= 2;
	}
	ring->spent += spent;
	ring->samples++;
}

/* All before it is complete: tell the viewer, unless we interrupted a hit. */
static __always_inline void kp_ring_leave(struct kp_ring *ring)
{
	unsigned long write;
	u64 began;

	barrier();
	began = READ_ONCE(ring->began);
	if (unlikely(began)) {
		/* First: a hit in between would end it a second time. */
		WRITE_ONCE(ring->began, 0);
		kp_ring_sample(ring, kp_clock() - began);
	}
	if (unlikely(--ring->nest))
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

/**
 * kp_ring_reserve() - room for a record
 * @ring: entered
 * @len: bytes, a multiple of 8, at most what kp_device_create() was told
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
	unsigned long write, tail;

	/* Pairs with the viewer's release: it has read what we overwrite. */
	tail = smp_load_acquire(&ring->control->tail);
	do {
		write = local_read(&ring->write);
		/* Nonsense in tail makes the ring look full. */
		if (unlikely(write + len - 1 - tail > ring->mask))
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
 * @context: kp_context() as it was in the probed code
 * @irqs_off: interrupts were off there
 */
static __always_inline void kp_event_fill(struct kp_event *e, unsigned int n,
					  u32 len, struct kp_ring *ring,
					  u32 context, bool irqs_off)
{
	struct task_struct *task = current;

	e->len = len;
	e->stack = 0;
	e->type = KP_EVENT_HIT;
	e->probe = n;
	e->flags = irqs_off * KP_FLAG_IRQS_OFF |
		   tif_need_resched() * KP_FLAG_NEED_RESCHED;
	e->time = kp_clock();
	e->lost = ring->lost;
	e->context = context;
	e->tid = task->pid;
	e->pid = task->tgid;
	memcpy(e->comm, task->comm, sizeof(e->comm));
}

/* A text between the events, from a context that may sleep. */
static inline __printf(1, 2) void kp_ring_note(const char *format, ...)
{
	struct kp_ring *ring;
	struct kp_event *e;
	unsigned long at;
	char text[128];
	va_list args;
	u32 len;

	va_start(args, format);
	len = vscnprintf(text, sizeof(text), format, args) + 1;
	va_end(args);
	preempt_disable_notrace();
	ring = this_cpu_ptr(&kp_ring);
	if (kp_ring_enter(ring, 0)) {
		if (kp_ring_reserve(ring, ALIGN(sizeof(*e) + len, 8), &at)) {
			e = kp_ring_at(ring, at);
			kp_event_fill(e, 0, ALIGN(sizeof(*e) + len, 8), ring, 0,
				      false);
			e->type = KP_EVENT_NOTE;
			memcpy(e + 1, text, len);
		}
		kp_ring_leave(ring);
	}
	preempt_enable_notrace();
}

/* Nanoseconds of the clock's units. */
static u32 kp_clock_mult __read_mostly = 1 << 20;

static __always_inline u64 kp_clock_ns(u64 units)
{
	return mul_u64_u32_shr(units, kp_clock_mult, 20);
}

/* Before the probe is planted. */
static inline void kp_clock_init(void)
{
#ifdef CONFIG_X86_64
	if (check_tsc_unstable() || !tsc_khz)
		return;
	static_branch_enable(&kp_cycles);
	kp_clock_mult = div_u64(1000000ULL << 20, tsc_khz);
#endif
}

#endif /* KP_RING_H */
