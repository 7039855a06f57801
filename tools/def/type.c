// SPDX-License-Identifier: GPL-2.0-only
/* type.c - see type.h */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "btf.h"
#include "str.h"
#include "type.h"

#define STRING "\\\"%s\\\""

static const struct fetch_type types[] = {
	{ "string", "str", "string", STRING, 8, true },
	{ "ustring", "str", "ustring", STRING, 8, true },
	{ "symstr", "str", "symstr", STRING, 8, true },
	{ "u8", "u8", "value", "%u", 1, false },
	{ "u16", "u16", "value", "%u", 2, false },
	{ "u32", "u32", "value", "%u", 4, false },
	{ "u64", "u64", "value", "%llu", 8, false },
	{ "s8", "s8", "value", "%d", 1, false },
	{ "s16", "s16", "value", "%d", 2, false },
	{ "s32", "s32", "value", "%d", 4, false },
	{ "s64", "s64", "value", "%lld", 8, false },
	{ "x8", "u8", "value", "0x%x", 1, false },
	{ "x16", "u16", "value", "0x%x", 2, false },
	{ "x32", "u32", "value", "0x%x", 4, false },
	{ "x64", "u64", "value", "0x%llx", 8, false },
	{ "char", "u8", "char", "'%c'", 1, false },
	{ "symbol", "u64", "symbol", "%pS", 8, false },
};

static const struct fetch_type *fetch_type__of_bits(const char *size)
{
	char name[8];
	uint64_t bits;

	if (!size || str__to_ull(size + 1, 0, &bits) ||
	    (bits != 8 && bits != 16 && bits != 32 && bits != 64))
		return NULL;
	snprintf(name, sizeof(name), "u%u", (unsigned int)bits);
	return fetch_type__find(name);
}

const struct fetch_type *fetch_type__find(const char *name)
{
	size_t i;

	if (!name)
		name = "x64";
	if (*name == 'b')
		return fetch_type__of_bits(strchr(name, '/'));
	for (i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		if (strcmp(types[i].name, name) == 0)
			return &types[i];
	return NULL;
}

const struct fetch_type *fetch_type__of_int(unsigned int size, bool is_signed)
{
	char name[8];

	snprintf(name, sizeof(name), "%c%u", is_signed ? 's' : 'u',
		 size * 8 % 1000);
	return fetch_type__find(name);
}

const struct fetch_type *fetch_type__of_btf(const struct btf *btf,
					    const struct btf_type *t)
{
	const struct fetch_type *type = NULL;

	(void)btf;
	if (btf_is_enum(t))
		type = fetch_type__find("s32");
	else if (btf_is_enum64(t))
		type = fetch_type__find("s64");
	else if (btf_is_int(t))
		type = fetch_type__of_int(t->size,
					  btf_int_encoding(t) & BTF_INT_SIGNED);
	return type ? type : fetch_type__find("x64");
}

int fetch_type__bitfield(const char *name, unsigned int size,
			 unsigned int *width, unsigned int *shift)
{
	const char *end;
	uint64_t bw, bo;

	bw = str__simple_ull(name + 1, &end);
	if (!bw || *end != '@')
		return -EINVAL;
	name = end + 1;
	bo = str__simple_ull(name, &end);
	if (end == name || *end != '/')
		return -EINVAL;
	if (bw > 64 || bo > 64 || bw + bo > size * 8)
		return -EINVAL;
	*width = (unsigned int)bw;
	*shift = (unsigned int)bo;
	return 0;
}

bool btf_type__is_char(const struct btf *btf, uint32_t id)
{
	const struct btf_type *t = btf_type__skip(btf, &id);

	return t && btf_is_int(t) && t->size == 1 &&
	       !(btf_int_encoding(t) & BTF_INT_BOOL);
}
