// SPDX-License-Identifier: GPL-2.0-only
/* value.c - the values of fields, as templates/include/kp_show.h has them */
#include <string.h>

#include "array.h"
#include "colors.h"
#include "show.h"

#define MAX_ERRNO 4095

/* Those of include/linux/errno.h, which no C library knows. */
static const struct {
	int number;
	const char *name;
} kernel_errors[] = {
	{ 512, "ERESTARTSYS" },
	{ 513, "ERESTARTNOINTR" },
	{ 514, "ERESTARTNOHAND" },
	{ 515, "ENOIOCTLCMD" },
	{ 516, "ERESTART_RESTARTBLOCK" },
	{ 517, "EPROBE_DEFER" },
	{ 518, "EOPENSTALE" },
	{ 519, "ENOPARAM" },
	{ 521, "EBADHANDLE" },
	{ 522, "ENOTSYNC" },
	{ 523, "EBADCOOKIE" },
	{ 524, "ENOTSUPP" },
	{ 525, "ETOOSMALL" },
	{ 526, "ESERVERFAULT" },
	{ 527, "EBADTYPE" },
	{ 528, "EJUKEBOX" },
	{ 529, "EIOCBQUEUED" },
	{ 530, "ERECALLCONFLICT" },
	{ 531, "ENOGRACE" },
};

static const char *error__name(int number)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(kernel_errors); i++)
		if (kernel_errors[i].number == number)
			return kernel_errors[i].name;
	return strerrorname_np(number);
}

static bool value__is_error(uint64_t v)
{
	return v >= (uint64_t)-MAX_ERRNO;
}

void value__errno(struct out *o, int64_t v)
{
	const char *name = NULL;

	if (value__is_error((uint64_t)v))
		name = error__name((int)-v);
	if (!name) {
		out__s64(o, v);
		return;
	}
	out__chr(o, '-');
	out__str(o, name);
}

static void value__error(struct view_show *s, struct out *o, int64_t v)
{
	bool red = s->color && value__is_error((uint64_t)v);

	if (red)
		out__str(o, RED);
	value__errno(o, v);
	if (red)
		out__str(o, NORMAL);
}

/* The names joined by |, in the order of the description, as %pGg. */
static void value__gfp(struct view_show *s, struct out *o, uint64_t v)
{
	const struct view_desc *d = s->desc;
	const struct view_flag *f;
	uint32_t i;

	for (i = 0; v && i < d->nflags; i++) {
		f = &d->flags[i];
		if ((v & f->mask) != f->mask)
			continue;
		out__str(o, f->text);
		v &= ~f->mask;
		if (v)
			out__chr(o, '|');
	}
	if (v)
		out__hex(o, v);
}

static void value__dev(struct out *o, uint64_t v)
{
	out__u64(o, (uint32_t)v >> 20);
	out__chr(o, ':');
	out__u64(o, v & 0xfffff);
}

/* As C's conversion would, with numbers only. */
static void value__number(struct out *o, enum view_base base, uint64_t v,
			  bool decimal)
{
	if (base == VIEW_D)
		out__s64(o, (int32_t)v);
	else if (base == VIEW_LLD)
		out__s64(o, (int64_t)v);
	else if (base == VIEW_LLU || (base == VIEW_LLX && decimal))
		out__u64(o, v);
	else if (base == VIEW_U || decimal)
		out__u64(o, (uint32_t)v);
	else if (base == VIEW_O)
		out__oct(o, (uint32_t)v);
	else
		out__hex(o, base == VIEW_X ? (uint32_t)v : v);
}

static void str__text(struct out *o, struct view_str str, bool cut, bool quoted)
{
	if (!str.text) {
		out__mem(o, "(fault)", 7);
		return;
	}
	if (quoted) {
		out__chr(o, '"');
		out__quoted(o, str.text, str.len);
		out__chr(o, '"');
	} else {
		out__plain(o, str.text, str.len);
	}
	if (cut)
		out__mem(o, "...", 3);
}

static void value__enum(struct out *o, const struct view_field *f, uint64_t v)
{
	const char *name = field__enum(f, (int64_t)v);

	if (name)
		out__str(o, name);
	else
		out__s64(o, (int64_t)v);
}

/* One that is shown as a word, not as a number. */
static void value__word(struct view_show *s, struct out *o,
			const struct view_field *f, uint64_t v)
{
	char c = (char)v;

	switch (f->kind) {
	case VIEW_BOOL:
		out__str(o, v ? "true" : "false");
		break;
	case VIEW_CHAR:
		out__chr(o, '\'');
		out__plain(o, &c, 1);
		out__chr(o, '\'');
		break;
	case VIEW_ENUM:
		value__enum(o, f, v);
		break;
	case VIEW_GFP:
		value__gfp(s, o, v);
		break;
	case VIEW_DEV:
		value__dev(o, v);
		break;
	case VIEW_SYMBOL:
	case VIEW_CALLER:
		syms__put(s->syms, o, v, VIEW_SYM_FULL);
		break;
	default:
		out__hex(o, v);
		break;
	}
}

static void value__one(struct view_show *s, struct out *o,
		       const struct view_record *rec,
		       const struct view_field *f, uint32_t i, bool quoted)
{
	uint64_t v;

	if (field__is_str(f)) {
		str__text(o, record__str(rec, f, i), record__has(rec->cut, f),
			  quoted && f->kind == VIEW_STRING);
		return;
	}
	v = record__value(rec, f, i);
	if (f->kind == VIEW_DURATION)
		v = clock__duration(s->clock, v);
	if (f->kind == VIEW_VALUE || f->kind == VIEW_DURATION)
		value__number(o, f->base, v, false);
	else if (f->kind == VIEW_ERRNO ||
		 (f->kind == VIEW_ERRPTR && value__is_error(v)))
		value__error(s, o, (int64_t)v);
	else
		value__word(s, o, f, v);
}

void value__text(struct view_show *s, struct out *o,
		 const struct view_record *rec, const struct view_field *f,
		 bool quoted)
{
	uint32_t i;

	if (record__has(rec->faults, f)) {
		if (record__has(rec->absent, f))
			out__mem(o, "(not present)", 13);
		else
			out__mem(o, "(fault)", 7);
		return;
	}
	if (!f->count) {
		value__one(s, o, rec, f, 0, quoted);
		return;
	}
	for (i = 0; i < f->count; i++) {
		out__chr(o, i ? ',' : '{');
		value__one(s, o, rec, f, i, true);
	}
	out__chr(o, '}');
}

static void str__json(struct out *o, struct view_str str)
{
	if (!str.text) {
		out__mem(o, "null", 4);
		return;
	}
	out__chr(o, '"');
	out__json(o, str.text, str.len);
	out__chr(o, '"');
}

/* Numbers as numbers; an address is none, and would not survive as one. */
static void value__json_one(struct view_show *s, const struct view_record *rec,
			    const struct view_field *f, uint32_t i)
{
	struct out *o = s->out;
	uint64_t v;
	char c;

	if (field__is_str(f)) {
		str__json(o, record__str(rec, f, i));
		return;
	}
	v = record__value(rec, f, i);
	if (f->kind == VIEW_DURATION)
		v = clock__duration(s->clock, v);
	if (f->kind == VIEW_VALUE || f->kind == VIEW_DURATION) {
		value__number(o, f->base, v, true);
	} else if (f->kind == VIEW_ERRNO ||
		   (f->kind == VIEW_ERRPTR && value__is_error(v)) ||
		   (f->kind == VIEW_ENUM && !field__enum(f, (int64_t)v))) {
		out__s64(o, (int64_t)v);
	} else if (f->kind == VIEW_BOOL) {
		value__word(s, o, f, v);
	} else if (f->kind == VIEW_CHAR) {
		c = (char)v;
		str__json(o, (struct view_str){ &c, 1 });
	} else {
		out__chr(o, '"');
		value__word(s, o, f, v);
		out__chr(o, '"');
	}
}

void value__json(struct view_show *s, const struct view_record *rec,
		 const struct view_field *f)
{
	uint32_t i;

	if (record__has(rec->faults, f)) {
		out__mem(s->out, "null", 4);
		return;
	}
	if (!f->count) {
		value__json_one(s, rec, f, 0);
		return;
	}
	for (i = 0; i < f->count; i++) {
		out__chr(s->out, i ? ',' : '[');
		value__json_one(s, rec, f, i);
	}
	out__chr(s->out, ']');
}
