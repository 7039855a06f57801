/* SPDX-License-Identifier: GPL-2.0-only */
/* sym_key.h - what an index is of: which kernel, which boot, which modules. */
#ifndef SYM_KEY_H
#define SYM_KEY_H

#include "sym_table.h"

struct sym_keys {
	bool is_known;
	char kernel[SYM_KEY_MAX];
	char modules[SYM_KEY_MAX];
};

/* False where the kernel does not tell. */
bool keys__find(struct sym_keys *k, const struct sym_paths *paths);
/* Compares the beginning of kallsyms with that of the index, and tells how far
 * KASLR has moved it; false where they differ, or addresses are hidden.
 */
bool keys__find_delta(const struct sym_paths *paths, struct sym_image *im,
		      uint64_t *delta);
char *paths__of(const char *dir, const char *name);

#endif
