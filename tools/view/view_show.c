// SPDX-License-Identifier: GPL-2.0-only
/* view_show.c - see view_show.h; values are in view_value.c */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "view_show.h"

#define BOLD "\033[1m"
#define RED "\033[31m"
#define NORMAL "\033[m"

/* CSV's own columns: an argument of such a name is called args.NAME. */
static const char *const columns[] = {
	"ts",  "cpu", "pid", "tid", "comm",   "flags", "probe", "event",
	"sym", "off", "ret", "ns",  "caller", "stack", "lost",	NULL,
};

/* A counter in the context, or 0 where there is none. */
static uint32_t context__get(const struct view_desc *d, uint32_t context,
			     enum view_context what)
{
	uint32_t mask = d->context[what];

	return mask ? (context & mask) >> __builtin_ctz(mask) : 0;
}

/*
 * The four of ftrace's latency format, see templates/include/kp_ctx.h. An NMI
 * counts as a hard interrupt, too: one more of these was interrupted by it.
 */
static void flags__put(struct view_out *o, const struct view_desc *d,
		       const struct kp_event *ev)
{
	static const char resched[] = ".npN", depth[] = ".123456789abcdef";
	uint32_t context = ev->context ^ d->context[VIEW_FLIP];
	uint32_t irqs = ev->irqs ^ d->context[VIEW_IRQS_FLIP];
	uint32_t preempt = context__get(d, context, VIEW_PREEMPT);
	uint32_t hardirq = context__get(d, context, VIEW_HARDIRQ);
	uint32_t softirq = context__get(d, context, VIEW_SOFTIRQ);
	char *to = out__room(o, 4);

	to[0] = irqs & d->context[VIEW_IRQS] ? 'd' : '.';
	to[1] = resched[(ev->thread & d->context[VIEW_THREAD] ? 1 : 0) +
			(context__get(d, context, VIEW_RESCHED) ? 2 : 0)];
	if (context__get(d, context, VIEW_NMI))
		to[2] = hardirq > 1 ? 'Z' : 'z';
	else if (hardirq)
		to[2] = softirq ? 'H' : 'h';
	else
		to[2] = softirq ? 's' : '.';
	to[3] = depth[preempt < 15 ? preempt : 15];
	o->len += 4;
}

static size_t comm__len(const struct kp_event *ev)
{
	return strnlen(ev->comm, sizeof(ev->comm));
}

/* An argument, and not the caller, the duration, or what was returned. */
static bool show__is_arg(const struct view_record *rec,
			 const struct view_field *f)
{
	return f->kind != VIEW_CALLER && f->kind != VIEW_DURATION &&
	       f != rec->probe->ret;
}

static void text__place(struct view_show *s, const struct view_record *rec)
{
	const struct view_probe *p = rec->probe;
	struct view_out *o = s->out;

	out__chr(o, '(');
	if (p->is_return && p->caller) {
		value__text(s, o, rec, p->caller, false);
		out__mem(o, " <- ", 4);
		out__str(o, p->where_name);
	} else {
		out__str(o, p->where);
	}
	out__chr(o, ')');
}

static void text__head(struct view_show *s, const struct view_record *rec)
{
	const struct kp_event *ev = rec->ev;
	struct view_out *o = s->out;

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
	out__mem(o, ": ", 2);
	if (s->color)
		out__str(o, BOLD);
	out__str(o, rec->probe->event);
	if (s->color)
		out__str(o, NORMAL);
	out__mem(o, ": ", 2);
}

/* The probed function is its own first frame; at a return it is gone. */
static void text__stack(struct view_show *s, const struct view_record *rec)
{
	struct view_out *o = s->out;
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
	struct view_out *o = s->out;

	text__head(s, rec);
	text__place(s, rec);
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

void show__ts_json(struct view_out *o, uint64_t ns)
{
	out__mem(o, "\"ts\":", 5);
	out__u64(o, ns / 1000000000);
	out__chr(o, '.');
	out__pad(o, ns % 1000000000, 9);
}

static void json__head(struct view_show *s, const struct view_record *rec)
{
	const struct kp_event *ev = rec->ev;
	const struct view_probe *p = rec->probe;
	struct view_out *o = s->out;

	out__chr(o, '{');
	show__ts_json(o, rec->ns);
	out__mem(o, ",\"cpu\":", 7);
	out__u64(o, rec->cpu);
	out__mem(o, ",\"pid\":", 7);
	out__s64(o, ev->pid);
	out__mem(o, ",\"tid\":", 7);
	out__s64(o, ev->tid);
	out__mem(o, ",\"comm\":\"", 9);
	out__json(o, ev->comm, comm__len(ev));
	out__mem(o, "\",\"flags\":\"", 11);
	flags__put(o, s->desc, ev);
	out__mem(o, "\",\"probe\":", 10);
	out__json_str(o, p->event);
	out__str(o, p->is_return ? ",\"event\":\"return\",\"sym\":" :
				   ",\"event\":\"entry\",\"sym\":");
	out__json_str(o, p->symbol);
	out__mem(o, ",\"off\":", 7);
	out__u64(o, p->offset);
}

static void json__args(struct view_show *s, const struct view_record *rec)
{
	const struct view_probe *p = rec->probe;
	const struct view_field *f;
	struct view_out *o = s->out;
	bool any = false;

	for (f = p->fields; f < p->fields + p->nfields; f++) {
		if (!show__is_arg(rec, f))
			continue;
		out__str(o, any ? ",\"" : ",\"args\":{\"");
		out__str(o, f->name);
		out__mem(o, "\":", 2);
		value__json(s, rec, f);
		any = true;
	}
	if (any)
		out__chr(o, '}');
}

/* Names of the strings that are longer than what was recorded of them. */
static void json__cut(struct view_show *s, const struct view_record *rec)
{
	const struct view_probe *p = rec->probe;
	const struct view_field *f;
	struct view_out *o = s->out;
	bool any = false;

	for (f = p->fields; rec->cut && f < p->fields + p->nfields; f++) {
		if (!record__has(rec->cut, f) || record__has(rec->faults, f))
			continue;
		out__str(o, any ? ",\"" : ",\"cut\":[\"");
		out__str(o, f->name);
		out__chr(o, '"');
		any = true;
	}
	if (any)
		out__chr(o, ']');
}

static void json__stack(struct view_show *s, const struct view_record *rec)
{
	struct view_out *o = s->out;
	uint32_t i;

	if (!rec->stack)
		return;
	out__mem(o, ",\"stack\":[", 10);
	for (i = 0; i < rec->nstack; i++) {
		if (i)
			out__chr(o, ',');
		out__chr(o, '"');
		syms__put(s->syms, o, record__address(rec, i), VIEW_SYM_FULL);
		out__chr(o, '"');
	}
	out__chr(o, ']');
}

static void json__event(struct view_show *s, const struct view_record *rec)
{
	const struct view_probe *p = rec->probe;
	struct view_out *o = s->out;

	json__head(s, rec);
	json__args(s, rec);
	json__cut(s, rec);
	if (p->ret) {
		out__mem(o, ",\"ret\":", 7);
		value__json(s, rec, p->ret);
	}
	if (p->duration) {
		out__mem(o, ",\"ns\":", 6);
		value__json(s, rec, p->duration);
	}
	if (p->caller) {
		out__mem(o, ",\"caller\":", 10);
		value__json(s, rec, p->caller);
	}
	json__stack(s, rec);
	out__mem(o, "}\n", 2);
}

/* A value that may need quotes: it is put together beside. */
static void csv__value(struct view_show *s, const struct view_record *rec,
		       const struct view_field *f)
{
	struct view_out *o = &s->scratch;

	o->len = 0;
	value__text(s, o, rec, f, false);
	out__csv(s->out, o->data, o->len);
}

static void csv__comm(struct view_show *s, const struct kp_event *ev)
{
	struct view_out *o = &s->scratch;

	o->len = 0;
	out__plain(o, ev->comm, comm__len(ev));
	out__csv(s->out, o->data, o->len);
}

static void csv__head(struct view_show *s, const struct view_record *rec)
{
	const struct kp_event *ev = rec->ev;
	struct view_out *o = s->out;

	out__u64(o, rec->ns / 1000000000);
	out__chr(o, '.');
	out__pad(o, rec->ns % 1000000000, 9);
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
	out__chr(o, ',');
	out__csv(o, rec->probe->event, strlen(rec->probe->event));
	out__str(o, rec->probe->is_return ? ",return," : ",entry,");
	out__csv(o, rec->probe->symbol, strlen(rec->probe->symbol));
	out__chr(o, ',');
	out__u64(o, rec->probe->offset);
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
			if (f->column == column && show__is_arg(rec, f)) {
				csv__value(s, rec, f);
				break;
			}
		}
	}
}

static void csv__stack(struct view_show *s, const struct view_record *rec)
{
	struct view_out *o = &s->scratch;
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

void show__event(struct view_show *s, const struct view_record *rec)
{
	if (s->format == VIEW_JSON)
		json__event(s, rec);
	else if (s->format == VIEW_CSV)
		csv__event(s, rec);
	else
		text__event(s, rec);
	out__mark(s->out);
}

static void lost__text(struct view_show *s, uint32_t cpu, uint64_t lost)
{
	struct view_out *o = s->out;

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

/* A row with the CPU, the event "lost", and how many. */
static void lost__csv(struct view_show *s, uint32_t cpu, uint64_t lost)
{
	struct view_out *o = s->out;
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

void show__lost(struct view_show *s, uint32_t cpu, uint64_t lost)
{
	struct view_out *o = s->out;

	if (s->format == VIEW_CSV) {
		lost__csv(s, cpu, lost);
	} else if (s->format == VIEW_JSON) {
		out__str(o, "{\"lost\":");
		if (lost != VIEW_LOST_UNKNOWN)
			out__u64(o, lost);
		else
			out__str(o, "null");
		out__str(o, ",\"cpu\":");
		out__u64(o, cpu);
		out__str(o, "}\n");
	} else {
		lost__text(s, cpu, lost);
	}
}

void show__note(struct view_show *s, uint32_t cpu, uint64_t ns,
		const char *text, size_t len)
{
	struct view_out *o = s->out;

	if (s->format == VIEW_CSV)
		return;
	if (s->format == VIEW_TEXT) {
		out__mem(o, "# ", 2);
		out__plain(o, text, len);
		out__chr(o, '\n');
		return;
	}
	out__chr(o, '{');
	show__ts_json(o, ns);
	out__str(o, ",\"cpu\":");
	out__u64(o, cpu);
	out__str(o, ",\"note\":\"");
	out__json(o, text, len);
	out__str(o, "\"}\n");
}

static uint32_t show__column(struct view_show *s, const char *name)
{
	uint32_t i;

	for (i = 0; i < s->ncolumns; i++)
		if (strcmp(s->column[i], name) == 0)
			return i;
	if (i < VIEW_COLUMNS_MAX)
		s->column[s->ncolumns++] = name;
	return i;
}

static void show__set_columns(struct view_show *s, struct view_probe *p)
{
	struct view_field *f;

	s->has_ret |= !!p->ret;
	s->has_duration |= !!p->duration;
	s->has_caller |= !!p->caller;
	for (f = p->fields; f < p->fields + p->nfields; f++)
		if (f->kind != VIEW_CALLER && f->kind != VIEW_DURATION &&
		    f != p->ret)
			f->column = show__column(s, f->name);
}

int show__init(struct view_show *s)
{
	uint32_t i;

	if (out__init(&s->scratch, -1))
		return -ENOMEM;
	for (i = 0; i < s->desc->nprobes; i++)
		if (s->desc->probes[i].is_known)
			show__set_columns(s, &s->desc->probes[i]);
	return 0;
}

void show__free(struct view_show *s)
{
	out__free(&s->scratch);
}

static bool column__is_taken(const char *name)
{
	const char *const *column;

	for (column = columns; *column; column++)
		if (strcmp(*column, name) == 0)
			return true;
	return false;
}

void show__begin(struct view_show *s)
{
	struct view_out *o = s->out;
	uint32_t i;

	if (s->format != VIEW_CSV)
		return;
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
