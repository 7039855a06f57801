/* SPDX-License-Identifier: GPL-2.0-only */
/* image.h - the vmlinux inside a bzImage. */
#ifndef DEF_IMAGE_H
#define DEF_IMAGE_H

#include <stdbool.h>

bool image__is_bzimage(int fd);
/*
 * An anonymous file that holds the decompressed payload of the image.
 * Result: a descriptor, or -errno: -ENOEXEC for a payload that cannot be
 * found, -EOPNOTSUPP for a compression this build has no library for,
 * -EBADMSG for damaged data. *why then says it in words, NULL: the number does.
 */
int image__vmlinux(int fd, const char **why);

#endif
