/* SPDX-License-Identifier: GPL-2.0-only */
/* params.h - the parameters of a probe's module: its counts, and the others. */
#ifndef VIEW_PARAMS_H
#define VIEW_PARAMS_H

#include "out.h"

/* Of DIR/name, where @stats is DIR/stats: a number. Returns 0 or -errno. */
int param__read(const char *stats, const char *name, uint64_t *value);
/* The same, written. */
int param__write(const char *stats, const char *name, const char *text);

/* The parameter stats, and what the footer makes of it. */
struct view_stats {
	bool is_known;
	uint64_t hits;
	uint64_t shown;
	uint64_t filtered;
	uint64_t dropped;
	uint64_t missed;
};

#define VIEW_STATS 5

struct view_stat {
	const char *name;
	uint64_t value;
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
/* Those that are known, in the order of the footer. Returns their number. */
uint32_t stats__list(const struct view_stats *st,
		     struct view_stat list[VIEW_STATS]);
/* hits=H shown=S filtered=F dropped=D missed=M */
void stats__put(const struct view_stats *st, struct out *o);

#endif
