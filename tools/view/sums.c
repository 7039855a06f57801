// SPDX-License-Identifier: GPL-2.0-only
/*
 * sums.c - see sums.h
 *
 * A CPU has a table for each probe: a histogram is u64[KP_HIST_LEN], keys are
 * { u64 count; char key[BYTES]; }[SLOTS]; the kernel counts on meanwhile.
 */
#include <stdlib.h>
#include <string.h>

#include "sums.h"

#define BAR 40
#define NEGATIVE (KP_HIST_LEN - 1)

struct key {
	uint64_t count;
	const uint8_t *bytes;
};

/* Keys of all CPUs, each once: an open table of a power of two. */
struct table {
	struct key *key;
	uint64_t size;
	uint64_t n;
	uint32_t bytes;
};

/**
 * struct sum - what was added up of one probe
 * @probe: or NULL, where the description has none
 * @title: the event, or the module where it is not one alone
 * @is_one: of several, which the output has to tell apart
 * @of: what a histogram is of
 * @at: where its table is in an area
 */
struct sum {
	const struct view_probe *probe;
	const char *title;
	bool is_one;
	const char *of;
	uint64_t at;
};

static uint64_t slot__count(const struct view_desc *d, const uint8_t *data,
			    uint64_t i)
{
	int64_t n = (int64_t)mem__u64(data + i * (8 + (uint64_t)d->key_bytes));

	/* Below 0 its key is just being written. */
	return n > 0 ? (uint64_t)n : 0;
}

uint64_t sums__total(const struct view_desc *d, const uint8_t *const *data)
{
	uint64_t total = 0, i, n = desc__tables(d);
	uint32_t cpu;

	for (cpu = 0; d->mode != VIEW_COUNT && cpu < d->cpus; cpu++) {
		if (d->mode == VIEW_HIST)
			for (i = 0; i < n * KP_HIST_LEN; i++)
				total += mem__u64(data[cpu] + 8 * i);
		else
			for (i = 0; i < n * d->slots; i++)
				total += slot__count(d, data[cpu], i);
	}
	return total;
}

/* Of table n; false: a number that no probe has. */
static bool sum__init(struct sum *sum, const struct view_desc *d, uint32_t n)
{
	if (d->nprobes && !d->probes[n].is_known)
		return false;
	sum->probe = d->nprobes ? &d->probes[n] : NULL;
	sum->title = sum->probe ? sum->probe->event : d->name;
	sum->is_one = d->nprobes > 1;
	sum->of = d->hist_of[n];
	sum->at = n * desc__table_size(d);
	return d->mode != VIEW_HIST || sum->of;
}

/* Of one more significant digit than ftrace's own histograms: 1K is 1024. */
static void out__bound(struct out *o, unsigned int power)
{
	static const char unit[] = " KMGTPE";

	out__u64(o, 1ULL << power % 10);
	if (power >= 10)
		out__chr(o, unit[power / 10]);
}

static void hist__range(struct out *o, uint32_t i)
{
	if (i == NEGATIVE) {
		out__str(o, "(..., 0)");
	} else if (i < 2) {
		out__chr(o, '[');
		out__u64(o, i);
		out__chr(o, ']');
	} else {
		out__chr(o, '[');
		out__bound(o, i - 1);
		out__str(o, ", ");
		out__bound(o, i);
		out__chr(o, ')');
	}
}

static void out__spaces(struct out *o, size_t n)
{
	while (n--)
		out__chr(o, ' ');
}

static void hist__line_text(struct view_show *s, uint32_t i, uint64_t count,
			    uint64_t max)
{
	struct out *o = &s->scratch;
	uint32_t bar = (uint32_t)((double)count / (double)max * BAR), j;

	o->len = 0;
	hist__range(o, i);
	out__mem(s->out, o->data, o->len);
	out__spaces(s->out, o->len < 16 ? 16 - o->len : 1);
	o->len = 0;
	out__u64(o, count);
	out__spaces(s->out, o->len < 10 ? 10 - o->len : 0);
	out__mem(s->out, o->data, o->len);
	out__str(s->out, " |");
	for (j = 0; j < BAR; j++)
		out__chr(s->out, j < bar ? '@' : ' ');
	out__str(s->out, "|\n");
}

static void hist__bounds(struct out *o, uint32_t i, const char *min,
			 const char *max)
{
	out__str(o, min);
	if (i == NEGATIVE)
		out__str(o, "-9223372036854775808");
	else
		out__u64(o, i ? 1ULL << (i - 1) : 0);
	out__str(o, max);
	if (i == NEGATIVE)
		out__str(o, "-1");
	else
		out__u64(o, i < 64 ? (1ULL << i) - 1 : UINT64_MAX);
}

/* In CSV a column tells which of several it is. */
static void sum__csv(struct view_show *s, const struct sum *sum)
{
	if (!sum->is_one)
		return;
	out__csv(s->out, sum->title, strlen(sum->title));
	out__chr(s->out, ',');
}

static void hist__line(struct view_show *s, const struct sum *sum, uint32_t i,
		       uint64_t count, uint64_t largest, bool any)
{
	struct out *o = s->out;

	if (s->format == VIEW_TEXT) {
		hist__line_text(s, i, count, largest);
		return;
	}
	if (s->format == VIEW_CSV) {
		sum__csv(s, sum);
		hist__bounds(o, i, "", ",");
		out__chr(o, ',');
		out__u64(o, count);
		out__chr(o, '\n');
		return;
	}
	out__str(o, any ? "," : "");
	hist__bounds(o, i, "{\"min\":", ",\"max\":");
	out__str(o, ",\"count\":");
	out__u64(o, count);
	out__chr(o, '}');
}

/* Lines from the first to the last that is not empty, negative ones first. */
static void hist__lines(struct view_show *s, const struct sum *sum,
			const uint64_t *hist, uint64_t largest)
{
	uint32_t i, first = 0, last = NEGATIVE;

	while (first < NEGATIVE && !hist[first])
		first++;
	while (last > first && !hist[last - 1])
		last--;
	if (hist[NEGATIVE])
		hist__line(s, sum, NEGATIVE, hist[NEGATIVE], largest, false);
	for (i = first; i < last; i++)
		hist__line(s, sum, i, hist[i], largest,
			   i > first || hist[NEGATIVE]);
}

/* The name of what is measured, and its unit. */
static const char *hist__of(const struct sum *sum, bool *is_time)
{
	const struct view_probe *p = sum->probe;
	uint32_t i;

	*is_time = strcmp(sum->of, "duration") == 0;
	for (i = 0; p && i < p->nfields; i++) {
		char n[12] = "";
		struct out digits = { .fd = -1, .data = n, .cap = 12 };

		out__u64(&digits, p->fields[i].n);
		if (strcmp(n, sum->of))
			continue;
		*is_time = p->fields[i].kind == VIEW_DURATION;
		return p->fields[i].name;
	}
	return sum->of;
}

static uint64_t hist__show(struct view_show *s, const struct sum *sum,
			   const uint8_t *const *data)
{
	const struct view_desc *d = s->desc;
	uint64_t hist[KP_HIST_LEN] = { 0 }, total = 0, largest = 0;
	uint32_t cpu, i;
	bool is_time;
	const char *of = hist__of(sum, &is_time);

	for (i = 0; i < KP_HIST_LEN; i++) {
		for (cpu = 0; cpu < d->cpus; cpu++)
			hist[i] +=
				mem__u64(data[cpu] + sum->at + 8 * (size_t)i);
		total += hist[i];
		if (hist[i] > largest)
			largest = hist[i];
	}
	if (s->format == VIEW_TEXT && sum->is_one && !total)
		return 0;
	if (s->format == VIEW_TEXT) {
		out__str(s->out, sum->title);
		out__str(s->out, ": ");
		out__str(s->out, of);
		out__str(s->out, is_time ? " in ns\n" : "\n");
		hist__lines(s, sum, hist, largest);
	} else if (s->format == VIEW_JSON) {
		out__str(s->out, "{\"probe\":");
		out__json_str(s->out, sum->title);
		out__str(s->out, ",\"hist\":");
		out__json_str(s->out, of);
		out__str(s->out, is_time ? ",\"unit\":\"ns\"" : "");
		out__str(s->out, ",\"buckets\":[");
		hist__lines(s, sum, hist, largest);
		out__str(s->out, "]}\n");
	} else {
		hist__lines(s, sum, hist, largest);
	}
	return total;
}

static uint64_t key__hash(const uint8_t *p, uint32_t n)
{
	uint64_t h = 0xcbf29ce484222325ULL;

	while (n--)
		h = (h ^ *p++) * 0x100000001b3ULL;
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

static uint32_t key__depth(const struct view_desc *d, const struct key *k)
{
	uint32_t n = 0;

	while (n < d->key_bytes / 8 && mem__u64(k->bytes + 8 * (size_t)n))
		n++;
	return n;
}

/* The probed function, where the stacks are of its entry. */
static const struct view_probe *key__leaf(const struct sum *sum)
{
	return sum->probe && !sum->probe->is_return ? sum->probe : NULL;
}

/* As text on one line: a stack with its outermost frame first. */
static void key__put(struct view_show *s, struct out *o, const struct sum *sum,
		     const struct key *k)
{
	const struct view_desc *d = s->desc;
	const struct view_probe *leaf = key__leaf(sum);
	uint32_t i, n;

	switch (d->key) {
	case VIEW_KEY_COMM:
		out__plain(o, (const char *)k->bytes,
			   strnlen((const char *)k->bytes, d->key_bytes));
		break;
	case VIEW_KEY_RET:
		value__errno(o, (int64_t)mem__u64(k->bytes));
		break;
	case VIEW_KEY_SYM:
		syms__put(s->syms, o, mem__u64(k->bytes), VIEW_SYM_NAME);
		break;
	case VIEW_KEY_STACK:
		n = key__depth(d, k);
		for (i = 0; i < n; i++) {
			if (i)
				out__chr(o, ';');
			syms__put(s->syms, o,
				  mem__u64(k->bytes + 8 * (size_t)(n - 1 - i)),
				  VIEW_SYM_BARE);
		}
		if (leaf) {
			out__str(o, n ? ";" : "");
			out__str(o, leaf->symbol);
		}
		break;
	}
}

static void key__text(struct view_show *s, const struct sum *sum,
		      const struct key *k)
{
	const struct view_probe *leaf = key__leaf(sum);
	struct out *o = &s->scratch;
	uint32_t i, n = key__depth(s->desc, k);

	o->len = 0;
	out__u64(o, k->count);
	out__spaces(s->out, o->len < 10 ? 10 - o->len : 0);
	out__mem(s->out, o->data, o->len);
	if (s->desc->key != VIEW_KEY_STACK) {
		out__chr(s->out, ' ');
		key__put(s, s->out, sum, k);
		out__chr(s->out, '\n');
		return;
	}
	out__chr(s->out, '\n');
	if (leaf) {
		out__str(s->out, " => ");
		out__str(s->out, leaf->where_name);
		out__chr(s->out, '\n');
	}
	for (i = 0; i < n; i++) {
		out__str(s->out, " => ");
		syms__put(s->syms, s->out, mem__u64(k->bytes + 8 * (size_t)i),
			  VIEW_SYM_NAME);
		out__chr(s->out, '\n');
	}
}

static void key__json_stack(struct view_show *s, const struct key *k)
{
	uint32_t i, n = key__depth(s->desc, k);

	out__str(s->out, "\"stack\":[");
	for (i = 0; i < n; i++) {
		out__str(s->out, i ? ",\"" : "\"");
		syms__put(s->syms, s->out, mem__u64(k->bytes + 8 * (size_t)i),
			  VIEW_SYM_FULL);
		out__chr(s->out, '"');
	}
	out__chr(s->out, ']');
}

static void key__json(struct view_show *s, const struct sum *sum,
		      const struct key *k)
{
	const char *comm = (const char *)k->bytes;
	struct out *o = s->out;

	out__chr(o, '{');
	if (sum->is_one) {
		out__str(o, "\"probe\":");
		out__json_str(o, sum->title);
		out__chr(o, ',');
	}
	out__str(o, "\"count\":");
	out__u64(o, k->count);
	out__chr(o, ',');
	if (s->desc->key == VIEW_KEY_COMM) {
		out__str(o, "\"comm\":\"");
		out__json(o, comm, strnlen(comm, s->desc->key_bytes));
		out__chr(o, '"');
	} else if (s->desc->key == VIEW_KEY_RET) {
		out__str(o, "\"ret\":");
		out__s64(o, (int64_t)mem__u64(k->bytes));
	} else if (s->desc->key == VIEW_KEY_SYM) {
		out__str(o, "\"sym\":\"");
		key__put(s, o, sum, k);
		out__chr(o, '"');
	} else {
		key__json_stack(s, k);
	}
	out__str(o, "}\n");
}

static void key__csv(struct view_show *s, const struct sum *sum,
		     const struct key *k)
{
	s->scratch.len = 0;
	key__put(s, &s->scratch, sum, k);
	sum__csv(s, sum);
	out__u64(s->out, k->count);
	out__chr(s->out, ',');
	out__csv(s->out, s->scratch.data, s->scratch.len);
	out__chr(s->out, '\n');
}

/* Frames end at a ";", which a thread's name may have. */
static void frame__put(struct out *o, const char *text, size_t n)
{
	const char *end;

	while ((end = memchr(text, ';', n))) {
		out__mem(o, text, (size_t)(end - text));
		out__mem(o, "\\x3b", 4);
		n -= (size_t)(end - text) + 1;
		text = end + 1;
	}
	out__mem(o, text, n);
}

/* Of several, each begins with its event, which is a tower of its own then. */
static void key__folded(struct view_show *s, const struct sum *sum,
			const struct key *k)
{
	if (sum->is_one) {
		out__str(s->out, sum->title);
		out__chr(s->out, ';');
	}
	if (s->desc->key == VIEW_KEY_STACK) {
		key__put(s, s->out, sum, k);
	} else {
		s->scratch.len = 0;
		key__put(s, &s->scratch, sum, k);
		frame__put(s->out, s->scratch.data, s->scratch.len);
	}
	out__chr(s->out, ' ');
	out__u64(s->out, k->count);
	out__chr(s->out, '\n');
}

static const char *const key_names[] = { "comm", "ret", "stack", "sym" };

static uint64_t keys__show(struct view_show *s, const struct sum *sum,
			   const uint8_t *const *data)
{
	struct table t = { 0 };
	uint64_t total = 0, i;

	if (!table__fill(&t, s->desc, sum->at, data))
		return 0;
	if (s->format == VIEW_TEXT && sum->is_one && t.n) {
		out__str(s->out, sum->title);
		out__str(s->out, ": by ");
		out__str(s->out, key_names[s->desc->key]);
		out__chr(s->out, '\n');
	}
	for (i = 0; i < t.n; i++) {
		if (s->format == VIEW_FOLDED)
			key__folded(s, sum, &t.key[i]);
		else if (s->format == VIEW_JSON)
			key__json(s, sum, &t.key[i]);
		else if (s->format == VIEW_CSV)
			key__csv(s, sum, &t.key[i]);
		else
			key__text(s, sum, &t.key[i]);
		total += t.key[i].count;
	}
	free(t.key);
	return total;
}

static void count__put(struct view_show *s, const char *name, size_t width,
		       uint64_t count)
{
	struct out *o = s->out;

	if (s->format == VIEW_TEXT) {
		out__str(o, name);
		out__spaces(o, width - strlen(name));
		out__chr(o, ' ');
	} else if (s->format == VIEW_JSON) {
		out__str(o, "{\"probe\":");
		out__json_str(o, name);
		out__str(o, ",\"count\":");
	} else {
		out__csv(o, name, strlen(name));
		out__chr(o, ',');
	}
	out__u64(o, count);
	out__str(o, s->format == VIEW_JSON ? "}\n" : "\n");
}

/* The probe of the highest count that was not shown yet; n if there is none. */
static uint32_t count__next(const struct view_desc *d, const uint64_t *counts,
			    uint32_t n, const bool *is_shown)
{
	uint32_t i, best = n;

	for (i = 0; i < n; i++)
		if (!is_shown[i] && d->probes[i].is_known &&
		    (best == n || counts[i] > counts[best]))
			best = i;
	return best;
}

static uint64_t count__show(struct view_show *s, const uint64_t *counts,
			    uint32_t n)
{
	bool is_shown[VIEW_PROBES_MAX] = { false };
	const struct view_desc *d = s->desc;
	uint64_t total = 0;
	size_t width = 24;
	uint32_t i;

	for (i = 0; i < d->nprobes; i++)
		if (d->probes[i].is_known && strlen(d->probes[i].event) > width)
			width = strlen(d->probes[i].event);
	if (s->format == VIEW_TEXT) {
		out__str(s->out, "EVENT");
		out__spaces(s->out, width - 5);
		out__str(s->out, " COUNT\n");
	} else if (s->format == VIEW_CSV) {
		out__str(s->out, "event,count\n");
	}
	while ((i = count__next(d, counts, n, is_shown)) < n) {
		is_shown[i] = true;
		count__put(s, d->probes[i].event, width, counts[i]);
		total += counts[i];
	}
	return total;
}

static void sums__head(struct view_show *s)
{
	const struct view_desc *d = s->desc;

	if (s->format != VIEW_CSV)
		return;
	if (d->nprobes > 1)
		out__str(s->out, "event,");
	if (d->mode == VIEW_HIST) {
		out__str(s->out, "min,max,count\n");
		return;
	}
	out__str(s->out, "count,");
	out__str(s->out, key_names[d->key]);
	out__chr(s->out, '\n');
}

uint64_t sums__show(struct view_show *s, const uint8_t *const *data,
		    const uint64_t *counts, uint32_t n)
{
	const struct view_desc *d = s->desc;
	uint64_t total = 0;
	struct sum sum;
	uint32_t i;

	if (d->mode == VIEW_COUNT)
		return count__show(s, counts, n);
	sums__head(s);
	for (i = 0; i < desc__tables(d); i++) {
		if (!sum__init(&sum, d, i))
			continue;
		if (d->mode == VIEW_HIST)
			total += hist__show(s, &sum, data);
		else
			total += keys__show(s, &sum, data);
	}
	return total;
}
