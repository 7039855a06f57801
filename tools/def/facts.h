/* SPDX-License-Identifier: GPL-2.0-only */
/* facts.h - compiled definitions as lines for the generator. */
#ifndef DEF_FACTS_H
#define DEF_FACTS_H

#include "probe.h"

/*
 * Appends the facts of one probe. -EBADMSG: a field fell outside the
 * whitelist, which is a bug here; *why names the field.
 */
int facts__add(struct buf *out, const struct def_probe *p, unsigned int index,
	       const struct def_env *env, const char **why);

#endif
