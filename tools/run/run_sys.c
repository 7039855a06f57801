// SPDX-License-Identifier: GPL-2.0-only
/* run_sys.c - see run_sys.h */
#include <errno.h>
#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "run_sys.h"

#define LOAD_COMPRESSED 4 /* MODULE_INIT_COMPRESSED_FILE, since 5.17 */

const char *sys__root(void)
{
	return "";
}

int sys__load(const void *image, size_t size, const char *params)
{
	return syscall(SYS_init_module, image, size, params) ? -errno : 0;
}

int sys__load_file(int fd, int packed)
{
	int flags = packed ? LOAD_COMPRESSED : 0;

	return syscall(SYS_finit_module, fd, "", flags) ? -errno : 0;
}

int sys__unload(const char *name)
{
	return syscall(SYS_delete_module, name, O_NONBLOCK) ? -errno : 0;
}
