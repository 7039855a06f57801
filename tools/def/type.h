/* SPDX-License-Identifier: GPL-2.0-only */
/* type.h - the types of the kprobetrace language, and BTF's in its terms. */
#ifndef DEF_TYPE_H
#define DEF_TYPE_H

#include <stdbool.h>
#include <bpf/btf.h>

struct fetch_type {
	const char *name;
	const char *ctype; /* of the record field */
	const char *kind;
	const char *format;
	unsigned int size; /* in bytes, of what is loaded */
	bool is_string;
};

/* NULL as name is the default, x64. "b4@0/8" is u8. NULL: unknown. */
const struct fetch_type *fetch_type__find(const char *name);
/* The kernel's choice for a BTF type without modifiers. */
const struct fetch_type *fetch_type__of_btf(const struct btf *btf,
					    const struct btf_type *t);
/* "b<WIDTH>@<OFFSET>/<SIZE>": 0 or -EINVAL */
int fetch_type__bitfield(const char *name, unsigned int size,
			 unsigned int *width, unsigned int *shift);
/* u8..u64 or s8..s64 with the decimal format */
const struct fetch_type *fetch_type__of_int(unsigned int size, bool is_signed);
bool btf_type__is_char(const struct btf *btf, uint32_t id);

#endif
