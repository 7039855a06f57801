// SPDX-License-Identifier: GPL-2.0-only
/* arch.c - see arch.h */
#include <stddef.h>
#include <string.h>

#include "arch.h"

static const struct arch *const archs[] = { &arch_x86_64, &arch_arm64 };

const struct arch *arch__find(const char *name)
{
	size_t i;

#ifdef __aarch64__
	name = name ? name : "arm64";
#else
	name = name ? name : "x86_64";
#endif
	for (i = 0; i < sizeof(archs) / sizeof(archs[0]); i++)
		if (strcmp(archs[i]->name, name) == 0)
			return archs[i];
	return NULL;
}

const char *arch__field(const struct arch *arch, const char *reg)
{
	const struct arch_reg *r;

	for (r = arch->regs; r->name; r++)
		if (strcmp(r->name, reg) == 0)
			return r->field;
	return NULL;
}

/*
 * x86-64: a structure of up to 16 bytes takes one or two registers, or, when
 * they do not suffice, the stack, and later parameters may still get the
 * registers left. Above 16 bytes it lies on the stack (arm64: a pointer to it
 * is passed; a structure that no longer fits ends the registers).
 */
unsigned int arch__place(const struct arch *arch, struct arch_cursor *c,
			 size_t size, unsigned int *words)
{
	bool big = size > 16;
	unsigned int at;

	if (big && arch->big_by_reference) {
		size = 8;
		big = false;
	}
	*words = size > 8 ? (unsigned int)((size + 7) / 8) : 1;
	if (!big && c->reg + *words <= arch->arg_regs) {
		at = c->reg;
		c->reg += *words;
		return at;
	}
	if (arch->big_by_reference)
		c->reg = arch->arg_regs;
	at = arch->arg_regs + c->stack;
	c->stack += *words;
	return at;
}
