/* SPDX-License-Identifier: GPL-2.0-only */
/* run_explain.h - why the kernel did not take a module, in words. */
#ifndef RUN_EXPLAIN_H
#define RUN_EXPLAIN_H

#include "run_kmsg.h"

/* The module @what was refused with that error: one error, the log, one hint. */
/* The error as insmod and modprobe say it */
const char *explain__error(int err);
void explain(const char *what, int err, const struct kmsg *k);

#endif
