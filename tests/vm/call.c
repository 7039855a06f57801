// SPDX-License-Identifier: GPL-2.0-only
/*
 * call.c - a process that does one thing when it is told
 *
 * usage: call FIFO ACTION [ARG...]; it is ready when FIFO.ready exists, and
 * goes on when something is written to FIFO.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

static long page;
static char *none; /* a page that may not be read, behind one that may */

static void *map(size_t size, int prot, int fd)
{
	int flags = MAP_PRIVATE | (fd < 0 ? MAP_ANONYMOUS : 0);
	void *p = mmap(NULL, size, prot, flags, fd, 0);

	if (p == MAP_FAILED)
		abort();
	return p;
}

static long openat_at(const volatile void *path)
{
	return syscall(SYS_openat, AT_FDCWD, path, O_RDONLY, 0);
}

static int do_open(char **arg)
{
	return openat_at(arg[0]) < 0;
}

/* Whether it works or not: open PATH..., access PATH... */
static int do_try(char **arg)
{
	for (; *arg; arg++) {
		openat_at(*arg);
		access(*arg, R_OK);
	}
	return 0;
}

/* seek PATH OFFSET...: each from the beginning */
static int do_seek(char **arg)
{
	int fd = open(*arg, O_RDWR | O_CREAT, 0600);

	for (arg++; *arg; arg++)
		lseek(fd, strtol(*arg, NULL, 0), SEEK_SET);
	return fd < 0;
}

/* read PATH SIZE OFFSET, direct; write PATH SIZE */
static int do_read(char **arg)
{
	int flags = strncmp(arg[0], "/dev/", 5) ? 0 : O_DIRECT;
	int fd = open(arg[0], O_RDONLY | flags);
	char *buf = map(1 << 20, PROT_READ | PROT_WRITE, -1);

	return pread(fd, buf, strtoul(arg[1], NULL, 0),
		     strtol(arg[2], NULL, 0)) < 0;
}

static int do_write(char **arg)
{
	int fd = open(arg[0], O_WRONLY | O_CREAT, 0600);
	size_t size = strtoul(arg[1], NULL, 0);
	char *buf = map(1 << 20, PROT_READ | PROT_WRITE, -1);

	return write(fd, buf, size) != (ssize_t)size;
}

/* Nobody listens there. */
static int do_connect(char **arg)
{
	struct sockaddr_in in = {
		.sin_family = AF_INET,
		.sin_port = htons(strtoul(arg[1], NULL, 0)),
	};
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	inet_pton(AF_INET, arg[0], &in.sin_addr);
	connect(fd, (struct sockaddr *)&in, sizeof(in));
	return errno != ECONNREFUSED;
}

/* To a path, and to an abstract name that begins with @; neither ends in NUL. */
static int do_connect_unix(char **arg)
{
	struct sockaddr_un un = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);
	size_t len = strlen(arg[0]);

	memset(un.sun_path, '!', sizeof(un.sun_path));
	memcpy(un.sun_path, arg[0], len);
	if (un.sun_path[0] == '@')
		un.sun_path[0] = '\0';
	connect(fd, (struct sockaddr *)&un,
		offsetof(struct sockaddr_un, sun_path) + len);
	return errno != ECONNREFUSED && errno != ENOENT;
}

/* More descriptors than fit on the stack: the rest is allocated. */
static int do_poll(char **arg)
{
	struct pollfd fds[300] = { { 0 } };
	unsigned long n = strtoul(arg[0], NULL, 0);

	return poll(fds, n, 0) < 0;
}

static int do_sleep(char **arg)
{
	struct timespec t = { .tv_nsec = strtol(arg[0], NULL, 0) * 1000000 };

	return nanosleep(&t, NULL);
}

static int do_exec(char **arg)
{
	char *const argv[] = { arg[0], NULL };

	execve(arg[0], argv, NULL);
	return 1;
}

/* Every kind of address at which no string of ours is, N times in all. */
static int do_hostile(char **arg)
{
	long i, n = strtol(arg[0], NULL, 0);
	char *gone = map(page, PROT_READ, -1);
	const volatile void *bad[] = {
		NULL,
		(void *)1,
		gone,
		gone + page - 1,
		none,
		none - 1, /* begins in a good page, ends in the bad one */
		(void *)0x00007ffffffff000, /* the end of user space */
		(void *)0x0000800000000000, /* not canonical */
		(void *)0x8000000000000000,
		(void *)0xffff7fffffffffff,
		(void *)0xffff888000000000, /* the kernel's: memory, text */
		(void *)0xffffffff81000000,
		(void *)0xffffffffff600000, /* vsyscall */
		(void *)-1,
	};

	munmap(gone, page);
	none[-1] = 'x';
	for (i = 0; i < n; i++)
		if (openat_at(bad[i % (sizeof(bad) / sizeof(*bad))]) >= 0 ||
		    errno != EFAULT)
			return 1;
	return 0;
}

/* Names of 0 to 20 bytes before @end, behind which nothing can be read. */
static void open_before(char *end)
{
	int len;

	memset(end - 32, 'a', 31);
	end[-1] = '\0';
	for (len = 0; len <= 20; len++)
		openat_at(end - 1 - len);
}

/* The end of a page, and that of all of user space. */
static int do_edges(char **arg)
{
	char *last = mmap((void *)(0x00007ffffffff000 - page), page,
			  PROT_READ | PROT_WRITE,
			  MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1,
			  0);

	if (last == MAP_FAILED)
		return 1;
	open_before(none);
	open_before(last + page);
	return 0;
}

/* A path in a file that is mapped and that nobody has touched yet. */
static int do_absent(char **arg)
{
	int fd = open(arg[0], O_RDONLY);
	char *path = map(page, PROT_READ, fd);

	return openat_at(path) < 0;
}

static const struct {
	const char *name;
	int (*run)(char **arg);
} actions[] = {
	{ "open", do_open },
	{ "try", do_try },
	{ "seek", do_seek },
	{ "read", do_read },
	{ "write", do_write },
	{ "connect", do_connect },
	{ "connect-unix", do_connect_unix },
	{ "poll", do_poll },
	{ "sleep", do_sleep },
	{ "exec", do_exec },
	{ "hostile", do_hostile },
	{ "edges", do_edges },
	{ "absent", do_absent },
};

static void wait_for(const char *fifo)
{
	int fd = open(fifo, O_RDWR);
	char ready[4096], c;

	snprintf(ready, sizeof(ready), "%s.ready", fifo);
	close(open(ready, O_CREAT | O_WRONLY, 0600));
	if (read(fd, &c, 1) != 1)
		abort();
}

int main(int argc, char **argv)
{
	size_t i;

	if (argc < 3)
		return 2;
	page = sysconf(_SC_PAGESIZE);
	none = (char *)map(2 * page, PROT_READ | PROT_WRITE, -1) + page;
	mprotect(none, page, PROT_NONE);
	wait_for(argv[1]);
	for (i = 0; i < sizeof(actions) / sizeof(*actions); i++)
		if (strcmp(actions[i].name, argv[2]) == 0)
			return actions[i].run(argv + 3);
	return 2;
}
