/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Hits added up in the kernel instead of told one by one: as a histogram, or by
 * key. Each CPU has a table for each probe, and the viewer merges those of all
 * CPUs. One instruction adds: a hit that interrupts another on its CPU takes
 * nothing from it.
 */
#ifndef KP_SUM_H
#define KP_SUM_H

#include <asm/local.h>
#include <linux/jhash.h>
#include <linux/string.h>
#include "kp_abi.h"
#include "kp_ring.h"

/* Of a table of keys: many probes share what four would have. */
#define KP_SLOTS (4 * 4096 / (KP_PROBES > 4 ? KP_PROBES : 4))
#define KP_SLOT_TRIES 16

static __always_inline bool kp_sum_has_room(struct kp_cpu *cpu, unsigned int n)
{
	if (likely(cpu->ring.data))
		return true;
	/* It was not online when the others got theirs. */
	kp_area_wanted();
	KP_COUNT(cpu, n, dropped);
	return false;
}

/**
 * kp_hist_add() - one value
 * @cpu: this one
 * @n: of which probe
 * @value: in bucket fls64(), or the last one if it is negative
 */
static __always_inline void kp_hist_add(struct kp_cpu *cpu, unsigned int n,
					s64 value)
{
	local_t *bucket = (local_t *)cpu->ring.data + n * KP_HIST_LEN;

	if (unlikely(!kp_sum_has_room(cpu, n)))
		return;
	local_inc(bucket + (value < 0 ? KP_HIST_LEN - 1 : fls64(value)));
	KP_COUNT(cpu, n, shown);
}

/**
 * kp_keys_add() - one hit of a key
 * @cpu: this one
 * @n: of which probe
 * @key: its bytes
 * @len: how many, a multiple of 4
 *
 * The table is open: a key that finds no place near its own is dropped, and
 * counted. A key that is just being written is not met by a hit in between,
 * which takes another slot: the viewer adds equal keys up.
 */
static inline __kprobes void kp_keys_add(struct kp_cpu *cpu, unsigned int n,
					 const void *key, unsigned int len)
{
	unsigned int first = KP_PROBES > 1 ? n * KP_SLOTS : 0;
	unsigned int size = sizeof(u64) + len, i;
	u32 at = jhash2(key, len / sizeof(u32), 0);

	if (unlikely(!kp_sum_has_room(cpu, n)))
		return;
	for (i = 0; i < KP_SLOT_TRIES; i++, at++) {
		char *slot = cpu->ring.data + (first + at % KP_SLOTS) * size;
		local_t *count = (local_t *)slot;

		/* Below 0 while its key is being written. */
		if (!local_read(count) && !local_cmpxchg(count, 0, LONG_MIN)) {
			memcpy(slot + sizeof(u64), key, len);
			smp_wmb(); /* pairs with slot__count() of the viewer */
			local_set(count, 1);
			KP_COUNT(cpu, n, shown);
			return;
		}
		if (local_read(count) > 0 &&
		    !memcmp(slot + sizeof(u64), key, len)) {
			local_inc(count);
			KP_COUNT(cpu, n, shown);
			return;
		}
	}
	KP_COUNT(cpu, n, dropped);
}

static inline void kp_keys_add_value(struct kp_cpu *cpu, unsigned int n,
				     s64 value)
{
	kp_keys_add(cpu, n, &value, sizeof(value));
}

#endif /* KP_SUM_H */
