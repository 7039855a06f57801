/* SPDX-License-Identifier: GPL-2.0-only */
/* compile.h - a definition and the options for it, to a probe. */
#ifndef DEF_COMPILE_H
#define DEF_COMPILE_H

#include "probe.h"

/*
 * Compiles one definition. On error *what and *text tell which text it is
 * about. The probe is to be freed in every case.
 */
int probe__compile(struct def_probe *p, const struct def_env *env,
		   const char *definition, struct def_error *err,
		   const char **what, char **text);

#endif
