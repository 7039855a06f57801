/* SPDX-License-Identifier: GPL-2.0-only */
/* ring.h - the rings of all CPUs as one stream in the order of time. */
#ifndef VIEW_RING_H
#define VIEW_RING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "kp_abi.h"

#define VIEW_EVENT_BAD 0xff /* ours: there was no record */

/**
 * struct view_ring - the ring of one CPU, and what was copied out of it
 * @control: shared with the kernel
 * @data: of @size bytes, written by the kernel; NULL as long as there is none
 * @cur: position of what was not copied yet
 * @head: of @control, as it was when it was looked at
 * @slack: bytes behind @size that a record may reach into
 * @lost: of @control, as it was then
 * @told: of @lost, what records told of
 * @is_resumed: another viewer was told of what comes before the first record
 * @gap: hits that were lost before the record
 * @queue: copies that wait for their turn, each behind its position
 * @last: time of the last copy
 * @key: time of the first of them, never before that of one before it
 * @pos: its position
 * @ev: its head
 * @why: what is wrong at @cur
 */
struct view_ring {
	struct kp_control *control;
	const uint8_t *data;
	uint64_t size;
	uint64_t slack;
	uint64_t cur;
	uint64_t head;
	uint32_t lost;
	uint32_t told;
	uint32_t gap;
	bool is_resumed;
	uint8_t *queue;
	size_t cap;
	size_t begin;
	size_t end;
	uint32_t cpu;
	uint64_t last;
	uint64_t key;
	uint64_t pos;
	struct kp_event ev;
	const char *why;
};

/**
 * struct view_rings - all of them, and who is told of what is in them
 * @most: bytes of a ring to copy at once; the rest waits in the ring
 * @pulled: bytes that the last look copied
 * @event: of a record, or of a VIEW_EVENT_BAD; anything but 0 ends the look
 * @bad: of a position that holds no record; the rest of the ring is left out
 * @map: finds the data of one that had none, false where it still has none
 */
struct view_rings {
	struct view_ring *ring;
	uint32_t n;
	struct view_ring **heap;
	uint32_t heaped;
	uint64_t most;
	uint64_t pulled;
	int (*event)(void *ctx, struct view_ring *r, const uint8_t *record);
	void (*bad)(void *ctx, struct view_ring *r);
	bool (*map)(struct view_rings *rs, struct view_ring *r);
	void *ctx;
};

int rings__init(struct view_rings *rs, uint32_t n);
void rings__free(struct view_rings *rs);
void ring__start(struct view_ring *r);
/* Copies what is there now, and gives the room back to the kernel. */
void rings__pull(struct view_rings *rs);
/* Passes on what was copied and is not younger than limit. */
int rings__pass(struct view_rings *rs, uint64_t limit);
/* Records wait for their turn? */
bool rings__are_waiting(const struct view_rings *rs);
/* Hits that were not passed on, nor will be: copied, or lost with nobody told. */
uint64_t rings__left(struct view_rings *rs);
/* Hits that were lost behind the last record. */
uint32_t ring__lost_last(struct view_ring *r);

#endif
