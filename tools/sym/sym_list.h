/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * sym_list.h - what may not be probed: the kernel's own list, which is final,
 * and ours of dangerous functions, lib/blacklist.list.
 */
#ifndef SYM_LIST_H
#define SYM_LIST_H

#include "sym_table.h"

/* What a probe does; a set of them. */
enum sym_use { SYM_USE_COUNT = 1, SYM_USE_PRINT = 2, SYM_USE_RETURN = 4 };

#define SYM_USES 3
extern const char *const sym_use_names[SYM_USES];

/* A function that is to be checked. */
struct sym_function {
	const char *symbol;
	const char *module; /* "" for the kernel itself */
	const char *aliases; /* parted by blanks */
	bool has_addr;
	uint64_t addr; /* of the probe */
	uint64_t count; /* functions of the name */
};

/* The entry of the kernel's list that it lies in, or the section that is on that
 * list as a whole, where the list itself cannot be read; NULL: neither.
 */
const char *forbidden__find(struct sym_table *t, const struct sym_function *f);
bool forbidden__is_known(const struct sym_table *t);

struct deny;
struct deny_list;

struct deny_list *deny_list__read(const char *path);
void deny_list__free(struct deny_list *l);
/* The first refusal for that use, or else the first warning, or NULL. */
const struct deny *deny_list__find(const struct deny_list *l,
				   const struct sym_function *f,
				   enum sym_use use);
bool deny__is_refusal(const struct deny *d);
const char *deny__reason(const struct deny *d);
const char *deny__uses(const struct deny *d); /* count,print */
/* As the list has it, and vmlinux's without its module. */
void deny__add_pattern(const struct deny *d, struct text *t);

#endif
