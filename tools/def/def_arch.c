// SPDX-License-Identifier: GPL-2.0-only
/* def_arch.c - see def_arch.h */
#include <string.h>

#include "def_arch.h"

/* arch/x86/kernel/ptrace.c: regoffset_table */
static const struct arch_reg x86_64_regs[] = {
	{ "r15", "r15" },	  { "r14", "r14" }, { "r13", "r13" },
	{ "r12", "r12" },	  { "r11", "r11" }, { "r10", "r10" },
	{ "r9", "r9" },		  { "r8", "r8" },   { "bx", "bx" },
	{ "cx", "cx" },		  { "dx", "dx" },   { "si", "si" },
	{ "di", "di" },		  { "bp", "bp" },   { "ax", "ax" },
	{ "orig_ax", "orig_ax" }, { "ip", "ip" },   { "cs", "cs" },
	{ "flags", "flags" },	  { "sp", "sp" },   { "ss", "ss" },
	{ NULL, NULL },
};

/* arch/arm64/kernel/ptrace.c */
#define X(n)                           \
	{                              \
		"x" #n, "regs[" #n "]" \
	}
static const struct arch_reg arm64_regs[] = {
	X(0),
	X(1),
	X(2),
	X(3),
	X(4),
	X(5),
	X(6),
	X(7),
	X(8),
	X(9),
	X(10),
	X(11),
	X(12),
	X(13),
	X(14),
	X(15),
	X(16),
	X(17),
	X(18),
	X(19),
	X(20),
	X(21),
	X(22),
	X(23),
	X(24),
	X(25),
	X(26),
	X(27),
	X(28),
	X(29),
	X(30),
	{ "lr", "regs[30]" },
	{ "sp", "sp" },
	{ "pc", "pc" },
	{ "pstate", "pstate" },
	{ NULL, NULL },
};
#undef X

static const struct arch archs[] = {
	{ "x86_64", "__x64_sys_", 6, false, x86_64_regs },
	{ "arm64", "__arm64_sys_", 8, true, arm64_regs },
};

const struct arch *arch__find(const char *name)
{
	size_t i;

#ifdef __aarch64__
	name = name ? name : "arm64";
#else
	name = name ? name : "x86_64";
#endif
	for (i = 0; i < sizeof(archs) / sizeof(archs[0]); i++)
		if (strcmp(archs[i].name, name) == 0)
			return &archs[i];
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
