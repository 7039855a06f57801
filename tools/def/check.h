/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * check.h - the whitelist: of what a definition was made into nothing leaves
 * kp_def, for m4 and C, that is not plainly harmless to them.
 */
#ifndef DEF_CHECK_H
#define DEF_CHECK_H

#include "probe.h"

/* NULL, or the name of what fell outside, which is a bug here. */
const char *check__probe(const struct def_probe *p, const struct def_env *env);
/* The declaration for a comment; "-" where there is none that may stand there. */
const char *check__decl(const struct def_arg *arg);

#endif
