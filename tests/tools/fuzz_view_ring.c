// SPDX-License-Identifier: GPL-2.0-only
/*
 * fuzz_view_ring.c - libFuzzer target: what two CPUs have in their areas, after
 * a byte of options and the positions, in the order of time and in every form.
 */
#include <stdlib.h>
#include <string.h>

#include "check_json.h"
#include "ring.h"
#include "sums.h"
#include "view_sample.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int fuzz__on_event(void *ctx, struct view_ring *r, const uint8_t *data)
{
	struct view_show *s = ctx;
	struct view_record rec;

	if (r->gap)
		show__lost(s, r->cpu, r->gap);
	if (r->ev.type == KP_EVENT_NOTE) {
		show__note(s, r->cpu, clock__ns(s->clock, r->ev.time),
			   (const char *)data + sizeof(r->ev),
			   strnlen((const char *)data + sizeof(r->ev),
				   r->ev.len - sizeof(r->ev)));
	} else if (!record__read(&rec, s->desc, &r->ev, data)) {
		rec.cpu = r->cpu;
		rec.ns = clock__ns(s->clock, r->ev.time);
		show__event(s, &rec);
	} else {
		show__lost(s, r->cpu, VIEW_LOST_UNKNOWN);
	}
	return 0;
}

static void fuzz__on_bad(void *ctx, struct view_ring *r)
{
	if (!r->why)
		abort();
	(void)ctx;
}

/* Each CPU's data is memory of its own: ASAN sees what goes beyond it. */
static void fuzz__ring(struct view_ring *r, const uint8_t **data, size_t *size)
{
	uint64_t position[2] = { 0 };
	size_t n = *size < sizeof(position) ? *size : sizeof(position);
	uint8_t *bytes = calloc(1, SAMPLE_DATA);

	memcpy(position, *data, n);
	*data += n;
	*size -= n;
	n = *size < SAMPLE_DATA ? *size : SAMPLE_DATA;
	memcpy(bytes, *data, n);
	*data += n;
	*size -= n;
	r->control = calloc(1, sizeof(*r->control));
	r->control->tail = position[0];
	r->control->head = position[0] + (int16_t)position[1];
	r->control->lost = position[1] >> 48;
	r->data = bytes;
	r->size = SAMPLE_RING;
	r->slack = SAMPLE_SLACK;
	ring__start(r);
}

static void fuzz__events(struct view_show *s, struct view_rings *rs)
{
	rs->event = fuzz__on_event;
	rs->bad = fuzz__on_bad;
	rs->ctx = s;
	rings__pull(rs);
	rings__pass(rs, 1ULL << 32);
	rings__pull(rs);
	rings__pass(rs, UINT64_MAX);
	if (rings__are_waiting(rs))
		abort();
}

static void fuzz__check(const struct view_show *s)
{
	const char *at = s->out->data;

	for (; s->form == &form_json && *at; at++) {
		at = json__value(at);
		if (!at || *at != '\n')
			abort();
	}
	for (; s->form == &form_text && *at; at++)
		if ((*at > 0 && *at < ' ' && *at != '\n') || *at == 0x7f)
			abort();
}

static void fuzz__show(struct view_desc *desc, const struct view_form *form,
		       const uint8_t *data, size_t size)
{
	static struct view_syms *syms;
	struct view_show show = { .desc = desc, .form = form };
	static const uint64_t counts[VIEW_PROBES_MAX] = { 1, UINT64_MAX };
	const uint8_t *areas[SAMPLE_CPUS];
	struct view_rings rings;
	struct view_clock clock;
	struct out out;
	uint32_t i;

	if (!syms)
		syms = syms__new("/dev/null");
	clock__init(&clock, desc, false);
	show.clock = &clock;
	show.syms = syms;
	show.out = &out;
	if (out__init(&out, -1) || show__init(&show) ||
	    rings__init(&rings, SAMPLE_CPUS))
		abort();
	for (i = 0; i < SAMPLE_CPUS; i++) {
		fuzz__ring(&rings.ring[i], &data, &size);
		areas[i] = rings.ring[i].data;
	}
	show__begin(&show);
	if (desc->mode == VIEW_EVENTS)
		fuzz__events(&show, &rings);
	else
		sums__show(&show, areas, counts, desc->nprobes);
	out__chr(&out, '\0');
	fuzz__check(&show);
	for (i = 0; i < SAMPLE_CPUS; i++) {
		free(rings.ring[i].control);
		free((void *)areas[i]);
	}
	rings__free(&rings);
	show__free(&show);
	out__free(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct view_desc desc[SAMPLES];
	struct view_error err;
	const struct view_form *form;
	unsigned int i;

	for (i = 0; !desc[0].text && i < SAMPLES; i++)
		if (desc__parse(&desc[i], samples[i], strlen(samples[i]), 4096,
				&err))
			abort();
	if (!size)
		return 0;
	i = data[0] & 7;
	i = i < SAMPLES ? i : 0;
	form = form__nth(data[0] >> 3 & 3);
	if (form->is_for_keys && desc[i].mode != VIEW_KEYS)
		form = &form_json;
	fuzz__show(&desc[i], form, data + 1, size - 1);
	return 0;
}
