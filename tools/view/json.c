// SPDX-License-Identifier: GPL-2.0-only
/* json.c - an object a line, events and sums alike */
#include <string.h>

#include "sums.h"

static void json__ts(struct out *o, uint64_t ns)
{
	out__mem(o, "\"ts\":", 5);
	seconds__put(o, ns);
}

static void json__constant(struct view_show *s, struct out *o,
			   const struct view_probe *p)
{
	(void)s;
	out__str(o, "\",\"probe\":");
	out__json_str(o, p->event);
	out__str(o, p->is_return ? ",\"event\":\"return\",\"sym\":" :
				   ",\"event\":\"entry\",\"sym\":");
	out__json_str(o, p->symbol);
	out__str(o, ",\"off\":");
	out__u64(o, p->offset);
}

static void json__head(struct view_show *s, const struct view_record *rec)
{
	const struct kp_event *ev = rec->ev;
	struct out *o = s->out;

	out__chr(o, '{');
	json__ts(o, rec->ns);
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
	show__constant(s, rec);
}

static void json__args(struct view_show *s, const struct view_record *rec)
{
	const struct view_probe *p = rec->probe;
	const struct view_field *f;
	struct out *o = s->out;
	bool any = false;

	for (f = p->fields; f < p->fields + p->nfields; f++) {
		if (!field__is_arg(f, p))
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
	struct out *o = s->out;
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
	struct out *o = s->out;
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
	struct out *o = s->out;

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

static void json__lost(struct view_show *s, uint32_t cpu, uint64_t lost)
{
	struct out *o = s->out;

	out__str(o, "{\"lost\":");
	if (lost != VIEW_LOST_UNKNOWN)
		out__u64(o, lost);
	else
		out__str(o, "null");
	out__str(o, ",\"cpu\":");
	out__u64(o, cpu);
	out__str(o, "}\n");
}

static void json__note(struct view_show *s, uint32_t cpu, uint64_t ns,
		       const char *text, size_t len)
{
	struct out *o = s->out;

	out__chr(o, '{');
	json__ts(o, ns);
	out__str(o, ",\"cpu\":");
	out__u64(o, cpu);
	out__str(o, ",\"note\":\"");
	out__json(o, text, len);
	out__str(o, "\"}\n");
}

static void json__count(struct view_show *s, const char *event, uint64_t count)
{
	out__str(s->out, "{\"probe\":");
	out__json_str(s->out, event);
	out__str(s->out, ",\"count\":");
	out__u64(s->out, count);
	out__str(s->out, "}\n");
}

static void json__hist(struct view_show *s, const struct sum *sum,
		       const struct hist *h)
{
	out__str(s->out, "{\"probe\":");
	out__json_str(s->out, sum->title);
	out__str(s->out, ",\"hist\":");
	out__json_str(s->out, h->of);
	out__str(s->out, h->is_time ? ",\"unit\":\"ns\"" : "");
	out__str(s->out, ",\"buckets\":[");
}

static void json__bucket(struct view_show *s, const struct sum *sum,
			 const struct hist *h, uint32_t i)
{
	struct out *o = s->out;

	(void)sum;
	out__str(o, i == h->lead ? "{\"min\":" : ",{\"min\":");
	hist__bounds(o, i, ",\"max\":");
	out__str(o, ",\"count\":");
	out__u64(o, h->bucket[i]);
	out__chr(o, '}');
}

static void json__hist_end(struct view_show *s)
{
	out__str(s->out, "]}\n");
}

static void json__key_stack(struct view_show *s, const struct key *k)
{
	uint32_t i, n = key__depth(s->desc, k);

	out__str(s->out, "\"stack\":[");
	for (i = 0; i < n; i++) {
		out__str(s->out, i ? ",\"" : "\"");
		syms__put(s->syms, s->out, key__frame(k, i), VIEW_SYM_FULL);
		out__chr(s->out, '"');
	}
	out__chr(s->out, ']');
}

static void json__key_value(struct view_show *s, const struct sum *sum,
			    const struct key *k)
{
	const char *comm = (const char *)k->bytes;
	struct out *o = s->out;

	switch (s->desc->key) {
	case VIEW_KEY_COMM:
		out__str(o, "\"comm\":\"");
		out__json(o, comm, strnlen(comm, s->desc->key_bytes));
		out__chr(o, '"');
		break;
	case VIEW_KEY_RET:
		out__str(o, "\"ret\":");
		out__s64(o, (int64_t)mem__u64(k->bytes));
		break;
	case VIEW_KEY_SYM:
		out__str(o, "\"sym\":\"");
		key__put(s, o, sum, k);
		out__chr(o, '"');
		break;
	case VIEW_KEY_STACK:
		json__key_stack(s, k);
		break;
	}
}

static void json__key(struct view_show *s, const struct sum *sum,
		      const struct key *k)
{
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
	json__key_value(s, sum, k);
	out__str(o, "}\n");
}

static void json__footer(struct view_show *s, const struct view_stats *st)
{
	struct view_stat list[VIEW_STATS];
	uint32_t i, n = stats__list(st, list);

	out__str(s->out, "{\"summary\":{");
	for (i = 0; i < n; i++) {
		out__str(s->out, i ? ",\"" : "\"");
		out__str(s->out, list[i].name);
		out__str(s->out, "\":");
		out__u64(s->out, list[i].value);
	}
	out__str(s->out, "}}\n");
}

const struct view_form form_json = {
	.name = "json",
	.constant = json__constant,
	.event = json__event,
	.lost = json__lost,
	.note = json__note,
	.count = json__count,
	.hist = json__hist,
	.bucket = json__bucket,
	.hist_end = json__hist_end,
	.key = json__key,
	.footer = json__footer,
};
