/* SPDX-License-Identifier: GPL-2.0-only */
/* def_filter.h - the kernel's event filter language, to C. */
#ifndef DEF_FILTER_H
#define DEF_FILTER_H

#include "def_probe.h"

/* Sets p->filter. The probe's arguments must be complete. */
int filter__compile(struct def_probe *p, const char *text,
		    struct def_error *err);

#endif
