/* SPDX-License-Identifier: GPL-2.0-only */
/* state.h - the state of files: whether they are what they were. */
#ifndef DEF_STATE_H
#define DEF_STATE_H

#include "sha256.h"

/*
 * Adds name, size and time of a file, or of all files below a directory. What is
 * not there is added as that.
 */
void state__add(struct sha256 *sum, const char *path);

#endif
