/* SPDX-License-Identifier: GPL-2.0-only */
/* source.h - a device, or a file that looks like one. */
#ifndef VIEW_SOURCE_H
#define VIEW_SOURCE_H

#include "clock.h"
#include "desc.h"
#include "ring.h"

/**
 * struct view_source - where events come from
 * @once: an image: what is in it is all there is
 * @is_file: written by somebody else meanwhile, unless @once; its end is that
 *	     it is removed
 * @clock: of the times of records
 * @base: where the areas begin
 */
struct view_source {
	const char *path;
	int fd;
	bool once;
	bool is_file;
	uint64_t base;
	uint32_t mapped; /* parts of areas */
	struct view_desc desc;
	struct view_clock clock;
	struct view_rings rings;
};

/* Prints what is wrong. */
int source__open(struct view_source *s, const char *path, bool once);
void source__close(struct view_source *s);
/* The probe is gone, and poll() does not tell: the file was removed. */
bool source__is_gone(const struct view_source *s);
/* Of the device and its memory; what was copied of it stays. */
void source__let_go(struct view_source *s);

#endif
