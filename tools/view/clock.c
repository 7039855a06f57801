// SPDX-License-Identifier: GPL-2.0-only
/* clock.c - see clock.h */
#include <time.h>

#include "clock.h"

#define SHIFT 40
#define REFRESH_NS 1000000000
#define TRIES 5

uint64_t now__ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000000000 + (uint64_t)ts.tv_nsec;
}

static uint64_t scale(uint64_t units, uint64_t mult)
{
	return (uint64_t)((__uint128_t)units * mult >> SHIFT);
}

void clock__init(struct view_clock *c, const struct view_desc *d, bool is_live)
{
	*c = (struct view_clock){ .khz = d->khz,
				  .is_live = is_live,
				  .cycles = d->cycles,
				  .ns = d->ns };
	if (c->khz)
		c->rate = (1000000ULL << SHIFT) / c->khz;
	c->mult = c->rate;
}

uint64_t clock__units(const struct view_clock *c, uint64_t ns)
{
	return c->khz ? (uint64_t)((__uint128_t)ns * c->khz / 1000000) : ns;
}

uint64_t clock__now(const struct view_clock *c)
{
	if (!c->khz)
		return now__ns();
#ifdef __x86_64__
	return __builtin_ia32_rdtsc();
#else
	return c->cycles + clock__units(c, now__ns() - c->ns);
#endif
}

/* Both clocks at once: the attempt that took the least time counts. */
static void clock__sample(const struct view_clock *c, uint64_t *cycles,
			  uint64_t *ns)
{
	uint64_t before, after, middle, best = UINT64_MAX;
	int i;

	for (i = 0; i < TRIES; i++) {
		before = clock__now(c);
		middle = now__ns();
		after = clock__now(c);
		if (after - before >= best)
			continue;
		best = after - before;
		*cycles = before + best / 2;
		*ns = middle;
	}
}

/*
 * The rate between two samples is that of CLOCK_MONOTONIC, which NTP steers. A
 * machine that slept meanwhile gives nonsense: then the description's is right.
 */
void clock__refresh(struct view_clock *c)
{
	uint64_t cycles = 0, ns = 0;

	if (!c->khz || !c->is_live || now__ns() - c->ns < REFRESH_NS)
		return;
	clock__sample(c, &cycles, &ns);
	c->mult = c->rate;
	if (cycles > c->cycles && ns > c->ns)
		c->mult = (uint64_t)(((__uint128_t)(ns - c->ns) << SHIFT) /
				     (cycles - c->cycles));
	if (c->mult > c->rate + c->rate / 1000 ||
	    c->mult < c->rate - c->rate / 1000)
		c->mult = c->rate;
	c->cycles = cycles;
	c->ns = ns;
}

uint64_t clock__ns(struct view_clock *c, uint64_t time)
{
	uint64_t ns, before;

	if (!c->khz)
		return time;
	if (time >= c->cycles) {
		ns = c->ns + scale(time - c->cycles, c->mult);
	} else {
		before = scale(c->cycles - time, c->mult);
		ns = before < c->ns ? c->ns - before : 0;
	}
	/* A new sample may be a few ns off the one before. */
	if (time < c->last)
		return ns;
	if (ns < c->last_ns)
		ns = c->last_ns;
	c->last = time;
	c->last_ns = ns;
	return ns;
}

uint64_t clock__duration(const struct view_clock *c, uint64_t units)
{
	return c->khz ? scale(units, c->rate) : units;
}
