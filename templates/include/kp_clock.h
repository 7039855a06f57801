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
#ifdef CONFIG_X86_64
#include <asm/tsc.h>
#endif

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

/* Is there nothing to be called for the time? */
static __always_inline bool kp_clock_is_quick(void)
{
	return !IS_ENABLED(CONFIG_X86_64) || static_branch_likely(&kp_cycles);
}

/* kp_clock() where that is so. */
static __always_inline u64 kp_clock_quick(void)
{
#ifdef CONFIG_X86_64
	return rdtsc();
#else
	return kp_clock();
#endif
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
#ifdef CONFIG_X86_64
	if (check_tsc_unstable() || !tsc_khz)
		return;
	static_branch_enable(&kp_cycles);
	kp_clock_mult = div_u64(1000000ULL << KP_CLOCK_SHIFT, tsc_khz);
#endif
}

/* Did the kernel find meanwhile that its cycles do not tell the time? */
static bool kp_clock_is_bad(void)
{
#ifdef CONFIG_X86_64
	return static_key_enabled(&kp_cycles) && check_tsc_unstable();
#else
	return false;
#endif
}

#endif /* KP_CLOCK_H */
