// SPDX-License-Identifier: GPL-2.0-only
/* run_kernel.c - see run_kernel.h */
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "run_kernel.h"
#include "run_sys.h"

#define OURS "kp_load " /* and the version that made it */

bool kernel__is_name(const char *name)
{
	static const char chars[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				    "abcdefghijklmnopqrstuvwxyz0123456789_";
	size_t len = strspn(name, chars);

	return len && !name[len] && len <= KERNEL_NAME_MAX;
}

bool kernel__path(char path[PATH_MAX], const char *format, ...)
{
	size_t len = strlen(sys__root());
	va_list args;
	int more;

	if (len >= PATH_MAX)
		return false;
	memcpy(path, sys__root(), len);
	va_start(args, format);
	more = vsnprintf(path + len, PATH_MAX - len, format, args);
	va_end(args);
	return more >= 0 && (size_t)more < PATH_MAX - len;
}

bool kernel__is_loaded(const char *name)
{
	char path[PATH_MAX];
	struct stat st;

	return kernel__path(path, "/sys/module/%s", name) && !stat(path, &st);
}

static int kernel__read_line(const char *path, char *line, size_t size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t len = fd < 0 ? -1 : read(fd, line, size - 1);
	int err = len < 0 ? -errno : 0;

	if (fd >= 0)
		close(fd);
	line[len < 0 ? 0 : len] = '\0';
	line[strcspn(line, "\n")] = '\0';
	return err;
}

bool kernel__is_ours(const char *name)
{
	char path[PATH_MAX], version[64];

	return kernel__path(path, "/sys/module/%s/version", name) &&
	       !kernel__read_line(path, version, sizeof(version)) &&
	       !strncmp(version, OURS, strlen(OURS));
}

int kernel__param(const char *name, const char *param, char *value, size_t size)
{
	char path[PATH_MAX];

	value[0] = '\0';
	if (!kernel__path(path, "/sys/module/%s/parameters/%s", name, param))
		return -ENAMETOOLONG;
	return kernel__read_line(path, value, size);
}

int kernel__set_param(const char *name, const char *param, const char *value)
{
	size_t len = strlen(value);
	char path[PATH_MAX];
	int fd, err = 0;

	if (!kernel__path(path, "/sys/module/%s/parameters/%s", name, param))
		return -ENAMETOOLONG;
	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	if (write(fd, value, len) != (ssize_t)len)
		err = -EIO;
	close(fd);
	return err;
}

bool kernel__is_since(int major, int minor)
{
	struct utsname name;
	int is_major, is_minor;

	if (uname(&name) ||
	    sscanf(name.release, "%d.%d", &is_major, &is_minor) != 2)
		return true;
	return is_major > major || (is_major == major && is_minor >= minor);
}
