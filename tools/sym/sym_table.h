/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * sym_table.h - all symbols of the running kernel, from the index where there is
 * one that is right: vmlinux's of a build id, the modules' of a boot and of what
 * is loaded. Or those of one file, which is read each time.
 */
#ifndef SYM_TABLE_H
#define SYM_TABLE_H

#include "sym_image.h"

struct sym_paths {
	const char *proc;
	const char *sys;
	const char *symbols; /* that file, and no index; "": none at all */
	const char *cache; /* the index's directory, NULL: none */
	const char *forbidden; /* the kernel's own blacklist; NULL: not asked */
};

enum { SYM_KERNEL, SYM_MODULES, SYM_IMAGES };

struct sym_table {
	struct sym_image image[SYM_IMAGES];
	bool is_open;
	bool is_hidden; /* names without addresses */
	bool is_complete; /* nothing is left out, as it is in an index */
	struct text text; /* of kallsyms, where it was read */
};

/* One symbol; it is of image. */
struct sym_ref {
	struct sym_image *image;
	uint32_t i;
};

/* False, and errno, if the symbols cannot be read. With is_complete nothing is
 * taken from an index, and nothing is left out.
 */
bool table__open(struct sym_table *t, const struct sym_paths *paths,
		 bool is_complete);
void table__close(struct sym_table *t);
bool table__is_damaged(const struct sym_table *t);
/* So that they are made anew. */
void table__drop_index(const struct sym_paths *paths);

const char *ref__name(const struct sym_ref *r);
char ref__type(const struct sym_ref *r);
/* "" for the kernel itself */
const char *ref__module(const struct sym_ref *r);
uint64_t ref__addr(const struct sym_ref *r);
/* Was its memory freed when the kernel had booted? */
bool ref__is_freed(const struct sym_table *t, const struct sym_ref *r);
/* The symbol behind it at another address; false where there is none. */
bool ref__next(const struct sym_table *t, const struct sym_ref *r,
	       struct sym_ref *next);
/* Other symbols of its address, in order: start with *at = 0. */
bool ref__other(const struct sym_table *t, const struct sym_ref *r,
		uint32_t *at, struct sym_ref *other);
/* A mark of the kernel's; false where it has none. */
bool table__mark(const struct sym_table *t, enum sym_mark mark, uint64_t *addr);

#endif
