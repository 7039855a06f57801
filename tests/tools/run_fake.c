// SPDX-License-Identifier: GPL-2.0-only
/*
 * run_fake.c - in the place of tools/run/run_sys.c: a kernel that is a tree of
 * files, KP_SYSROOT
 *
 *   calls		load NAME PARAMS, file PATH, unload NAME: in order
 *   load.fail, file.fail, unload.fail	the error's number; unload.fail may be
 *			followed by how often
 *   unload.fail.NAME	the same, of one module
 *   load.log		what the kernel says of a module that is loaded: records
 *   load.list		the kernel's list of kprobes from then on
 *   load.taken		somebody else takes the name first, once
 *   dev/kmsg		its log
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "run_sys.h"

const char *sys__root(void)
{
	const char *root = getenv("KP_SYSROOT");

	return root ? root : "/nonexistent";
}

static FILE *fake__open(const char *name, const char *mode)
{
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s/%s", sys__root(), name);
	return fopen(path, mode);
}

static void fake__call(const char *what, const char *name, const char *more)
{
	FILE *f = fake__open("calls", "a");

	if (f) {
		fprintf(f, "%s %s%s%s\n", what, name, *more ? " " : "", more);
		fclose(f);
	}
}

/* The error of a file, so often as it says. */
static int fake__error(const char *name)
{
	FILE *f = fake__open(name, "r");
	int err = 0, times = -1;

	if (!f)
		return 0;
	if (fscanf(f, "%d %d", &err, &times) < 1)
		err = EIO;
	fclose(f);
	if (times == 0)
		return 0;
	if (times > 0 && (f = fake__open(name, "w"))) {
		fprintf(f, "%d %d\n", err, times - 1);
		fclose(f);
	}
	return -err;
}

static void fake__copy(const char *from, const char *to, const char *mode)
{
	FILE *in = fake__open(from, "r"),
	     *out = in ? fake__open(to, mode) : NULL;
	int c;

	while (out && (c = getc(in)) != EOF)
		putc(c, out);
	if (in)
		fclose(in);
	if (out)
		fclose(out);
}

static void fake__put(const char *module, const char *file, const char *text)
{
	char name[PATH_MAX];
	FILE *f;

	snprintf(name, sizeof(name), "sys/module/%s/%s", module, file);
	f = fake__open(name, "w");
	if (f) {
		fprintf(f, "%s\n", text);
		fclose(f);
	}
}

static void fake__make(const char *module, const char *params)
{
	const char *brought = strstr(params, "brought=");
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s/sys/module/%s", sys__root(), module);
	mkdir(path, 0700);
	snprintf(path, sizeof(path), "%s/sys/module/%s/parameters", sys__root(),
		 module);
	mkdir(path, 0700);
	fake__put(module, "version", "kp_load 0.1");
	fake__put(module, "parameters/ending", "0");
	fake__put(module, "parameters/stats",
		  "hits=0 shown=0 filtered=0 dropped=0 missed=0");
	fake__put(module, "parameters/brought", brought ? brought + 8 : "");
}

int sys__load(const void *image, size_t size, const char *params)
{
	const char *name = memmem(image, size, "\0name=", 6);
	char path[PATH_MAX];
	int err;

	if (!name)
		return -ENOEXEC;
	name += 6;
	fake__call("load", name, params);
	snprintf(path, sizeof(path), "%s/load.taken", sys__root());
	if (!unlink(path)) {
		fake__make(name, "");
		return -EEXIST;
	}
	fake__copy("load.log", "dev/kmsg", "a");
	err = fake__error("load.fail");
	if (err)
		return err;
	fake__copy("load.list", "sys/kernel/debug/kprobes/list", "w");
	fake__make(name, params);
	return 0;
}

int sys__load_file(int fd, int packed)
{
	char path[PATH_MAX], link[64], *name, *end;
	ssize_t len;
	int err;

	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	len = readlink(link, path, sizeof(path) - 1);
	if (len < 0)
		return -errno;
	path[len] = '\0';
	name = strrchr(path, '/') + 1;
	fake__call("file", name, packed ? "packed" : "");
	fake__copy("load.log", "dev/kmsg", "a");
	err = fake__error("file.fail");
	end = strstr(name, ".ko");
	if (err || !end)
		return err ? err : -ENOEXEC;
	*end = '\0';
	snprintf(link, sizeof(link), "%.40s", name);
	snprintf(path, sizeof(path), "%s/sys/module/%s", sys__root(), link);
	return mkdir(path, 0700) ? -errno : 0;
}

int sys__unload(const char *name)
{
	char command[PATH_MAX + 32], fail[80];
	int err = fake__error("unload.fail");

	fake__call("unload", name, "");
	snprintf(fail, sizeof(fail), "unload.fail.%.60s", name);
	if (!err)
		err = fake__error(fail);
	if (err)
		return err;
	snprintf(command, sizeof(command), "rm -r '%s/sys/module/%s'",
		 sys__root(), name);
	return system(command) ? -ENOENT : 0;
}
