// SPDX-License-Identifier: GPL-2.0-only
/*
 * first - how many instructions a machine of one CPU executes from the start of
 * a program to its first line that has TEXT in it; to its end where TEXT is
 * empty.
 *
 * Usage: first TEXT PROGRAM [ARGUMENT]...
 *
 * Every millisecond it makes the call that is to be seen, getppid. Counted is
 * what all tasks executed but this one, by the scheduler's clock, which in a
 * guest of QEMU with -icount shift=0 advances by a nanosecond an instruction.
 * Waiting is not counted. The program is interrupted as from a terminal.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* Virtual ones, which fly while the guest waits for this machine's files. */
#define SECONDS_MAX 7200

/* cpu0 0 0 0 0 0 0 4472579057 1628924730 9350: the seventh is task time */
static bool read_tasks(long long *ns)
{
	FILE *file = fopen("/proc/schedstat", "re");
	char line[256];
	bool found = false;

	if (!file)
		return false;
	while (!found && fgets(line, sizeof(line), file))
		found = sscanf(line, "cpu0 %*s %*s %*s %*s %*s %*s %lld", ns) ==
			1;
	fclose(file);
	return found;
}

static long long nanoseconds(clockid_t clock)
{
	struct timespec now;

	clock_gettime(clock, &now);
	return now.tv_sec * 1000000000LL + now.tv_nsec;
}

/* What all tasks have executed but this one. */
static bool read_others(long long *ns)
{
	const struct timespec moment = { .tv_nsec = 1000 };

	/* Off the CPU, for the scheduler to add what this task has used. */
	nanosleep(&moment, NULL);
	if (!read_tasks(ns))
		return false;
	*ns -= nanoseconds(CLOCK_PROCESS_CPUTIME_ID);
	return true;
}

static pid_t start(char **argv, int *out)
{
	int ends[2];
	pid_t pid;

	if (pipe2(ends, O_CLOEXEC))
		return -1;
	pid = fork();
	if (!pid) {
		setpgid(0, 0);
		dup2(ends[1], STDOUT_FILENO);
		execvp(argv[0], argv);
		fprintf(stderr, "first: error: program %s: %s\n", argv[0],
			strerror(errno));
		_exit(127);
	}
	close(ends[1]);
	*out = ends[0];
	return pid;
}

static void stop(pid_t pid)
{
	const struct timespec tenth = { .tv_nsec = 100 * 1000 * 1000 };
	int tries;

	kill(-pid, SIGINT);
	for (tries = 0; tries < SECONDS_MAX * 10; tries++) {
		if (waitpid(pid, NULL, WNOHANG))
			return;
		nanosleep(&tenth, NULL);
	}
	kill(-pid, SIGKILL);
	waitpid(pid, NULL, 0);
}

/*
 * Until a line has the text, or, without one, the end of the output; false where
 * the other comes first, or the end of patience.
 */
static bool await(int out, const char *text)
{
	const long long last =
		nanoseconds(CLOCK_MONOTONIC) + SECONDS_MAX * 1000000000LL;
	struct pollfd ready = { .fd = out, .events = POLLIN };
	char seen[65536];
	size_t length = 0;

	while (nanoseconds(CLOCK_MONOTONIC) < last) {
		ssize_t count;

		syscall(SYS_getppid);
		if (poll(&ready, 1, 1) <= 0)
			continue;
		count = read(out, seen + length, sizeof(seen) - 1 - length);
		if (count <= 0)
			return !*text;
		length += count;
		seen[length] = '\0';
		if (*text && strstr(seen, text))
			return true;
		/* Only the end can be the beginning of the text. */
		if (length > sizeof(seen) / 2) {
			memmove(seen, seen + length - 256, 256);
			length = 256;
		}
	}
	return false;
}

/* Did it do what it was asked for? */
static bool has_ended_well(pid_t pid)
{
	int status;

	return waitpid(pid, &status, 0) == pid && WIFEXITED(status) &&
	       !WEXITSTATUS(status);
}

/* Prints what was not to be seen, or how many instructions it took. */
static int measure(int out, pid_t pid, const char *text, long long began)
{
	long long ended;
	bool seen = await(out, text);

	if (seen && !*text && !has_ended_well(pid)) {
		fprintf(stderr, "first: error: it failed\n");
		return 1;
	}
	seen = seen && read_others(&ended);
	if (*text)
		stop(pid);
	if (!seen) {
		fprintf(stderr, "first: error: no line with %s\n", text);
		return 1;
	}
	printf("%lld\n", ended - began);
	return 0;
}

int main(int argc, char **argv)
{
	long long began;
	pid_t pid;
	int out;

	if (argc < 3 || strlen(argv[1]) > 255) {
		fprintf(stderr, "usage: first TEXT PROGRAM [ARGUMENT]...\n");
		return 2;
	}
	if (!read_others(&began)) {
		fprintf(stderr,
			"first: error: /proc/schedstat: no task time\n");
		return 1;
	}
	pid = start(argv + 2, &out);
	if (pid < 0) {
		fprintf(stderr, "first: error: start: %s\n", strerror(errno));
		return 1;
	}
	return measure(out, pid, argv[1], began);
}
