/* SPDX-License-Identifier: GPL-2.0-only */
/* run_engine.h - the ways to plant a probe: see the table in run_engine.c. */
#ifndef RUN_ENGINE_H
#define RUN_ENGINE_H

#include <stdbool.h>

#include "run_kernel.h"
#include "run_plan.h"

/**
 * struct planted - what a plan came to
 * @name: the name that was free
 */
struct planted {
	char name[KERNEL_NAME_MAX + 1];
};

/**
 * struct engine - one way
 * @name: as a plan names it
 * @can: can it do this plan, here?
 * @plant: does it, or nothing: what it did is undone where it fails
 * @has: is this probe one of its own?
 * @status: prints its counts
 * @remove: and all that was loaded for it; one that is gone is fine
 *
 * All but @has return 0 or a status, which was told. Of EX_FALLBACK and signals
 * nothing is told.
 */
struct engine {
	const char *name;
	int (*can)(const struct plan *p);
	int (*plant)(struct planted *to, const struct plan *p, struct trust *t);
	bool (*has)(const char *name);
	int (*status)(const char *name);
	int (*remove)(const char *name);
};

extern const struct engine module_engine;

/* The one that a plan names, or NULL, which was told */
const struct engine *engine__named(const char *name);
/* The one that has this probe, or NULL */
const struct engine *engine__of(const char *name);

#endif
