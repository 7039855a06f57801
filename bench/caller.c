// SPDX-License-Identifier: GPL-2.0-only
/*
 * caller - what a system call costs, in instructions: rounds of COUNT calls
 * between two readings of the time-stamp counter.
 *
 * Usage: caller getppid|open COUNT ROUNDS
 *
 * For a guest of QEMU with -icount shift=0: there the counter advances by one
 * with each instruction. Rounds that are short enough see no timer interrupt:
 * the least is the number. Under chrt --fifo 1, whoever reads what a probe
 * writes runs between the rounds, not in them. Prints "LEAST MEDIAN COUNT", the
 * first two per call.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>
#include <x86intrin.h>

#define ROUNDS_MAX 1000

static void call_getppid(unsigned int count)
{
	while (count--)
		syscall(SYS_getppid);
}

/*
 * O_TMPFILE without writing is refused in do_sys_openat2() itself: nothing is
 * looked up, allocated or freed by RCU at a time of its own choice.
 */
static void call_open(unsigned int count)
{
	while (count--)
		open("/run/kp_bench/file", O_TMPFILE | O_RDONLY, 0);
}

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

int main(int argc, char **argv)
{
	const struct timespec pause = { .tv_nsec = 100 * 1000 * 1000 };
	void (*call)(unsigned int count);
	double cost[ROUNDS_MAX];
	unsigned int count, rounds, i;

	if (argc != 4) {
		fprintf(stderr, "usage: caller getppid|open COUNT ROUNDS\n");
		return 2;
	}
	call = strcmp(argv[1], "open") ? call_getppid : call_open;
	count = strtoul(argv[2], NULL, 10);
	rounds = strtoul(argv[3], NULL, 10);
	if (!count || !rounds || rounds > ROUNDS_MAX) {
		fprintf(stderr, "caller: error: numbers: out of range\n");
		return 2;
	}
	for (i = 0; i < rounds; i++) {
		unsigned long long began;

		nanosleep(&pause, NULL);
		began = __rdtsc();
		call(count);
		cost[i] = (double)(__rdtsc() - began) / count;
	}
	qsort(cost, rounds, sizeof(cost[0]), compare);
	printf("%.3f %.3f %u\n", cost[0], cost[rounds / 2], count);
	return 0;
}
