/* SPDX-License-Identifier: GPL-2.0-only */
/* stats.h - the module's counts, and the footer made of them. */
#ifndef VIEW_STATS_H
#define VIEW_STATS_H

#include "out.h"

/* Of the module's parameter stats. */
struct view_stats {
	bool is_known;
	uint64_t hits;
	uint64_t shown;
	uint64_t filtered;
	uint64_t dropped;
	uint64_t missed;
};

/* 0 or -errno; path may be NULL. */
int stats__read(struct view_stats *st, const char *path);
/* What was shown of each of n probes. Returns of how many that is known. */
uint32_t stats__read_probes(const char *path, uint64_t *shown, uint32_t n);
/*
 * What became of the hits: shown of them were printed, lost of them are known
 * to have been dropped where the module's own count is not.
 */
void stats__settle(struct view_stats *st, uint64_t shown, uint64_t lost);
/* hits=H shown=S filtered=F dropped=D missed=M, or as an object of JSON */
void stats__put(const struct view_stats *st, struct out *o, bool json);

#endif
