// SPDX-License-Identifier: GPL-2.0-only
/*
 * view_ring.c - see view_ring.h
 *
 * A record is complete when the head is behind it: load-acquire of the head,
 * store-release of the tail. Nothing in the ring is trusted.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "view_ring.h"

int rings__init(struct view_rings *rs, uint32_t n)
{
	uint32_t i;

	memset(rs, 0, sizeof(*rs));
	rs->ring = calloc(n, sizeof(*rs->ring));
	rs->heap = calloc(n, sizeof(*rs->heap));
	if (!rs->ring || !rs->heap)
		return -ENOMEM;
	rs->n = n;
	for (i = 0; i < n; i++)
		rs->ring[i].cpu = i;
	return 0;
}

void rings__free(struct view_rings *rs)
{
	free(rs->ring);
	free(rs->heap);
	memset(rs, 0, sizeof(*rs));
}

uint64_t ring__lost(const struct view_ring *r)
{
	return __atomic_load_n(&r->control->lost, __ATOMIC_RELAXED);
}

/*
 * Whoever followed before us was told of what was lost until then; nobody knows
 * how much of it, so we start with what is lost from now on.
 */
void ring__start(struct view_ring *r)
{
	r->cur = __atomic_load_n(&r->control->tail, __ATOMIC_RELAXED);
	r->attributed = r->cur ? ring__lost(r) : 0;
}

uint64_t ring__lost_last(struct view_ring *r)
{
	uint64_t lost = ring__lost(r);

	if ((int64_t)(lost - r->attributed) <= 0)
		return 0;
	lost -= r->attributed;
	r->attributed += lost;
	return lost;
}

static void ring__advance(struct view_ring *r, uint64_t to)
{
	r->cur = to;
	r->ready = false;
	__atomic_store_n(&r->control->tail, to, __ATOMIC_RELEASE);
}

static const char *ring__check_len(const struct view_ring *r, uint64_t at,
				   uint32_t len, uint8_t type)
{
	if (len < KP_EVENT_MIN)
		return "is too short";
	if (len % 8)
		return "has a length that is no multiple of 8";
	if (len > r->size - at)
		return "goes beyond the end of the ring";
	if (len > r->head - r->cur)
		return "goes beyond the head";
	if (type != KP_EVENT_PAD && len < sizeof(struct kp_event))
		return "is too short";
	return NULL;
}

/* The next record: 1, with ev; 0 for none; -EBADMSG. */
static int ring__peek(struct view_ring *r)
{
	uint64_t at;

	r->why = NULL;
	if ((int64_t)(r->head - r->cur) <= 0)
		return 0;
	if ((r->cur | r->head) % 8)
		r->why = "begins at no multiple of 8";
	else if (r->head - r->cur > r->size)
		r->why = "was overwritten";
	while (!r->why && r->cur != r->head) {
		at = r->cur % r->size;
		memcpy(&r->ev, r->data + at, KP_EVENT_MIN);
		r->why = ring__check_len(r, at, r->ev.len, r->ev.type);
		if (r->why)
			break;
		if (r->ev.type != KP_EVENT_PAD) {
			memcpy((char *)&r->ev + KP_EVENT_MIN,
			       r->data + at + KP_EVENT_MIN,
			       sizeof(r->ev) - KP_EVENT_MIN);
			r->ready = true;
			if (r->key < r->ev.ns)
				r->key = r->ev.ns;
			return 1;
		}
		ring__advance(r, r->cur + r->ev.len);
	}
	return r->why ? -EBADMSG : 0;
}

static void rings__swap(struct view_rings *rs, uint32_t a, uint32_t b)
{
	struct view_ring *r = rs->heap[a];

	rs->heap[a] = rs->heap[b];
	rs->heap[b] = r;
}

static bool ring__is_before(const struct view_ring *a,
			    const struct view_ring *b)
{
	return a->key != b->key ? a->key < b->key : a->cpu < b->cpu;
}

static void heap__push(struct view_rings *rs, struct view_ring *r)
{
	uint32_t i = rs->heaped++;

	rs->heap[i] = r;
	for (; i && ring__is_before(r, rs->heap[(i - 1) / 2]); i = (i - 1) / 2)
		rings__swap(rs, i, (i - 1) / 2);
}

/* The first one has another key now. */
static void heap__sink(struct view_rings *rs)
{
	uint32_t i = 0, child;

	for (; (child = 2 * i + 1) < rs->heaped; i = child) {
		if (child + 1 < rs->heaped &&
		    ring__is_before(rs->heap[child + 1], rs->heap[child]))
			child++;
		if (!ring__is_before(rs->heap[child], rs->heap[i]))
			return;
		rings__swap(rs, i, child);
	}
}

static bool rings__next(struct view_rings *rs, struct view_ring *r)
{
	int ret = ring__peek(r);

	if (ret >= 0)
		return ret;
	rs->bad(rs->ctx, r);
	ring__advance(r, r->head);
	return false;
}

static void rings__fill(struct view_rings *rs)
{
	struct view_ring *r;

	rs->heaped = 0;
	for (r = rs->ring; r < rs->ring + rs->n; r++) {
		r->head = __atomic_load_n(&r->control->head, __ATOMIC_ACQUIRE);
		if (r->ready || rings__next(rs, r))
			heap__push(rs, r);
	}
}

int rings__look(struct view_rings *rs, uint64_t limit)
{
	struct view_ring *r;
	int ret;

	rings__fill(rs);
	while (rs->heaped && rs->heap[0]->key <= limit) {
		r = rs->heap[0];
		ret = rs->event(rs->ctx, r, r->data + r->cur % r->size);
		r->attributed += r->ev.lost;
		ring__advance(r, r->cur + r->ev.len);
		if (ret)
			return ret;
		if (!rings__next(rs, r))
			rs->heap[0] = rs->heap[--rs->heaped];
		heap__sink(rs);
	}
	return 0;
}

bool rings__are_waiting(const struct view_rings *rs)
{
	return rs->heaped;
}
