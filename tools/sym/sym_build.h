/* SPDX-License-Identifier: GPL-2.0-only */
/* sym_build.h - makes an image of the text of kallsyms. */
#ifndef SYM_BUILD_H
#define SYM_BUILD_H

#include "sym_image.h"

enum sym_part {
	SYM_PART_KERNEL, /* what has no module */
	SYM_PART_MODULES, /* the rest, and what the kernel forbids */
};

struct sym_source {
	const struct text *symbols;
	const struct text *forbidden; /* NULL: that list cannot be read */
	const char *key;
	/* For a file: without the kernel's trampolines and kp_load's own modules,
	 * which come and go.
	 */
	bool is_lasting;
};

void image__build(struct sym_image *im, const struct sym_source *from,
		  enum sym_part part);
/* Before it is written. */
void image__seal(struct sym_image *im);

#endif
