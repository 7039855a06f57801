/* SPDX-License-Identifier: GPL-2.0-only */
/* filter.h - the kernel's event filter language, to C. */
#ifndef DEF_FILTER_H
#define DEF_FILTER_H

#include "probe.h"

/* Sets p->filter. The probe's arguments must be complete. */
int filter__compile(struct def_probe *p, const char *text,
		    struct def_error *err);

#endif
