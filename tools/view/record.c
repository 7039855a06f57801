// SPDX-License-Identifier: GPL-2.0-only
/* record.c - see record.h */
#include <string.h>

#include "record.h"

#define STR_NONE 0xffff
#define STACK_HEAD 8u /* u64 count */

uint64_t mem__u64(const void *p)
{
	uint64_t v;

	memcpy(&v, p, sizeof(v));
	return v;
}

struct view_str record__str(const struct view_record *rec,
			    const struct view_field *f, uint32_t i)
{
	uint16_t s[2];
	struct view_str str = { NULL, 0 };

	memcpy(s, rec->data + f->offset + i * f->size, sizeof(s));
	if (s[0] == STR_NONE)
		return str;
	str.text = (const char *)rec->data + rec->probe->text + s[0];
	str.len = s[1];
	return str;
}

static const char *record__check_strings(const struct view_record *rec)
{
	const struct view_probe *p = rec->probe;
	const struct view_field *f;
	struct view_str s;
	uint32_t i;

	for (f = p->fields; f < p->fields + p->nfields; f++) {
		if (!field__is_str(f) || record__has(rec->faults, f))
			continue;
		for (i = 0; i < (f->count ? f->count : 1); i++) {
			s = record__str(rec, f, i);
			if (s.text &&
			    (uint64_t)(s.text - (const char *)rec->data) +
					    s.len >
				    rec->ev->len)
				return "has a string that goes beyond it";
		}
	}
	return NULL;
}

static const char *record__read_stack(struct view_record *rec)
{
	const struct kp_event *ev = rec->ev;
	uint64_t n;

	if (!ev->stack)
		return NULL;
	if (ev->stack < sizeof(*ev) || ev->stack + STACK_HEAD > ev->len)
		return "has a stack that is not in it";
	n = mem__u64(rec->data + ev->stack);
	if (n > (ev->len - STACK_HEAD - ev->stack) / 8)
		return "has a stack that goes beyond it";
	rec->stack = rec->data + ev->stack + STACK_HEAD;
	rec->nstack = (uint32_t)n;
	return NULL;
}

const char *record__read(struct view_record *rec, const struct view_desc *d,
			 const struct kp_event *ev, const uint8_t *data)
{
	const struct view_probe *p;
	const char *why;

	memset(rec, 0, sizeof(*rec));
	rec->ev = ev;
	rec->data = data;
	if (ev->type != KP_EVENT_HIT)
		return "is of no known type";
	if (ev->probe >= d->nprobes || !d->probes[ev->probe].is_known)
		return "is of no known probe";
	p = &d->probes[ev->probe];
	rec->probe = p;
	if (ev->len < p->need)
		return "is shorter than its fields";
	if (p->faults)
		rec->faults = mem__u64(data + p->faults);
	if (p->absent)
		rec->absent = mem__u64(data + p->absent);
	if (p->cut)
		rec->cut = mem__u64(data + p->cut);
	why = record__check_strings(rec);
	return why ? why : record__read_stack(rec);
}

uint64_t record__value(const struct view_record *rec,
		       const struct view_field *f, uint32_t i)
{
	const uint8_t *p = rec->data + f->offset + i * f->size;
	uint64_t v = 0;
	unsigned int unused = 64 - 8u * f->size;
	uint16_t v16;
	uint32_t v32;

	switch (f->size) {
	case 1:
		v = *p;
		break;
	case 2:
		memcpy(&v16, p, 2);
		v = v16;
		break;
	case 4:
		memcpy(&v32, p, 4);
		v = v32;
		break;
	default:
		return mem__u64(p);
	}
	return f->is_signed ? (uint64_t)((int64_t)(v << unused) >> unused) : v;
}

uint64_t record__address(const struct view_record *rec, uint32_t i)
{
	return mem__u64(rec->stack + 8 * (size_t)i);
}
