/* SPDX-License-Identifier: GPL-2.0-only */
/* parse.h - the words of a definition, to the probe that they describe. */
#ifndef DEF_PARSE_H
#define DEF_PARSE_H

#include "probe.h"

/* A definition cut into words, as argv_split(), and joined by one blank. */
struct line {
	char *text;
	char **word;
	size_t *col;
	size_t n;
};

/* 0 or -ENOMEM; to be freed in both cases. */
int line__split(struct line *l, const char *definition);
void line__free(struct line *l);

int probe__parse(struct def_probe *p, struct line *l, const struct def_env *env,
		 struct def_error *err);

#endif
