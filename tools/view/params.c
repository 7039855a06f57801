// SPDX-License-Identifier: GPL-2.0-only
/* params.c - see params.h */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "params.h"

static int param__open(const char *stats, const char *name, int flags)
{
	const char *slash = strrchr(stats, '/');
	char path[PATH_MAX];
	int len = slash ? (int)(slash - stats) + 1 : 0, fd;

	len = snprintf(path, sizeof(path), "%.*s%s", len, stats, name);
	if (len < 0 || (size_t)len >= sizeof(path))
		return -ENAMETOOLONG;
	fd = open(path, flags | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

int param__read(const char *stats, const char *name, uint64_t *value)
{
	int fd = param__open(stats, name, O_RDONLY);
	char text[32];
	ssize_t len;

	if (fd < 0)
		return fd;
	len = read(fd, text, sizeof(text) - 1);
	close(fd);
	if (len < 0)
		return -EIO;
	text[len] = '\0';
	return sscanf(text, "%" SCNu64, value) == 1 ? 0 : -EBADMSG;
}

int param__write(const char *stats, const char *name, const char *text)
{
	int fd = param__open(stats, name, O_WRONLY), err = 0;
	size_t len = strlen(text);

	if (fd < 0)
		return fd;
	if (write(fd, text, len) != (ssize_t)len)
		err = -EIO;
	close(fd);
	return err;
}
