// SPDX-License-Identifier: GPL-2.0-only
/* run_engine.c - see run_engine.h */
#include <stddef.h>
#include <string.h>

#include "run_engine.h"
#include "run_log.h"

static const struct engine *const engines[] = {
	&module_engine,
};

#define N_ENGINES (sizeof(engines) / sizeof(engines[0]))

const struct engine *engine__named(const char *name)
{
	size_t i;

	for (i = 0; i < N_ENGINES; i++)
		if (!strcmp(engines[i]->name, name))
			return engines[i];
	log__err("engine %.40s: not one of this kp_run", name);
	return NULL;
}

const struct engine *engine__of(const char *name)
{
	size_t i;

	for (i = 0; i < N_ENGINES; i++)
		if (engines[i]->has(name))
			return engines[i];
	return NULL;
}
