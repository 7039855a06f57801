// SPDX-License-Identifier: GPL-2.0-only
/* csv.c - RFC 4180: a line of names, and a row for each event or sum */
#include <string.h>

#include "sums.h"

/* CSV's own columns: an argument of such a name is called args.NAME. */
static const char *const columns[] = {
	"ts",  "cpu", "pid", "tid", "comm",   "flags", "probe", "event",
	"sym", "off", "ret", "ns",  "caller", "stack", "lost",	NULL,
};

/* A value that may need quotes: it is put together beside. */
static void csv__value(struct view_show *s, const struct view_record *rec,
		       const struct view_field *f)
{
	struct out *o = &s->scratch;

	o->len = 0;
	value__text(s, o, rec, f, false);
	out__csv(s->out, o->data, o->len);
}

static void csv__comm(struct view_show *s, const struct kp_event *ev)
{
	struct out *o = &s->scratch;

	o->len = 0;
	out__plain(o, ev->comm, comm__len(ev));
	out__csv(s->out, o->data, o->len);
}

static void csv__constant(struct view_show *s, struct out *o,
			  const struct view_probe *p)
{
	(void)s;
	out__chr(o, ',');
	out__csv(o, p->event, strlen(p->event));
	out__str(o, p->is_return ? ",return," : ",entry,");
	out__csv(o, p->symbol, strlen(p->symbol));
	out__chr(o, ',');
	out__u64(o, p->offset);
}

static void csv__head(struct view_show *s, const struct view_record *rec)
{
	const struct kp_event *ev = rec->ev;
	struct out *o = s->out;

	seconds__put(o, rec->ns);
	out__chr(o, ',');
	out__u64(o, rec->cpu);
	out__chr(o, ',');
	out__s64(o, ev->pid);
	out__chr(o, ',');
	out__s64(o, ev->tid);
	out__chr(o, ',');
	csv__comm(s, ev);
	out__chr(o, ',');
	flags__put(o, s->desc, ev);
	show__constant(s, rec);
}

/* Arguments that this probe does not have are empty. */
static void csv__args(struct view_show *s, const struct view_record *rec)
{
	const struct view_probe *p = rec->probe;
	const struct view_field *f;
	uint32_t column;

	for (column = 0; column < s->ncolumns; column++) {
		out__chr(s->out, ',');
		for (f = p->fields; f < p->fields + p->nfields; f++) {
			if (f->column == column && field__is_arg(f, p)) {
				csv__value(s, rec, f);
				break;
			}
		}
	}
}

static void csv__stack(struct view_show *s, const struct view_record *rec)
{
	struct out *o = &s->scratch;
	uint32_t i;

	o->len = 0;
	for (i = 0; i < rec->nstack; i++) {
		if (i)
			out__chr(o, ';');
		syms__put(s->syms, o, record__address(rec, i), VIEW_SYM_FULL);
	}
	out__csv(s->out, o->data, o->len);
}

static void csv__optional(struct view_show *s, const struct view_record *rec,
			  bool has, const struct view_field *f)
{
	if (!has)
		return;
	out__chr(s->out, ',');
	if (f)
		csv__value(s, rec, f);
}

static void csv__event(struct view_show *s, const struct view_record *rec)
{
	const struct view_probe *p = rec->probe;

	csv__head(s, rec);
	csv__args(s, rec);
	csv__optional(s, rec, s->has_ret, p->ret);
	csv__optional(s, rec, s->has_duration, p->duration);
	csv__optional(s, rec, s->has_caller, p->caller);
	out__chr(s->out, ',');
	csv__stack(s, rec);
	out__mem(s->out, ",\n", 2);
}

/* A row with the CPU, the event "lost", and how many. */
static void csv__lost(struct view_show *s, uint32_t cpu, uint64_t lost)
{
	struct out *o = s->out;
	uint32_t i,
		n = s->ncolumns + s->has_ret + s->has_duration + s->has_caller;

	out__chr(o, ',');
	out__u64(o, cpu);
	out__str(o, ",,,,,,lost,,");
	for (i = 0; i < n; i++)
		out__chr(o, ',');
	out__mem(o, ",,", 2);
	if (lost != VIEW_LOST_UNKNOWN)
		out__u64(o, lost);
	out__chr(o, '\n');
}

static uint32_t csv__column(struct view_show *s, const char *name)
{
	uint32_t i;

	for (i = 0; i < s->ncolumns; i++)
		if (strcmp(s->column[i], name) == 0)
			return i;
	if (i < VIEW_COLUMNS_MAX)
		s->column[s->ncolumns++] = name;
	return i;
}

static void csv__set_columns(struct view_show *s, struct view_probe *p)
{
	struct view_field *f;

	s->has_ret |= !!p->ret;
	s->has_duration |= !!p->duration;
	s->has_caller |= !!p->caller;
	for (f = p->fields; f < p->fields + p->nfields; f++)
		if (field__is_arg(f, p))
			f->column = csv__column(s, f->name);
}

static bool column__is_taken(const char *name)
{
	const char *const *column;

	for (column = columns; *column; column++)
		if (strcmp(*column, name) == 0)
			return true;
	return false;
}

static void csv__begin(struct view_show *s)
{
	struct out *o = s->out;
	uint32_t i;

	for (i = 0; i < s->desc->nprobes; i++)
		if (s->desc->probes[i].is_known)
			csv__set_columns(s, &s->desc->probes[i]);
	out__str(o, "ts,cpu,pid,tid,comm,flags,probe,event,sym,off");
	for (i = 0; i < s->ncolumns; i++) {
		out__str(o, column__is_taken(s->column[i]) ? ",args." : ",");
		out__str(o, s->column[i]);
	}
	out__str(o, s->has_ret ? ",ret" : "");
	out__str(o, s->has_duration ? ",ns" : "");
	out__str(o, s->has_caller ? ",caller" : "");
	out__str(o, ",stack,lost\n");
}

static void csv__table(struct view_show *s)
{
	const struct view_desc *d = s->desc;

	if (d->mode == VIEW_COUNT) {
		out__str(s->out, "event,count\n");
		return;
	}
	if (d->nprobes > 1)
		out__str(s->out, "event,");
	if (d->mode == VIEW_HIST) {
		out__str(s->out, "min,max,count\n");
		return;
	}
	out__str(s->out, "count,");
	out__str(s->out, desc__key_name(d));
	out__chr(s->out, '\n');
}

static void csv__count(struct view_show *s, const char *event, uint64_t count)
{
	out__csv(s->out, event, strlen(event));
	out__chr(s->out, ',');
	out__u64(s->out, count);
	out__chr(s->out, '\n');
}

/* A column tells which of several it is. */
static void csv__sum(struct view_show *s, const struct sum *sum)
{
	if (!sum->is_one)
		return;
	out__csv(s->out, sum->title, strlen(sum->title));
	out__chr(s->out, ',');
}

static void csv__bucket(struct view_show *s, const struct sum *sum,
			const struct hist *h, uint32_t i)
{
	csv__sum(s, sum);
	hist__bounds(s->out, i, ",");
	out__chr(s->out, ',');
	out__u64(s->out, h->bucket[i]);
	out__chr(s->out, '\n');
}

static void csv__key(struct view_show *s, const struct sum *sum,
		     const struct key *k)
{
	s->scratch.len = 0;
	key__put(s, &s->scratch, sum, k);
	csv__sum(s, sum);
	out__u64(s->out, k->count);
	out__chr(s->out, ',');
	out__csv(s->out, s->scratch.data, s->scratch.len);
	out__chr(s->out, '\n');
}

static void csv__table_end(struct view_show *s)
{
	out__chr(s->out, '\n');
}

/* A note has no place in it. */
const struct view_form form_csv = {
	.name = "csv",
	.constant = csv__constant,
	.begin = csv__begin,
	.event = csv__event,
	.lost = csv__lost,
	.table = csv__table,
	.count = csv__count,
	.bucket = csv__bucket,
	.key = csv__key,
	.table_end = csv__table_end,
};
