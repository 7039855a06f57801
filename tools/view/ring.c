// SPDX-License-Identifier: GPL-2.0-only
/*
 * ring.c - see ring.h
 *
 * A record begins at a position modulo the size of the ring, and may end in the
 * slack behind it. It is complete when the head is behind it: load-acquire of the head,
 * store-release of the tail. Nothing in a ring is trusted, and nothing is looked
 * at twice there: a copy is made, whose length is the one that was checked.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "ring.h"

#define QUEUE_MIN 65536
#define QUEUE_MAX 0x10000000 /* the rest stays where it is */

int rings__init(struct view_rings *rs, uint32_t n)
{
	uint32_t i;

	memset(rs, 0, sizeof(*rs));
	rs->ring = calloc(n + 1, sizeof(*rs->ring));
	rs->heap = calloc(n + 1, sizeof(*rs->heap));
	if (!rs->ring || !rs->heap)
		return -ENOMEM;
	rs->n = n;
	rs->most = UINT64_MAX;
	for (i = 0; i < n; i++)
		rs->ring[i].cpu = i;
	return 0;
}

void rings__free(struct view_rings *rs)
{
	uint32_t i;

	for (i = 0; i < rs->n; i++)
		free(rs->ring[i].queue);
	free(rs->ring);
	free(rs->heap);
	memset(rs, 0, sizeof(*rs));
}

static uint32_t ring__lost(const struct view_ring *r)
{
	return (uint32_t)__atomic_load_n(&r->control->lost, __ATOMIC_RELAXED);
}

/*
 * Whoever followed before us was told of what was lost until then; nobody knows
 * how much of it, so we start with what is lost from the first record on.
 */
void ring__start(struct view_ring *r)
{
	r->cur = __atomic_load_n(&r->control->tail, __ATOMIC_RELAXED);
	r->is_resumed = r->cur != 0;
	r->lost = ring__lost(r);
	r->told = r->is_resumed ? r->lost : 0;
}

uint32_t ring__lost_last(struct view_ring *r)
{
	int32_t lost = (int32_t)(r->lost - r->told);

	if (lost <= 0)
		return 0;
	r->told = r->lost;
	return (uint32_t)lost;
}

/*
 * A total that is not between the last one and the control page's is damaged,
 * or of a hit that another one interrupted.
 */
static void ring__find_gap(struct view_ring *r)
{
	int32_t gap = (int32_t)(r->ev.lost - r->told);

	r->gap = 0;
	if (r->ev.type == VIEW_EVENT_BAD || (int32_t)(r->lost - r->ev.lost) < 0)
		return;
	if (r->is_resumed) {
		r->is_resumed = false;
		r->told = r->ev.lost;
	} else if (gap > 0) {
		r->gap = (uint32_t)gap;
		r->told = r->ev.lost;
	}
}

/* Room for n bytes at the end of the queue, or NULL. */
static uint8_t *queue__reserve(struct view_ring *r, size_t n)
{
	size_t used = r->end - r->begin, cap = r->cap ? r->cap : QUEUE_MIN;
	uint8_t *queue;

	if (r->cap - r->end >= n)
		return r->queue + r->end;
	if (used)
		memmove(r->queue, r->queue + r->begin, used);
	r->begin = 0;
	r->end = used;
	/* A queue that is half empty now was worth the move. */
	if (r->cap >= n && r->cap / 2 >= used && r->cap - used >= n)
		return r->queue + r->end;
	while (cap < QUEUE_MAX && cap / 2 < used + n)
		cap *= 2;
	if (cap - used < n)
		return NULL;
	queue = realloc(r->queue, cap);
	if (!queue)
		return NULL;
	r->queue = queue;
	r->cap = cap;
	return r->queue + r->end;
}

static bool queue__add(struct view_ring *r, const struct kp_event *ev,
		       const uint8_t *data)
{
	uint8_t *to = queue__reserve(r, sizeof(r->cur) + ev->len);

	if (!to)
		return false;
	memcpy(to, &r->cur, sizeof(r->cur));
	to += sizeof(r->cur);
	memcpy(to, data, ev->len);
	memcpy(to, ev, KP_EVENT_MIN);
	r->end += sizeof(r->cur) + ev->len;
	memcpy(&r->last, to + offsetof(struct kp_event, time), sizeof(r->last));
	return true;
}

/* Takes its place in the order, with the time of the one before. */
static void queue__add_bad(struct view_ring *r)
{
	struct kp_event ev = { .len = sizeof(ev),
			       .type = VIEW_EVENT_BAD,
			       .time = r->last };

	queue__add(r, &ev, (const uint8_t *)&ev);
}

static const char *ring__check(const struct view_ring *r,
			       const struct kp_event *ev, uint64_t left)
{
	if (ev->len < KP_EVENT_MIN)
		return "is too short";
	if (ev->len % 8)
		return "has a length that is no multiple of 8";
	if (ev->len > r->size + r->slack - r->cur % r->size)
		return "goes beyond the end of the ring";
	if (ev->len > left)
		return "goes beyond the head";
	if (ev->type != KP_EVENT_PAD && ev->len < sizeof(*ev))
		return "is too short";
	return NULL;
}

/* Copies records, at most that many bytes; false where there is none. */
static bool ring__copy(struct view_ring *r, uint64_t most)
{
	const uint8_t *data;
	struct kp_event ev; /* len and type of it */
	uint64_t from = r->cur;

	r->why = NULL;
	if ((r->cur | r->head) % 8)
		r->why = "begins at no multiple of 8";
	else if (r->head - r->cur > r->size)
		r->why = "was overwritten";
	while (!r->why && r->cur != r->head && r->cur - from < most) {
		data = r->data + r->cur % r->size;
		memcpy(&ev, data, KP_EVENT_MIN);
		r->why = ring__check(r, &ev, r->head - r->cur);
		if (r->why)
			break;
		if (ev.type != KP_EVENT_PAD && !queue__add(r, &ev, data))
			break;
		r->cur += ev.len;
	}
	return !r->why;
}

/* Copies what the last look found, and gives the room back to the kernel. */
static void ring__pull(struct view_rings *rs, struct view_ring *r)
{
	if (!ring__copy(r, rs->most)) {
		rs->bad(rs->ctx, r);
		queue__add_bad(r);
		r->cur = r->head;
	}
	__atomic_store_n(&r->control->tail, r->cur, __ATOMIC_RELEASE);
}

void rings__pull(struct view_rings *rs)
{
	struct view_ring *r;
	uint64_t from;

	rs->pulled = 0;
	for (r = rs->ring; r < rs->ring + rs->n; r++) {
		r->head = __atomic_load_n(&r->control->head, __ATOMIC_ACQUIRE);
		r->lost = ring__lost(r);
		if ((int64_t)(r->head - r->cur) <= 0) {
			r->head = r->cur;
			continue;
		}
		/* Of a CPU that came online meanwhile. */
		if (!r->data && !rs->map(rs, r)) {
			r->head = r->cur;
			continue;
		}
		from = r->cur;
		ring__pull(rs, r);
		rs->pulled += r->cur - from;
	}
}

/* Looks at the first in the queue; false for none. */
static bool queue__peek(struct view_ring *r)
{
	if (r->begin == r->end) {
		r->begin = 0;
		r->end = 0;
		return false;
	}
	memcpy(&r->pos, r->queue + r->begin, sizeof(r->pos));
	memcpy(&r->ev, r->queue + r->begin + sizeof(r->pos), sizeof(r->ev));
	if (r->key < r->ev.time)
		r->key = r->ev.time;
	return true;
}

/* Where not all was copied at once, the queue is filled again. */
static bool ring__peek(struct view_rings *rs, struct view_ring *r)
{
	uint64_t from;

	while (!queue__peek(r)) {
		from = r->cur;
		if (from != r->head)
			ring__pull(rs, r);
		if (r->cur == from)
			return false;
	}
	return true;
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

int rings__pass(struct view_rings *rs, uint64_t limit)
{
	struct view_ring *r;
	const uint8_t *data;
	int ret;

	rs->heaped = 0;
	for (r = rs->ring; r < rs->ring + rs->n; r++)
		if (ring__peek(rs, r))
			heap__push(rs, r);
	while (rs->heaped && rs->heap[0]->key <= limit) {
		r = rs->heap[0];
		data = r->queue + r->begin + sizeof(r->pos);
		r->begin += sizeof(r->pos) + r->ev.len;
		ring__find_gap(r);
		ret = rs->event(rs->ctx, r, data);
		if (ret)
			return ret;
		if (!ring__peek(rs, r))
			rs->heap[0] = rs->heap[--rs->heaped];
		heap__sink(rs);
	}
	return 0;
}

uint64_t rings__left(struct view_rings *rs)
{
	struct view_ring *r;
	uint64_t left = 0;

	for (r = rs->ring; r < rs->ring + rs->n; r++) {
		if (!r->is_resumed && (int32_t)(r->lost - r->told) > 0)
			left += r->lost - r->told;
		while (ring__peek(rs, r)) {
			r->begin += sizeof(r->pos) + r->ev.len;
			left += r->ev.type == KP_EVENT_HIT;
		}
	}
	return left;
}

bool rings__are_waiting(const struct view_rings *rs)
{
	return rs->heaped;
}
