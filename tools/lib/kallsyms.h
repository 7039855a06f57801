/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * kallsyms.h - the lines of /proc/kallsyms, of nm and of System.map:
 *
 *   ffffffffc0401000 t e1000_open	[e1000]
 */
#ifndef KALLSYMS_H
#define KALLSYMS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct kallsyms_line {
	uint64_t addr;
	const char *name;
	size_t name_len;
	const char *module; /* without its brackets; NULL for the kernel's own */
	size_t module_len;
	unsigned int digits; /* of the address */
	char type;
};

/* One line, without its newline; false where it is none. */
bool kallsyms__parse(const char *line, const char *end,
		     struct kallsyms_line *l);
/* Types of code; weak objects are v and V. */
bool kallsyms__is_text(char type);
/* What stands before a function, and is never executed. */
bool kallsyms__is_padding(const char *name);
/* No module: code that the kernel makes while it runs. */
bool kallsyms__is_pseudo(const char *module);

#endif
