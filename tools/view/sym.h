/* SPDX-License-Identifier: GPL-2.0-only */
/* sym.h - addresses by name, out of /proc/kallsyms. */
#ifndef VIEW_SYM_H
#define VIEW_SYM_H

#include <stdint.h>

#include "out.h"

struct view_syms;

enum view_sym_form {
	VIEW_SYM_FULL, /* name+0xOFF/0xLEN [module], as %pS */
	VIEW_SYM_NAME, /* name [module], as %ps */
	VIEW_SYM_BARE, /* name */
};

/* path NULL is /proc/kallsyms. It is read when the first address is asked. */
struct view_syms *syms__new(const char *path);
void syms__free(struct view_syms *s);
/* An address of no symbol is shown in hexadecimal. */
void syms__put(struct view_syms *s, struct out *o, uint64_t addr,
	       enum view_sym_form form);

#endif
