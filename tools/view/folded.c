// SPDX-License-Identifier: GPL-2.0-only
/* folded.c - a stack a line, frames between ";": what flamegraph.pl reads */
#include <string.h>

#include "sums.h"

/* Frames end at a ";", which a thread's name may have. */
static void folded__frame(struct out *o, const char *text, size_t n)
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
static void folded__key(struct view_show *s, const struct sum *sum,
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
		folded__frame(s->out, s->scratch.data, s->scratch.len);
	}
	out__chr(s->out, ' ');
	out__u64(s->out, k->count);
	out__chr(s->out, '\n');
}

static void folded__table_end(struct view_show *s)
{
	out__chr(s->out, '\n');
}

const struct view_form form_folded = {
	.name = "folded",
	.is_for_keys = true,
	.key = folded__key,
	.table_end = folded__table_end,
};
