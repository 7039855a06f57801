// SPDX-License-Identifier: GPL-2.0-only
/* x86_64.c - see arch.h */
#include <stddef.h>

#include "arch.h"

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

const struct arch arch_x86_64 = {
	.name = "x86_64",
	.sys_prefix = "__x64_sys_",
	.arg_regs = 6,
	.regs = x86_64_regs,
};
