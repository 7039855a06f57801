/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * syscall.h - prototypes of system calls
 *
 * Where the architecture wraps them, BTF knows only
 * "long __x64_sys_openat(const struct pt_regs *)": the inner functions are
 * inlined, so the parameters come from a table.
 */
#ifndef DEF_SYSCALL_H
#define DEF_SYSCALL_H

#define SYSCALL_MAX_ARGS 6

struct sysdesc {
	const char *name;
	const char *params[SYSCALL_MAX_ARGS]; /* "const char __user *filename" */
};

const struct sysdesc *sysdesc__find(const char *name);
/* The parameter's name inside its declaration. */
const char *sysdesc__param_name(const char *param);
int sysdesc__nparams(const struct sysdesc *d);
/* -1 when there is none */
int sysdesc__find_param(const struct sysdesc *d, const char *name);

#endif
