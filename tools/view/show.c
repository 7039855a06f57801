// SPDX-License-Identifier: GPL-2.0-only
/* show.c - see show.h; values are in value.c, each form in a file of its own */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "array.h"
#include "show.h"

static const struct view_form *const forms[] = {
	&form_text,
	&form_json,
	&form_csv,
	&form_folded,
};

const struct view_form *form__nth(unsigned int n)
{
	return n < ARRAY_SIZE(forms) ? forms[n] : NULL;
}

const struct view_form *form__find(const char *name)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(forms); i++)
		if (strcmp(forms[i]->name, name) == 0)
			return forms[i];
	return NULL;
}

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
void flags__put(struct out *o, const struct view_desc *d,
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

size_t comm__len(const struct kp_event *ev)
{
	return strnlen(ev->comm, sizeof(ev->comm));
}

bool field__is_arg(const struct view_field *f, const struct view_probe *p)
{
	return f->kind != VIEW_CALLER && f->kind != VIEW_DURATION &&
	       f != p->ret;
}

void seconds__put(struct out *o, uint64_t ns)
{
	out__u64(o, ns / 1000000000);
	out__chr(o, '.');
	out__pad(o, ns % 1000000000, 9);
}

static void show__set_constant(struct view_show *s, uint32_t n)
{
	struct out *o = &s->constants;

	s->constant[n].at = o->len;
	s->form->constant(s, o, &s->desc->probes[n]);
	s->constant[n].len = o->len - s->constant[n].at;
}

void show__constant(struct view_show *s, const struct view_record *rec)
{
	ptrdiff_t n = rec->probe - s->desc->probes;

	out__mem(s->out, s->constants.data + s->constant[n].at,
		 s->constant[n].len);
}

int show__init(struct view_show *s)
{
	uint32_t i;

	if (out__init(&s->scratch, -1) || out__init(&s->constants, -1))
		return -ENOMEM;
	for (i = 0; i < s->desc->nprobes && s->form->constant; i++)
		if (s->desc->probes[i].is_known)
			show__set_constant(s, i);
	return s->constants.err;
}

void show__free(struct view_show *s)
{
	out__free(&s->constants);
	out__free(&s->scratch);
}

void show__begin(struct view_show *s)
{
	if (s->form->begin)
		s->form->begin(s);
}

void show__event(struct view_show *s, const struct view_record *rec)
{
	s->form->event(s, rec);
	out__mark(s->out);
}

void show__lost(struct view_show *s, uint32_t cpu, uint64_t lost)
{
	s->form->lost(s, cpu, lost);
}

void show__note(struct view_show *s, uint32_t cpu, uint64_t ns,
		const char *text, size_t len)
{
	struct out *o = &s->scratch;

	if (s->form->note) {
		s->form->note(s, cpu, ns, text, len);
		return;
	}
	o->len = 0;
	out__plain(o, text, len);
	fprintf(stderr, "kp_view: note: %.*s\n", (int)o->len, o->data);
}
