/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * run_kmsg.h - what the kernel says while something is done. Nothing is written
 * to its log, and nothing is cleared.
 */
#ifndef RUN_KMSG_H
#define RUN_KMSG_H

#define KMSG_SHOWN 6 /* of the last lines */

struct kmsg {
	int fd;
	char *text; /* lines as dmesg prints them, or NULL */
};

/* From now on. Where the log cannot be read there is none. */
void kmsg__begin(struct kmsg *k);
/* All lines since then, in @text: "" where there are none. */
void kmsg__end(struct kmsg *k);
/* The last ones, indented, on stderr */
void kmsg__show(const struct kmsg *k);
void kmsg__free(struct kmsg *k);

#endif
