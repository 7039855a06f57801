// SPDX-License-Identifier: GPL-2.0-only
/*
 * fuzz_view_desc.c - libFuzzer target: a description, and a record of zeros of
 * each of its probes in every form.
 */
#include <stdlib.h>
#include <string.h>

#include "check_json.h"
#include "show.h"

#define RECORD_MAX 4096

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void fuzz__show(struct view_show *s)
{
	static uint64_t bytes[RECORD_MAX / 8];
	struct kp_event ev = { .len = RECORD_MAX, .type = KP_EVENT_HIT };
	struct view_record rec;
	uint32_t p;

	for (p = 0; p < s->desc->nprobes; p++) {
		ev.probe = (uint8_t)p;
		if (record__read(&rec, s->desc, &ev, (uint8_t *)bytes))
			continue;
		show__event(s, &rec);
	}
}

/* Each line is an object. */
static void fuzz__check_json(const char *s)
{
	for (; *s; s++) {
		s = json__value(s);
		if (!s || *s != '\n')
			abort();
	}
}

static void fuzz__show_as(const struct view_form *form, struct view_desc *desc,
			  struct view_clock *clock, struct view_syms *syms)
{
	struct out out;
	struct view_show show = {
		.out = &out,
		.desc = desc,
		.clock = clock,
		.syms = syms,
		.form = form,
	};

	if (out__init(&out, -1) || show__init(&show))
		abort();
	show__begin(&show);
	fuzz__show(&show);
	out__chr(&out, '\0');
	if (form == &form_json)
		fuzz__check_json(out.data);
	show__free(&show);
	out__free(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct view_syms *syms;
	const struct view_form *form;
	struct view_error err;
	struct view_clock clock;
	struct view_desc desc;
	unsigned int n;

	if (!syms)
		syms = syms__new("/dev/null");
	if (desc__parse(&desc, (const char *)data, size, 4096, &err)) {
		if (!err.cause || strlen(err.what) >= sizeof(err.what))
			abort();
		desc__free(&desc);
		return 0;
	}
	clock__init(&clock, &desc, false);
	for (n = 0; (form = form__nth(n)); n++)
		if (!form->is_for_keys)
			fuzz__show_as(form, &desc, &clock, syms);
	desc__free(&desc);
	return 0;
}
