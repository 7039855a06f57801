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
#include <linux/percpu.h>
#include <linux/preempt.h>
#include <linux/sched.h>
#include <linux/timekeeping.h>
#include "kp_abi.h"
#include "kp_compat.h"
#include "kp_ctx.h"
#include "kp_guard.h"

#define KP_NEST_MAX 4 /* task, softirq, interrupt, NMI */

/**
 * struct kp_ring - of one CPU
 * @write: end of what was reserved
 * @nest: hits being recorded, the interrupted ones included
 * @missed: hits inside of our own recording
 * @mask: size of the data - 1
 * @data: the records
 * @control: shared with the viewer
 * @count: what became of the hits
 */
struct kp_ring {
	local_t write;
	unsigned int nest;
	unsigned long missed;
	unsigned long mask;
	char *data;
	struct kp_control *control;
	struct kp_count count;
};

static DEFINE_PER_CPU(struct kp_ring, kp_ring);

/* One instruction, which a hit in between cannot split. */
#define KP_COUNT(what) this_cpu_inc(kp_ring.count.what)

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

/**
 * kp_ring_enter() - begin with a hit, preemption being off
 * @ring: this CPU's
 *
 * Return: false, and nothing to leave, where our own recording was hit.
 */
static __always_inline bool kp_ring_enter(struct kp_ring *ring)
{
	if (unlikely(ring->nest >= KP_NEST_MAX)) {
		ring->missed++;
		return false;
	}
	ring->nest++;
	barrier();
	return true;
}

/* All before it is complete: tell the viewer, unless we interrupted a hit. */
static __always_inline void kp_ring_leave(struct kp_ring *ring)
{
	unsigned long write;

	barrier();
	if (unlikely(--ring->nest))
		return;
	do {
		barrier();
		write = local_read(&ring->write);
		smp_store_release(&ring->control->head, write);
		barrier();
		/* A hit in between told more. */
	} while (unlikely(write != local_read(&ring->write)));
}

/**
 * kp_ring_reserve() - room for a record
 * @ring: entered
 * @len: bytes, a multiple of 8, at most what kp_device_create() was told
 *
 * A record that begins before the end of the ring ends in the slack behind it:
 * nothing has to wrap.
 *
 * Return: the room, or NULL if there is none.
 */
static __always_inline void *kp_ring_reserve(struct kp_ring *ring, u32 len)
{
	unsigned long write, tail;

	/* Pairs with the viewer's release: it has read what we overwrite. */
	tail = smp_load_acquire(&ring->control->tail);
	do {
		write = local_read(&ring->write);
		/* Nonsense in tail makes the ring look full. */
		if (unlikely(write + len - tail > ring->mask + 1)) {
			KP_COUNT(dropped);
			WRITE_ONCE(ring->control->lost, ring->count.dropped);
			return NULL;
		}
	} while (unlikely(local_cmpxchg(&ring->write, write, write + len) !=
			  (long)write));
	return ring->data + (write & ring->mask);
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
 * @record: from kp_ring_reserve()
 * @len: bytes reserved
 * @used: bytes that stay, a multiple of 8; 0 for none
 */
static __always_inline void kp_ring_shrink(struct kp_ring *ring, void *record,
					   u32 len, u32 used)
{
	unsigned long write = local_read(&ring->write);
	unsigned long at = (char *)record - ring->data;

	if (used == len)
		return;
	/*
	 * A hit in between has its record behind ours: leave a pad, where a
	 * record would begin there, which is not in the slack.
	 */
	if (unlikely(((write - len) & ring->mask) != at ||
		     local_cmpxchg(&ring->write, write, write - len + used) !=
			     (long)write))
		kp_ring_pad(ring->data + ((at + used) & ring->mask),
			    len - used);
}

/**
 * kp_event_fill() - the head of a record
 * @e: the record
 * @len: of it
 * @ring: that it is in
 * @context: kp_context() as it was in the probed code
 * @irqs_off: interrupts were off there
 */
static __always_inline void kp_event_fill(struct kp_event *e, u32 len,
					  struct kp_ring *ring,
					  unsigned int context, bool irqs_off)
{
	struct task_struct *task = current;

	e->len = len;
	e->stack = 0;
	e->type = KP_EVENT_HIT;
	e->probe = 0;
	e->flags = irqs_off * KP_FLAG_IRQS_OFF |
		   tif_need_resched() * KP_FLAG_NEED_RESCHED;
	e->time = kp_clock();
	e->lost = ring->count.dropped;
	e->context = context;
	e->tid = task->pid;
	e->pid = task->tgid;
	memcpy(e->comm, task->comm, sizeof(e->comm));
	KP_COUNT(shown);
}

#endif /* KP_RING_H */
