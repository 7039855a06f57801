/* SPDX-License-Identifier: GPL-2.0-only */
/* file.h - what is written is written whole. */
#ifndef KP_FILE_H
#define KP_FILE_H

#include <errno.h>
#include <stddef.h>
#include <unistd.h>

/* Returns 0 or -errno. */
static inline int file__write_all(int fd, const void *data, size_t len)
{
	const char *p = data;
	ssize_t done;

	for (; len; p += done, len -= (size_t)done) {
		done = write(fd, p, len);
		if (done < 0 && errno == EINTR)
			done = 0;
		if (done < 0)
			return -errno;
	}
	return 0;
}

#endif
