// SPDX-License-Identifier: GPL-2.0-only
/*
 * hot_load.c - keeps a machine busy for SECONDS, in the functions that are
 * called most, and tells how much it got done and how late a sleeper woke.
 *
 *   hot_load SECONDS
 *
 * Prints the beats of a process that wakes every 10 ms and how late the latest
 * was; messages sent over TCP and back; forks; polls, each of which allocates;
 * turns of two processes that wake each other.
 */
#include <arpa/inet.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define BEAT_NS 10000000LL
#define SIZE 2000 /* of a message */

enum work { SENT, FORKS, POLLS, TURNS, WORKS };

static const char *const names[] = { "sent", "forks", "polls", "turns" };
static volatile uint64_t *done; /* of each work; one process writes each */

static void die(const char *what)
{
	perror(what);
	exit(1);
}

/* A child that does not outlive us, whatever ends us. */
static bool spawn(void)
{
	pid_t pid = fork();

	if (pid < 0)
		die("fork");
	if (!pid)
		prctl(PR_SET_PDEATHSIG, SIGKILL);
	return !pid;
}

/* All of it, to and fro. */
static void pass(int from, int to)
{
	char text[SIZE] = "";
	size_t left;
	ssize_t n;

	for (left = sizeof(text); left; left -= n) {
		n = read(from, text, left);
		if (n <= 0)
			exit(1);
	}
	if (write(to, text, sizeof(text)) != sizeof(text))
		exit(1);
}

/* What one writes the other reads, and the other way round; for ever. */
static void play(int mine, int others, volatile uint64_t *count)
{
	const char text[SIZE] = "";

	if (spawn())
		for (;;)
			pass(others, others);
	if (write(mine, text, sizeof(text)) != sizeof(text))
		die("write");
	for (;; ++*count)
		pass(mine, mine);
}

static void work_sent(volatile uint64_t *count)
{
	struct sockaddr_in at = {
		.sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	socklen_t len = sizeof(at);
	int listener = socket(AF_INET, SOCK_STREAM, 0);
	int sender = socket(AF_INET, SOCK_STREAM, 0);

	if (bind(listener, (void *)&at, len) || listen(listener, 1) ||
	    getsockname(listener, (void *)&at, &len) ||
	    connect(sender, (void *)&at, len))
		die("loopback");
	play(sender, accept(listener, NULL, NULL), count);
}

static void work_turns(volatile uint64_t *count)
{
	int ends[2];

	if (socketpair(AF_UNIX, SOCK_STREAM, 0, ends))
		die("socketpair");
	play(ends[0], ends[1], count);
}

static void work_forks(volatile uint64_t *count)
{
	pid_t pid;

	for (;; ++*count) {
		pid = fork();
		if (!pid)
			_exit(0);
		if (pid < 0 || waitpid(pid, NULL, 0) != pid)
			die("fork");
	}
}

/* So many that they do not fit on the kernel's stack. */
static void work_polls(volatile uint64_t *count)
{
	struct pollfd fds[100];
	int i;

	for (i = 0; i < 100; i++)
		fds[i] = (struct pollfd){ .fd = -1 };
	for (;; ++*count)
		if (poll(fds, 100, 0))
			die("poll");
}

static void start(enum work work)
{
	static void (*const works[])(volatile uint64_t * count) = {
		work_sent, work_forks, work_polls, work_turns
	};

	if (!spawn())
		return;
	prctl(PR_SET_NAME, names[work]);
	works[work](&done[work]);
	exit(1);
}

static int64_t now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000000LL + t.tv_nsec;
}

static void beat(int64_t ns)
{
	const struct timespec pause = { .tv_nsec = BEAT_NS };
	int64_t end = now() + ns, began, late, latest = 0;
	long beats;

	for (beats = 0; (began = now()) < end; beats++) {
		nanosleep(&pause, NULL);
		late = now() - began - BEAT_NS;
		if (late > latest)
			latest = late;
	}
	printf("beats=%ld late_us=%lld", beats, (long long)latest / 1000);
}

int main(int argc, char **argv)
{
	int work;

	if (argc != 2 || atoi(argv[1]) <= 0) {
		fprintf(stderr, "usage: hot_load SECONDS\n");
		return 2;
	}
	done = mmap(NULL, WORKS * sizeof(*done), PROT_READ | PROT_WRITE,
		    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (done == MAP_FAILED)
		die("mmap");
	for (work = 0; work < WORKS; work++)
		start(work);
	beat(atoi(argv[1]) * 1000000000LL);
	for (work = 0; work < WORKS; work++)
		printf(" %s=%llu", names[work], (unsigned long long)done[work]);
	printf(" \n");
	return 0;
}
