/* SPDX-License-Identifier: GPL-2.0-only */
/* sums.h - what the kernel counted: a histogram, or counts of keys. */
#ifndef VIEW_SUMS_H
#define VIEW_SUMS_H

#include "show.h"

#define HIST_NEGATIVE (KP_HIST_LEN - 1)

/**
 * struct sum - what was added up of one probe
 * @probe: or NULL, where the description has none
 * @title: the event, or the module where it is not one alone
 * @is_one: of several, which the output has to tell apart
 * @of: what a histogram is of
 * @at: where its table is in an area
 */
struct sum {
	const struct view_probe *probe;
	const char *title;
	bool is_one;
	const char *of;
	uint64_t at;
};

/**
 * struct hist - a histogram, of all CPUs
 * @of: the name of what was measured
 * @is_time: in ns
 * @total: of all buckets
 * @largest: of them
 * @lead: the first that is shown
 */
struct hist {
	const char *of;
	bool is_time;
	uint64_t bucket[KP_HIST_LEN];
	uint64_t total;
	uint64_t largest;
	uint32_t lead;
};

/* A key, and how often it was counted. */
struct key {
	uint64_t count;
	const uint8_t *bytes;
};

/* Hits that are in it by now. */
uint64_t sums__total(const struct view_desc *d, const uint8_t *const *data);
/*
 * The areas of all CPUs merged, as the mode says, each probe for itself; for
 * VIEW_COUNT counts has those of the first n probes. Returns the hits that it
 * shows.
 */
uint64_t sums__show(struct view_show *s, const uint8_t *const *data,
		    const uint64_t *counts, uint32_t n);

/* What forms have in common. */

/* Smallest and largest value of a bucket, and what stands between them. */
void hist__bounds(struct out *o, uint32_t i, const char *between);
/* The probed function, where the stacks are of its entry; or NULL. */
const struct view_probe *sum__leaf(const struct sum *sum);
/* The frames of a stack, the innermost is 0. */
uint32_t key__depth(const struct view_desc *d, const struct key *k);
uint64_t key__frame(const struct key *k, uint32_t i);
/* As text on one line: a stack with its outermost frame first. */
void key__put(struct view_show *s, struct out *o, const struct sum *sum,
	      const struct key *k);

/* keys.c: hits in a slot of a CPU's table */
uint64_t slot__count(const struct view_desc *d, const uint8_t *data,
		     uint64_t i);
uint64_t keys__show(struct view_show *s, const struct sum *sum,
		    const uint8_t *const *data);

#endif
