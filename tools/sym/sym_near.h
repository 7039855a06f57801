/* SPDX-License-Identifier: GPL-2.0-only */
/* sym_near.h - what a name that is not there may have been meant to be. */
#ifndef SYM_NEAR_H
#define SYM_NEAR_H

#include "sym_table.h"

#define SYM_NEAR_MAX 5

struct near {
	char *related[SYM_NEAR_MAX]; /* by other usual prefixes */
	char *nearest[SYM_NEAR_MAX]; /* by edits; [MOD:]FUNC */
	int n_related;
	int n_nearest;
};

void near__find(struct sym_table *t, const char *want, struct near *n);
void near__free(struct near *n);

#endif
