/* SPDX-License-Identifier: GPL-2.0-only */
/* params.h - the parameters of a probe's module, beside its counts. */
#ifndef VIEW_PARAMS_H
#define VIEW_PARAMS_H

#include <stdint.h>

/* Of DIR/name, where @stats is DIR/stats: a number. Returns 0 or -errno. */
int param__read(const char *stats, const char *name, uint64_t *value);
/* The same, written. */
int param__write(const char *stats, const char *name, const char *text);

#endif
