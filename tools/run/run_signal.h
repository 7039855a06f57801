/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * run_signal.h - signals are held back, so that none ends us before our undo is
 * done; they are taken where that can begin.
 */
#ifndef RUN_SIGNAL_H
#define RUN_SIGNAL_H

#include <sys/types.h>

/* From here on. What began with INT ignored, in the background, ends by it. */
void signals__hold(void);
/* Ends, as if by SIGTERM, when this process, which started us, is gone. */
void signals__follow_parent(pid_t parent);
/* The one that came first, or 0 */
int signals__taken(void);
/* In a child that is to run another program, which takes over what is held. */
void signals__hand_over(void);
/* Waits for it, handing on each signal. Returns its status as a shell tells it */
int signals__wait(pid_t child);

#endif
