/* SPDX-License-Identifier: GPL-2.0-only */
/* sums.h - what the kernel counted: a histogram, or counts of keys. */
#ifndef VIEW_SUMS_H
#define VIEW_SUMS_H

#include "show.h"

/* Hits that are in it by now. */
uint64_t sums__total(const struct view_desc *d, const uint8_t *const *data);
/*
 * The areas of all CPUs merged, as the mode says, each probe for itself; for
 * VIEW_COUNT counts has those of the first n probes. Returns the hits that it
 * shows.
 */
uint64_t sums__show(struct view_show *s, const uint8_t *const *data,
		    const uint64_t *counts, uint32_t n);

#endif
