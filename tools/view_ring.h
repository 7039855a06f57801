/* SPDX-License-Identifier: GPL-2.0-only */
/* view_ring.h - the rings of all CPUs as one stream in the order of time. */
#ifndef VIEW_RING_H
#define VIEW_RING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "kp_abi.h"

/**
 * struct view_ring - the ring of one CPU
 * @control: shared with the kernel
 * @data: of @size bytes, written by the kernel
 * @cur: position of what was not taken yet
 * @head: end of what was there when it was looked at
 * @key: time of the record, never before that of one before it
 * @attributed: of @control->lost, what records told of
 * @ev: head of the record at @cur, where @ready
 * @why: what is wrong at @cur
 */
struct view_ring {
	struct kp_control *control;
	const uint8_t *data;
	uint64_t size;
	uint64_t cur;
	uint64_t head;
	uint64_t key;
	uint64_t attributed;
	uint32_t cpu;
	bool ready;
	struct kp_event ev;
	const char *why;
};

/**
 * struct view_rings - all of them, and who is told of what is in them
 * @event: of a record; anything but 0 ends the look
 * @bad: of a position that holds no record; the rest of the ring is left out
 */
struct view_rings {
	struct view_ring *ring;
	uint32_t n;
	struct view_ring **heap;
	uint32_t heaped;
	int (*event)(void *ctx, struct view_ring *r, const uint8_t *record);
	void (*bad)(void *ctx, struct view_ring *r);
	void *ctx;
};

int rings__init(struct view_rings *rs, uint32_t n);
void rings__free(struct view_rings *rs);
void ring__start(struct view_ring *r);
/* Looks once at each ring, and takes what is not younger than limit. */
int rings__look(struct view_rings *rs, uint64_t limit);
/* Records wait for a later look? */
bool rings__are_waiting(const struct view_rings *rs);
/* Hits that were lost behind the last record. */
uint64_t ring__lost_last(struct view_ring *r);
uint64_t ring__lost(const struct view_ring *r);

#endif
