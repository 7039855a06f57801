// SPDX-License-Identifier: GPL-2.0-only
/* arm64.c - see arch.h */
#include <stddef.h>

#include "arch.h"

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

const struct arch arch_arm64 = {
	.name = "arm64",
	.sys_prefix = "__arm64_sys_",
	.arg_regs = 8,
	.big_by_reference = true,
	.regs = arm64_regs,
};
