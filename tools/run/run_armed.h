/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * run_armed.h - is what was registered armed? Since 6.14 register_kprobe()
 * returns 0 although arming failed (kprobes.c, __register_kprobe()): only the
 * kernel's list tells.
 */
#ifndef RUN_ARMED_H
#define RUN_ARMED_H

#include "run_plan.h"

struct armed {
	bool is_asked; /* by the plan, or for this kernel */
	bool is_known; /* the list can be read */
	unsigned int count[PLAN_PROBES_MAX]; /* how many are there, armed */
};

/* Before they are planted. */
void armed__begin(struct armed *a, const struct plan *p);
/* And after, under that name. Returns 0 or a status, which was told. */
int armed__check(const struct armed *a, const struct plan *p, const char *name);

#endif
