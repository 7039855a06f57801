/* SPDX-License-Identifier: GPL-2.0-only */
/* pilot.h - a look at what a probe is going to cost. */
#ifndef VIEW_PILOT_H
#define VIEW_PILOT_H

#include <stdint.h>

/*
 * Hits of a tenth of a second, while the probe is off and only counts; tells
 * how often it is hit and what that costs at @hit_ns ns a hit, and switches it
 * on. @stats as for param__read(). A signal that comes to @sigfd ends the wait,
 * and stays there. Prints what is wrong; returns 0 or -errno.
 */
int pilot__run(const char *stats, uint64_t hit_ns, int sigfd);

#endif
