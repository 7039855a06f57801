/* SPDX-License-Identifier: GPL-2.0-only */
/* sym_glob.h - which functions a pattern stands for. */
#ifndef SYM_GLOB_H
#define SYM_GLOB_H

#include "sym_find.h"
#include "sym_list.h"

/* Why one that matches is left out. */
enum glob_why {
	GLOB_FORBIDDEN,
	GLOB_DENIED,
	GLOB_SHARED,
	GLOB_UNTRACED,
	GLOB_COPY,
	GLOB_ALIAS,
	GLOB_WHYS,
	GLOB_TAKEN = GLOB_WHYS
};

/* More are too many, whatever our list says. */
#define GLOB_JUDGED_MAX 200

struct glob {
	const char *pattern;
	const char *module; /* "" is any, vmlinux the kernel */
	unsigned int uses;
	const struct deny_list *denied; /* NULL: not asked */
	bool is_forbidden_asked;
	const char *traced; /* available_filter_functions, NULL: not asked */
	/* The answer. */
	struct sym_refs taken;
	uint32_t total;
	uint32_t left[GLOB_WHYS];
};

void glob__expand(struct glob *g, struct sym_table *t);
/* Its other names, parted by blanks. */
void ref__add_aliases(const struct sym_table *t, const struct sym_ref *r,
		      struct text *aliases);

#endif
