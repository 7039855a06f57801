// SPDX-License-Identifier: GPL-2.0-only
/*
 * keys.c - counts of keys, see sums.h
 *
 * A CPU has a table for each probe, { u64 count; char key[BYTES]; }[SLOTS]; the
 * kernel counts on meanwhile.
 */
#include <stdlib.h>
#include <string.h>

#include "fnv.h"
#include "sums.h"

/* Keys of all CPUs, each once: an open table of a power of two. */
struct table {
	struct key *key;
	uint64_t size;
	uint64_t n;
	uint32_t bytes;
};

uint64_t slot__count(const struct view_desc *d, const uint8_t *data, uint64_t i)
{
	const uint8_t *slot = data + i * (8 + (uint64_t)d->key_bytes);
	int64_t n = (int64_t)mem__u64(slot);

	/* What it counts was written before, see kp_keys_add(). */
	__atomic_thread_fence(__ATOMIC_ACQUIRE);
	/* Below 0 its key is just being written. */
	return n > 0 ? (uint64_t)n : 0;
}

static uint64_t key__hash(const uint8_t *p, uint32_t n)
{
	uint64_t h = fnv__add(FNV_BEGIN, p, n);

	return h ^ h >> 32;
}

/* There is room: the table is twice as large as all areas. */
static void table__add(struct table *t, const uint8_t *bytes, uint64_t count)
{
	uint64_t i = key__hash(bytes, t->bytes) & (t->size - 1);

	while (t->key[i].bytes && memcmp(t->key[i].bytes, bytes, t->bytes))
		i = (i + 1) & (t->size - 1);
	t->n += !t->key[i].bytes;
	t->key[i].bytes = bytes;
	t->key[i].count += count;
}

static int key__compare(const void *a, const void *b)
{
	const struct key *x = a, *y = b;

	if (!x->bytes || !y->bytes)
		return !x->bytes - !y->bytes;
	return x->count > y->count ? -1 : x->count < y->count;
}

/* Fills it; the used ones come first then, in descending order. */
static bool table__fill(struct table *t, const struct view_desc *d, uint64_t at,
			const uint8_t *const *data)
{
	uint64_t i, count, used = 0;
	uint32_t cpu;

	for (cpu = 0; cpu < d->cpus; cpu++)
		for (i = 0; i < d->slots; i++)
			used += slot__count(d, data[cpu] + at, i) != 0;
	/* Slots that are taken from now on may be left out. */
	for (t->size = 16; t->size < used * 2; t->size *= 2)
		;
	t->key = calloc(t->size, sizeof(*t->key));
	if (!t->key)
		return false;
	t->bytes = d->key_bytes;
	for (cpu = 0; cpu < d->cpus; cpu++) {
		for (i = 0; i < d->slots && t->n < used; i++) {
			count = slot__count(d, data[cpu] + at, i);
			if (count)
				table__add(t,
					   data[cpu] + at + 8 +
						   i * (8 + (uint64_t)t->bytes),
					   count);
		}
	}
	qsort(t->key, t->size, sizeof(*t->key), key__compare);
	return true;
}

uint32_t key__depth(const struct view_desc *d, const struct key *k)
{
	uint32_t n = 0;

	while (n < d->key_bytes / 8 && key__frame(k, n))
		n++;
	return n;
}

uint64_t key__frame(const struct key *k, uint32_t i)
{
	return mem__u64(k->bytes + 8 * (size_t)i);
}

const struct view_probe *sum__leaf(const struct sum *sum)
{
	return sum->probe && !sum->probe->is_return ? sum->probe : NULL;
}

static void key__put_stack(struct view_show *s, struct out *o,
			   const struct sum *sum, const struct key *k)
{
	const struct view_probe *leaf = sum__leaf(sum);
	uint32_t i, n = key__depth(s->desc, k);

	for (i = 0; i < n; i++) {
		if (i)
			out__chr(o, ';');
		syms__put(s->syms, o, key__frame(k, n - 1 - i), VIEW_SYM_BARE);
	}
	if (leaf) {
		out__str(o, n ? ";" : "");
		out__str(o, leaf->symbol);
	}
}

void key__put(struct view_show *s, struct out *o, const struct sum *sum,
	      const struct key *k)
{
	const char *comm = (const char *)k->bytes;

	switch (s->desc->key) {
	case VIEW_KEY_COMM:
		out__plain(o, comm, strnlen(comm, s->desc->key_bytes));
		break;
	case VIEW_KEY_RET:
		value__errno(o, (int64_t)mem__u64(k->bytes));
		break;
	case VIEW_KEY_SYM:
		syms__put(s->syms, o, mem__u64(k->bytes), VIEW_SYM_NAME);
		break;
	case VIEW_KEY_STACK:
		key__put_stack(s, o, sum, k);
		break;
	}
}

uint64_t keys__show(struct view_show *s, const struct sum *sum,
		    const uint8_t *const *data)
{
	struct table t = { 0 };
	uint64_t total = 0, i;

	if (!table__fill(&t, s->desc, sum->at, data))
		return 0;
	if (sum->is_one && t.n && s->form->keys)
		s->form->keys(s, sum);
	for (i = 0; i < t.n; i++) {
		s->form->key(s, sum, &t.key[i]);
		total += t.key[i].count;
	}
	free(t.key);
	return total;
}
