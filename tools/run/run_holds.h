/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * run_holds.h - a file that tells how everything was that checks looked at, so
 * that they need not look again while it is so
 *
 *   kp_holds 1
 *   file PATH<TAB>STATE	its device, inode, size and times; - for none
 *   source PATH<TAB>STATE	so is that, and it is to be trusted as one of our
 *				own: see run_trust.h
 *   trusted PATH		to be trusted as what is used
 *   line PATH<TAB>TEXT		its first line
 *   modules PATH<TAB>HASH	of the loaded modules that are no probes
 *   asked for<TAB>HASH	of a text that whoever asks gives, too
 *   end
 *
 * Whoever writes it gives these lines without what is behind a tab, and "began
 * PATH" first where files that are newer than this one are not to be believed.
 */
#ifndef RUN_HOLDS_H
#define RUN_HOLDS_H

#include "run_trust.h"

/* Is all as it was? */
bool holds__check(struct trust *t, const char *path, const char *asked);
/* Writes it, of the lines of stdin. Returns 0 or -errno; nothing is told. */
int holds__note(struct trust *t, const char *path, const char *asked);

#endif
