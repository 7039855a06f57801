/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * run_image.h - a module's file, which gets the names of its probes
 *
 * It is built once for all probes of a shape, with strings in the place of
 * names, as long as the longest: see lib/build.sh. What follows one in its string
 * moves up to the name's end, NULs fill the rest, and nothing else moves.
 */
#ifndef RUN_IMAGE_H
#define RUN_IMAGE_H

#include <stddef.h>
#include <stdint.h>

#include "run_plan.h"

#define IMAGE_BYTES_MAX (64 * 1024 * 1024)

struct image {
	uint8_t *data;
	size_t size;
};

/* The shape. Returns 0 or a status, which was told. */
int image__read(struct image *im, struct trust *t, const char *path);
/*
 * Names all of it. Returns 0 or a status, which was told; it is of no use then.
 */
int image__name(struct image *im, const struct plan *p, const char *name);
/* Replaces the file, or makes it. Returns 0 or a status, which was told. */
int image__write(const struct image *im, const char *path);
void image__free(struct image *im);

#endif
