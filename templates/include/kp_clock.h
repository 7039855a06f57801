/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The clock of the records, and of what a hit costs.
 */
#ifndef KP_CLOCK_H
#define KP_CLOCK_H

#include <linux/jump_label.h>
#include <linux/kernel.h>
#include <linux/math64.h>
#include <linux/timekeeping.h>
#include "kp_arch.h"

/* Cycles where they tell the time, else CLOCK_MONOTONIC's nanoseconds. */
static DEFINE_STATIC_KEY_FALSE(kp_cycles);
static unsigned int kp_clock_khz; /* of the cycles, or 0 */

static __always_inline u64 kp_clock(void)
{
	if (KP_ARCH_CYCLES && static_branch_likely(&kp_cycles))
		return kp_arch_cycles();
	return ktime_get_mono_fast_ns();
}

/* Is there nothing to be called for the time? */
static __always_inline bool kp_clock_is_quick(void)
{
	return !KP_ARCH_CYCLES || static_branch_likely(&kp_cycles);
}

/* kp_clock() where that is so. */
static __always_inline u64 kp_clock_quick(void)
{
	return KP_ARCH_CYCLES ? kp_arch_cycles() : kp_clock();
}

/*
 * Nanoseconds of the clock's units: units * kp_clock_mult / 2^20, whose product
 * needs no more than 64 bits in two parts.
 */
#define KP_CLOCK_SHIFT 20
static u64 kp_clock_mult __read_mostly = 1 << KP_CLOCK_SHIFT;

static __always_inline u64 kp_clock_ns(u64 units)
{
	u64 low = units & ((1 << KP_CLOCK_SHIFT) - 1);

	return (units >> KP_CLOCK_SHIFT) * kp_clock_mult +
	       (low * kp_clock_mult >> KP_CLOCK_SHIFT);
}

/* Before the probe is planted. */
static void kp_clock_init(void)
{
	kp_clock_khz = kp_arch_cycles_khz();
	if (!kp_clock_khz)
		return;
	static_branch_enable(&kp_cycles);
	kp_clock_mult = div_u64(1000000ULL << KP_CLOCK_SHIFT, kp_clock_khz);
}

/* Did the kernel find meanwhile that its cycles do not tell the time? */
static bool kp_clock_is_bad(void)
{
	return static_key_enabled(&kp_cycles) && !kp_arch_cycles_khz();
}

#endif /* KP_CLOCK_H */
