/* SPDX-License-Identifier: GPL-2.0-only */
/* arch.h - registers and argument passing of an architecture, as tables. */
#ifndef KP_ARCH_H
#define KP_ARCH_H

#include <stdbool.h>
#include <stddef.h>

struct arch_reg {
	const char *name; /* as in %NAME */
	const char *field; /* member of struct pt_regs */
};

struct arch {
	const char *name;
	const char *sys_prefix; /* of a system call's wrapper */
	unsigned int arg_regs;
	bool big_by_reference; /* structures above 16 bytes */
	const struct arch_reg *regs;
};

extern const struct arch arch_x86_64, arch_arm64;

/* Where the next parameter goes. Zero is the start. */
struct arch_cursor {
	unsigned int reg;
	unsigned int stack;
};

/* NULL for a name we do not know; NULL as name is the build's own. */
const struct arch *arch__find(const char *name);
const char *arch__field(const struct arch *arch, const char *reg);
/*
 * Places a parameter of size bytes. Result: the index for kp_arg(); words is
 * the number of consecutive ones it takes.
 */
unsigned int arch__place(const struct arch *arch, struct arch_cursor *c,
			 size_t size, unsigned int *words);

#endif
