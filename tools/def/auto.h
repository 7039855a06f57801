/* SPDX-License-Identifier: GPL-2.0-only */
/* auto.h - --args and --ret: each value in the form its type deserves. */
#ifndef DEF_AUTO_H
#define DEF_AUTO_H

#include "probe.h"

/* Every parameter, taken at the function's entry. */
int auto__add_args(struct def_probe *p, const struct def_env *env,
		   struct def_error *err);
/* The return value as "ret", unless the function is void. */
int auto__add_ret(struct def_probe *p, const struct def_env *env,
		  struct def_error *err);
/* "long do_sys_openat2(int dfd, const char *filename, ...)" */
int auto__prototype(struct def_probe *p, const struct def_env *env,
		    struct buf *out, struct def_error *err);
/* The C type in which what it returns may be an error; "none": in none. */
const char *auto__returns(struct def_probe *p, const struct def_env *env);

/* The form of a value that is declared so: "int dfd"; a pointer is one. */
void auto__set_declared(struct def_arg *arg, const char *param);

#endif
