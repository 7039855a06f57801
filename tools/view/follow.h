/* SPDX-License-Identifier: GPL-2.0-only */
/* follow.h - shows what a source has, until something ends it. */
#ifndef VIEW_FOLLOW_H
#define VIEW_FOLLOW_H

#include "show.h"
#include "source.h"

/**
 * struct follow_options - what was asked for; 0 and NULL are without
 * @duration: in ns
 * @interval: in ns
 * @sigfd: of follow__catch_signals()
 */
struct follow_options {
	const struct view_form *form;
	const char *stats;
	const char *kallsyms;
	uint64_t duration;
	uint64_t interval;
	uint64_t max_hits;
	int sigfd;
};

/*
 * A signal is one of the things that poll() waits for, from before the device
 * is opened. Returns a file descriptor or -errno.
 */
int follow__catch_signals(void);
/* Returns the exit status. */
int follow__run(struct view_source *source, const struct follow_options *opts);

#endif
