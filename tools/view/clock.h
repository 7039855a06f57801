/* SPDX-License-Identifier: GPL-2.0-only */
/* clock.h - the times of records, and CLOCK_MONOTONIC. */
#ifndef VIEW_CLOCK_H
#define VIEW_CLOCK_H

#include "desc.h"

/**
 * struct view_clock - cycles or ns, and how they become ns
 * @khz: of the cycles; 0: times are ns
 * @is_live: they go on meanwhile, on this machine
 * @cycles: are @ns of CLOCK_MONOTONIC
 * @mult: ns of a cycle around then, times 2^40
 * @rate: the same, as the description says
 * @last: the youngest time that was converted
 * @last_ns: what it became
 */
struct view_clock {
	uint64_t khz;
	bool is_live;
	uint64_t cycles;
	uint64_t ns;
	uint64_t mult;
	uint64_t rate;
	uint64_t last;
	uint64_t last_ns;
};

void clock__init(struct view_clock *c, const struct view_desc *d, bool is_live);
uint64_t clock__now(const struct view_clock *c);
/* That many ns in units of the clock. */
uint64_t clock__units(const struct view_clock *c, uint64_t ns);
/* Now and then: the two drift. */
void clock__refresh(struct view_clock *c);
uint64_t clock__ns(struct view_clock *c, uint64_t time);
uint64_t clock__duration(const struct view_clock *c, uint64_t units);
uint64_t now__ns(void);

#endif
