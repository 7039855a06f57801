// SPDX-License-Identifier: GPL-2.0-only
/* text.c - lines for people: events as ftrace has them, sums as tables */
#include <string.h>

#include "colors.h"
#include "sums.h"

#define BAR 40

static bool text__has_caller(const struct view_probe *p)
{
	return p->is_return && p->caller;
}

static void text__constant(struct view_show *s, struct out *o,
			   const struct view_probe *p)
{
	out__mem(o, ": ", 2);
	if (s->color)
		out__str(o, BOLD);
	out__str(o, p->event);
	if (s->color)
		out__str(o, NORMAL);
	out__mem(o, ": (", 3);
	if (!text__has_caller(p)) {
		out__str(o, p->where);
		out__chr(o, ')');
	}
}

static void text__head(struct view_show *s, const struct view_record *rec)
{
	const struct kp_event *ev = rec->ev;
	struct out *o = s->out;

	out__plain(o, ev->comm, comm__len(ev));
	out__chr(o, '-');
	out__s64(o, ev->tid);
	out__mem(o, " [", 2);
	out__pad(o, rec->cpu, 3);
	out__mem(o, "] ", 2);
	flags__put(o, s->desc, ev);
	out__chr(o, ' ');
	out__u64(o, rec->ns / 1000000000);
	out__chr(o, '.');
	out__pad(o, rec->ns % 1000000000 / 1000, 6);
	show__constant(s, rec);
	if (text__has_caller(rec->probe)) {
		value__text(s, o, rec, rec->probe->caller, false);
		out__mem(o, " <- ", 4);
		out__str(o, rec->probe->where_name);
		out__chr(o, ')');
	}
}

/* The probed function is its own first frame; at a return it is gone. */
static void text__stack(struct view_show *s, const struct view_record *rec)
{
	struct out *o = s->out;
	uint32_t i;

	if (rec->stack && !rec->probe->is_return) {
		out__mem(o, " => ", 4);
		out__str(o, rec->probe->where_name);
		out__chr(o, '\n');
	}
	for (i = 0; i < rec->nstack; i++) {
		out__mem(o, " => ", 4);
		syms__put(s->syms, o, record__address(rec, i), VIEW_SYM_NAME);
		out__chr(o, '\n');
	}
}

static void text__event(struct view_show *s, const struct view_record *rec)
{
	const struct view_probe *p = rec->probe;
	const struct view_field *f;
	struct out *o = s->out;

	text__head(s, rec);
	for (f = p->fields; f < p->fields + p->nfields; f++) {
		if (f->kind == VIEW_DURATION ||
		    (f->kind == VIEW_CALLER && p->is_return))
			continue;
		out__chr(o, ' ');
		out__str(o, f->name);
		out__chr(o, '=');
		value__text(s, o, rec, f, true);
	}
	if (p->duration) {
		out__mem(o, " ns=", 4);
		value__text(s, o, rec, p->duration, false);
	}
	out__chr(o, '\n');
	text__stack(s, rec);
}

static void text__lost(struct view_show *s, uint32_t cpu, uint64_t lost)
{
	struct out *o = s->out;

	if (s->color)
		out__str(o, RED);
	out__str(o, "CPU:");
	out__u64(o, cpu);
	out__str(o, " [LOST ");
	if (lost != VIEW_LOST_UNKNOWN) {
		out__u64(o, lost);
		out__chr(o, ' ');
	}
	out__str(o, "EVENTS]");
	if (s->color)
		out__str(o, NORMAL);
	out__chr(o, '\n');
}

static void text__note(struct view_show *s, uint32_t cpu, uint64_t ns,
		       const char *text, size_t len)
{
	(void)cpu;
	(void)ns;
	out__mem(s->out, "# ", 2);
	out__plain(s->out, text, len);
	out__chr(s->out, '\n');
}

static void text__table(struct view_show *s)
{
	if (s->desc->mode != VIEW_COUNT)
		return;
	out__str(s->out, "EVENT");
	out__spaces(s->out, s->width - 5);
	out__str(s->out, " COUNT\n");
}

static void text__count(struct view_show *s, const char *event, uint64_t count)
{
	out__str(s->out, event);
	out__spaces(s->out, s->width - strlen(event));
	out__chr(s->out, ' ');
	out__u64(s->out, count);
	out__chr(s->out, '\n');
}

static void text__hist(struct view_show *s, const struct sum *sum,
		       const struct hist *h)
{
	out__str(s->out, sum->title);
	out__str(s->out, ": ");
	out__str(s->out, h->of);
	out__str(s->out, h->is_time ? " in ns\n" : "\n");
}

/* Of one more significant digit than ftrace's own histograms: 1K is 1024. */
static void text__bound(struct out *o, unsigned int power)
{
	static const char unit[] = " KMGTPE";

	out__u64(o, 1ULL << power % 10);
	if (power >= 10)
		out__chr(o, unit[power / 10]);
}

static void text__range(struct out *o, uint32_t i)
{
	if (i == HIST_NEGATIVE) {
		out__str(o, "(..., 0)");
	} else if (i < 2) {
		out__chr(o, '[');
		out__u64(o, i);
		out__chr(o, ']');
	} else {
		out__chr(o, '[');
		text__bound(o, i - 1);
		out__str(o, ", ");
		text__bound(o, i);
		out__chr(o, ')');
	}
}

static void text__bucket(struct view_show *s, const struct sum *sum,
			 const struct hist *h, uint32_t i)
{
	double part = (double)h->bucket[i] / (double)h->largest;
	uint32_t bar = (uint32_t)(part * BAR), j;
	struct out *o = &s->scratch;

	(void)sum;
	o->len = 0;
	text__range(o, i);
	out__mem(s->out, o->data, o->len);
	out__spaces(s->out, o->len < 16 ? 16 - o->len : 1);
	out__right(s->out, h->bucket[i], 10);
	out__str(s->out, " |");
	for (j = 0; j < BAR; j++)
		out__chr(s->out, j < bar ? '@' : ' ');
	out__str(s->out, "|\n");
}

static void text__keys(struct view_show *s, const struct sum *sum)
{
	out__str(s->out, sum->title);
	out__str(s->out, ": by ");
	out__str(s->out, desc__key_name(s->desc));
	out__chr(s->out, '\n');
}

static void text__key_stack(struct view_show *s, const struct sum *sum,
			    const struct key *k)
{
	const struct view_probe *leaf = sum__leaf(sum);
	uint32_t i, n = key__depth(s->desc, k);

	if (leaf) {
		out__str(s->out, " => ");
		out__str(s->out, leaf->where_name);
		out__chr(s->out, '\n');
	}
	for (i = 0; i < n; i++) {
		out__str(s->out, " => ");
		syms__put(s->syms, s->out, key__frame(k, i), VIEW_SYM_NAME);
		out__chr(s->out, '\n');
	}
}

static void text__key(struct view_show *s, const struct sum *sum,
		      const struct key *k)
{
	out__right(s->out, k->count, 10);
	if (s->desc->key == VIEW_KEY_STACK) {
		out__chr(s->out, '\n');
		text__key_stack(s, sum, k);
		return;
	}
	out__chr(s->out, ' ');
	key__put(s, s->out, sum, k);
	out__chr(s->out, '\n');
}

static void text__table_end(struct view_show *s)
{
	out__chr(s->out, '\n');
}

const struct view_form form_text = {
	.name = "text",
	.has_colors = true,
	.leaves_out_empty = true,
	.constant = text__constant,
	.event = text__event,
	.lost = text__lost,
	.note = text__note,
	.table = text__table,
	.count = text__count,
	.hist = text__hist,
	.bucket = text__bucket,
	.keys = text__keys,
	.key = text__key,
	.table_end = text__table_end,
};
