/* SPDX-License-Identifier: GPL-2.0-only */
/* record.h - the values in a record, none of them trusted. */
#ifndef VIEW_RECORD_H
#define VIEW_RECORD_H

#include "desc.h"
#include "kp_abi.h"

/**
 * struct view_record - a record that was checked
 * @ev: its head, a copy
 * @data: it as a whole
 * @probe: that it is of
 * @ns: CLOCK_MONOTONIC
 * @stack: addresses, innermost first; not aligned
 * @nstack: their number
 */
struct view_record {
	const struct kp_event *ev;
	const uint8_t *data;
	const struct view_probe *probe;
	uint32_t cpu;
	uint64_t ns;
	uint64_t faults;
	uint64_t absent;
	uint64_t cut;
	const uint8_t *stack;
	uint32_t nstack;
};

struct view_str {
	const char *text; /* NULL is a fault */
	uint32_t len;
};

/* NULL, or what is wrong with it. */
const char *record__read(struct view_record *rec, const struct view_desc *d,
			 const struct kp_event *ev, const uint8_t *data);
/* Has the field its bit in there? */
static inline bool record__has(uint64_t bits, const struct view_field *f)
{
	return f->n < 64 && bits >> f->n & 1;
}

/* Value i of a field, extended to 64 bits as its type says. */
uint64_t record__value(const struct view_record *rec,
		       const struct view_field *f, uint32_t i);
struct view_str record__str(const struct view_record *rec,
			    const struct view_field *f, uint32_t i);
uint64_t record__address(const struct view_record *rec, uint32_t i);
uint64_t mem__u64(const void *p);

#endif
