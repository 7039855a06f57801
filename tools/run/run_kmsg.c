// SPDX-License-Identifier: GPL-2.0-only
/* run_kmsg.c - see run_kmsg.h */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "run_kernel.h"
#include "run_kmsg.h"

#define RECORD_MAX 8192
#define RECORDS_MAX 10000 /* of a log that fills as fast as it is read */
#define US_PER_SEC 1000000ULL

void kmsg__begin(struct kmsg *k)
{
	char path[PATH_MAX];

	k->text = NULL;
	k->fd = -1;
	if (kernel__path(path, "/dev/kmsg"))
		k->fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	if (k->fd >= 0)
		lseek(k->fd, 0, SEEK_END);
}

/*
 * 6,339,5140900,-;NET: Registered PF_INET protocol family
 *  SUBSYSTEM=acpi
 */
static void kmsg__put(FILE *out, char *record)
{
	unsigned long long us;
	char *line, *text;

	for (line = strtok(record, "\n"); line; line = strtok(NULL, "\n")) {
		text = strchr(line, ';');
		if (!text || sscanf(line, "%*u,%*u,%llu,", &us) != 1)
			continue;
		fprintf(out, "[%5llu.%06llu] %s\n", us / US_PER_SEC,
			us % US_PER_SEC, text + 1);
	}
}

void kmsg__end(struct kmsg *k)
{
	char record[RECORD_MAX];
	size_t size;
	FILE *out = open_memstream(&k->text, &size);
	int left = RECORDS_MAX;
	ssize_t len;

	while (out && k->fd >= 0 && left--) {
		len = read(k->fd, record, sizeof(record) - 1);
		/* EPIPE: older ones were lost, and what is left follows. */
		if (len < 0 && errno == EPIPE)
			continue;
		if (len <= 0)
			break;
		record[len] = '\0';
		kmsg__put(out, record);
	}
	if (out && fclose(out)) {
		free(k->text);
		k->text = NULL;
	}
	if (k->fd >= 0)
		close(k->fd);
	k->fd = -1;
}

void kmsg__show(const struct kmsg *k)
{
	const char *line = k->text, *next;
	int n = 0;

	for (next = line; next && *next; next = strchr(next, '\n') + 1)
		n++;
	for (; n > 0; n--, line = next + 1) {
		next = strchr(line, '\n');
		if (n <= KMSG_SHOWN)
			fprintf(stderr, "  %.*s\n", (int)(next - line), line);
	}
}

void kmsg__free(struct kmsg *k)
{
	if (k->fd >= 0)
		close(k->fd);
	free(k->text);
}
