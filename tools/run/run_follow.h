/* SPDX-License-Identifier: GPL-2.0-only */
/* run_follow.h - the viewer, while it shows what a probe catches. */
#ifndef RUN_FOLLOW_H
#define RUN_FOLLOW_H

#include "run_plan.h"

/*
 * Runs it to its end, or ours. Returns its status: 0, 128 + the signal that ended
 * it, or one of ours, which was told.
 */
int follow__run(const struct plan *p, struct trust *t, const char *name);

#endif
