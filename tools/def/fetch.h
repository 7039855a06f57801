/* SPDX-License-Identifier: GPL-2.0-only */
/* fetch.h - fetch arguments of the kernel's kprobetrace language. */
#ifndef DEF_FETCH_H
#define DEF_FETCH_H

#include "probe.h"

/*
 * Compiles "[NAME=]FETCHARG[:TYPE]" and appends it to the probe's arguments.
 * col is the column of the text in what the error shows. at_return: it is
 * evaluated when the function returns.
 */
int fetch__compile(struct def_probe *p, const struct def_env *env,
		   const char *text, size_t col, bool at_return,
		   struct def_error *err);
/* $arg*: every parameter with the kernel's default type. */
int fetch__compile_all(struct def_probe *p, const struct def_env *env,
		       size_t col, bool at_return, struct def_error *err);

#endif
