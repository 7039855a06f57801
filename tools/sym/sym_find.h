/* SPDX-License-Identifier: GPL-2.0-only */
/* sym_find.h - what symbols of a name there are. */
#ifndef SYM_FIND_H
#define SYM_FIND_H

#include "sym_table.h"

struct sym_refs {
	struct sym_ref *list;
	uint32_t n;
	uint32_t size;
};

void refs__add(struct sym_refs *refs, struct sym_ref r);

struct sym_found {
	struct sym_refs same; /* every symbol of the name, of any type */
	struct sym_refs text; /* functions of the name, wherever they are */
	struct sym_refs asked; /* those of the module that was asked for */
	struct sym_refs variants; /* FUNC.isra.0 and its like */
	char data; /* type of a data symbol of the name; 0: none */
	bool is_init; /* one was in the kernel's freed init text */
	const char *pseudo; /* bpf, __builtin__ftrace ...; NULL: none */
};

/* module "" is any, "vmlinux" the kernel itself. */
void find__name(struct sym_table *t, const char *name, const char *module,
		struct sym_found *f);
void find__free(struct sym_found *f);
/* How many of those symbols are in the module of r. */
uint32_t find__count_same(const struct sym_found *f, const struct sym_ref *r);
bool find__has_module(struct sym_table *t, const char *module);
/* A function, and one that is still there. */
bool ref__is_function(const struct sym_table *t, const struct sym_ref *r);
/* Its module by name: "vmlinux" for the kernel. */
const char *ref__place(const struct sym_ref *r);

#endif
