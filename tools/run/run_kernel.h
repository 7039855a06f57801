/* SPDX-License-Identifier: GPL-2.0-only */
/* run_kernel.h - what the kernel's files tell, and take. */
#ifndef RUN_KERNEL_H
#define RUN_KERNEL_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>

#define KERNEL_NAME_MAX 55 /* of a module: MODULE_NAME_LEN - 1 */

/* [A-Za-z0-9_]+, no longer than that: nothing that leads to another file */
bool kernel__is_name(const char *name);
/* The path in these files; false where it is too long. */
bool kernel__path(char path[PATH_MAX], const char *format, ...)
	__attribute__((format(printf, 2, 3)));
bool kernel__is_loaded(const char *name);
/* A loaded module that kp_load made */
bool kernel__is_ours(const char *name);
/* First line of a parameter, empty where there is none. Returns 0 or -errno. */
int kernel__param(const char *name, const char *param, char *value,
		  size_t size);
int kernel__set_param(const char *name, const char *param, const char *value);
/* Is the running one that, or newer? */
bool kernel__is_since(int major, int minor);

#endif
