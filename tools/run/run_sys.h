/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * run_sys.h - the calls that change the kernel. Tests have others in their
 * place: tests/tools/run_fake.c.
 */
#ifndef RUN_SYS_H
#define RUN_SYS_H

#include <stddef.h>

/* What /dev, /proc and /sys are below: nothing, but in tests. */
const char *sys__root(void);
/* All three return 0 or -errno. */
int sys__load(const void *image, size_t size, const char *params);
/* @packed: the kernel is to unpack it */
int sys__load_file(int fd, int packed);
int sys__unload(const char *name);

#endif
