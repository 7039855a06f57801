// SPDX-License-Identifier: GPL-2.0-only
/*
 * sums.c - see sums.h
 *
 * A CPU has a table for each probe: a histogram is u64[KP_HIST_LEN]; keys are
 * in keys.c. The kernel counts on meanwhile.
 */
#include <string.h>

#include "sums.h"

uint64_t sums__total(const struct view_desc *d, const uint8_t *const *data)
{
	uint64_t total = 0, i, n = desc__tables(d);
	uint32_t cpu;

	for (cpu = 0; d->mode != VIEW_COUNT && cpu < d->cpus; cpu++) {
		if (d->mode == VIEW_HIST)
			for (i = 0; i < n * KP_HIST_LEN; i++)
				total += mem__u64(data[cpu] + 8 * i);
		else
			for (i = 0; i < n * d->slots; i++)
				total += slot__count(d, data[cpu], i);
	}
	return total;
}

/* Of table n; false: a number that no probe has. */
static bool sum__init(struct sum *sum, const struct view_desc *d, uint32_t n)
{
	if (d->nprobes && !d->probes[n].is_known)
		return false;
	sum->probe = d->nprobes ? &d->probes[n] : NULL;
	sum->title = sum->probe ? sum->probe->event : d->name;
	sum->is_one = d->nprobes > 1;
	sum->of = d->hist_of[n];
	sum->at = n * desc__table_size(d);
	return d->mode != VIEW_HIST || sum->of;
}

void hist__bounds(struct out *o, uint32_t i, const char *between)
{
	if (i == HIST_NEGATIVE)
		out__str(o, "-9223372036854775808");
	else
		out__u64(o, i ? 1ULL << (i - 1) : 0);
	out__str(o, between);
	if (i == HIST_NEGATIVE)
		out__str(o, "-1");
	else
		out__u64(o, i < 64 ? (1ULL << i) - 1 : UINT64_MAX);
}

/* From the first to the last that is not empty, negative ones first. */
static void hist__show_buckets(struct view_show *s, const struct sum *sum,
			       struct hist *h)
{
	uint32_t i, first = 0, last = HIST_NEGATIVE;

	while (first < HIST_NEGATIVE && !h->bucket[first])
		first++;
	while (last > first && !h->bucket[last - 1])
		last--;
	h->lead = h->bucket[HIST_NEGATIVE] ? HIST_NEGATIVE : first;
	if (h->bucket[HIST_NEGATIVE])
		s->form->bucket(s, sum, h, HIST_NEGATIVE);
	for (i = first; i < last; i++)
		s->form->bucket(s, sum, h, i);
}

/* The name of what is measured, and whether it is a time. */
static void hist__name(struct hist *h, const struct sum *sum)
{
	const struct view_probe *p = sum->probe;
	uint32_t i;

	h->of = sum->of;
	h->is_time = strcmp(sum->of, "duration") == 0;
	for (i = 0; p && i < p->nfields; i++) {
		char n[12] = "";
		struct out digits = { .fd = -1, .data = n, .cap = 12 };

		out__u64(&digits, p->fields[i].n);
		if (strcmp(n, sum->of))
			continue;
		h->of = p->fields[i].name;
		h->is_time = p->fields[i].kind == VIEW_DURATION;
		return;
	}
}

static void hist__add_up(struct hist *h, const struct view_desc *d, uint64_t at,
			 const uint8_t *const *data)
{
	uint32_t cpu, i;

	for (i = 0; i < KP_HIST_LEN; i++) {
		for (cpu = 0; cpu < d->cpus; cpu++)
			h->bucket[i] +=
				mem__u64(data[cpu] + at + 8 * (size_t)i);
		h->total += h->bucket[i];
		if (h->bucket[i] > h->largest)
			h->largest = h->bucket[i];
	}
}

static uint64_t hist__show(struct view_show *s, const struct sum *sum,
			   const uint8_t *const *data)
{
	struct hist h = { 0 };

	hist__name(&h, sum);
	hist__add_up(&h, s->desc, sum->at, data);
	if (sum->is_one && !h.total && s->form->leaves_out_empty)
		return 0;
	if (s->form->hist)
		s->form->hist(s, sum, &h);
	hist__show_buckets(s, sum, &h);
	if (s->form->hist_end)
		s->form->hist_end(s);
	return h.total;
}

/* The probe of the highest count that was not shown yet; n if there is none. */
static uint32_t count__next(const struct view_desc *d, const uint64_t *counts,
			    uint32_t n, const bool *is_shown)
{
	uint32_t i, best = n;

	for (i = 0; i < n; i++)
		if (!is_shown[i] && d->probes[i].is_known &&
		    (best == n || counts[i] > counts[best]))
			best = i;
	return best;
}

/* The highest first. */
static uint64_t counts__show(struct view_show *s, const uint64_t *counts,
			     uint32_t n)
{
	bool is_shown[VIEW_PROBES_MAX] = { false };
	const struct view_desc *d = s->desc;
	uint64_t total = 0;
	uint32_t i;

	while ((i = count__next(d, counts, n, is_shown)) < n) {
		is_shown[i] = true;
		s->form->count(s, d->probes[i].event, counts[i]);
		total += counts[i];
	}
	return total;
}

static void sums__set_width(struct view_show *s)
{
	const struct view_desc *d = s->desc;
	uint32_t i;

	s->width = 24;
	for (i = 0; i < d->nprobes; i++)
		if (d->probes[i].is_known &&
		    strlen(d->probes[i].event) > s->width)
			s->width = strlen(d->probes[i].event);
}

uint64_t sums__show(struct view_show *s, const uint8_t *const *data,
		    const uint64_t *counts, uint32_t n)
{
	const struct view_desc *d = s->desc;
	uint64_t total = 0;
	struct sum sum;
	uint32_t i;

	sums__set_width(s);
	if (s->form->table)
		s->form->table(s);
	if (d->mode == VIEW_COUNT)
		return counts__show(s, counts, n);
	for (i = 0; i < desc__tables(d); i++) {
		if (!sum__init(&sum, d, i))
			continue;
		if (d->mode == VIEW_HIST)
			total += hist__show(s, &sum, data);
		else
			total += keys__show(s, &sum, data);
	}
	return total;
}
