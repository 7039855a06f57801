// SPDX-License-Identifier: GPL-2.0-only
/*
 * fuzz_view_ring.c - libFuzzer target: what two CPUs have in their areas, after
 * a byte of options and the positions, in the order of time and in every form.
 */
#include <stdlib.h>
#include <string.h>

#include "check_json.h"
#include "view_agg.h"
#include "view_ring.h"

#define CPUS 2
#define RING 1024

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define HEAD "kp\t1\nname\tn\ncpus\t2\narea\t8192\nring\t1024\n"

static const char *const descriptions[] = {
	HEAD "mode\tevents\n"
	     "probe\t0\tp\ta\tf\t0\tf+0x0/0x1\n"
	     "data\t0\t48\t56\t128\n"
	     "field\t0\t0\ts\tstring\tstr\t64\t0\t%s\n"
	     "field\t0\t1\tss\ttask\tstr\t68\t2\t%s\n"
	     "field\t0\t2\te\tenum\ts32\t76\t0\t%d\n"
	     "enum\t0\t2\t-1\tMINUS\n"
	     "enum\t0\t2\t1\tONE\n"
	     "field\t0\t3\tg\tgfp\tu32\t80\t0\t%pGg\n"
	     "flag\t0xcc0\tGFP_KERNEL\n"
	     "flag\t0x40\t__GFP_IO\n"
	     "field\t0\t4\td\tdev\tu32\t84\t0\t%u:%u\n"
	     "field\t0\t5\tc\tchar\ts8\t88\t3\t'%c'\n"
	     "field\t0\t6\tb\tbool\tu8\t91\t0\t%u\n"
	     "field\t0\t7\to\tvalue\tu16\t92\t0\t0%o\n"
	     "field\t0\t8\tx\tvalue\ts16\t94\t0\t0x%x\n"
	     "field\t0\t9\tp\tpointer\tu64\t96\t0\t0x%llx\n"
	     "field\t0\t10\ty\tsymbol\tu64\t104\t2\t%pS\n"
	     "field\t0\t11\tep\terrptr\tu64\t120\t0\t0x%llx\n"
	     "probe\t1\tr\tb\tf\t0\tf+0x0/0x1\n"
	     "data\t1\t48\t0\t0\n"
	     "field\t1\t0\tret\terrno\ts64\t56\t0\t%lld\n"
	     "field\t1\t1\tns\tduration\tu64\t64\t0\t%llu\n"
	     "field\t1\t2\tcaller\tcaller\tu64\t72\t0\t%pS\n",
	HEAD "mode\thist\nhist\t0\tduration\n",
	HEAD "mode\tkeys\nkeys\tcomm\t16\t40\n",
	HEAD "mode\tkeys\nkeys\tstack\t24\t32\n",
	HEAD "mode\tkeys\nkeys\tret\t8\t64\n",
};

#define DESCRIPTIONS ARRAY_SIZE(descriptions)

static int fuzz__on_event(void *ctx, struct view_ring *r, const uint8_t *data)
{
	struct view_show *s = ctx;
	struct view_record rec;

	if (r->ev.lost)
		show__lost(s, r->cpu, r->ev.lost);
	if (r->ev.type == KP_EVENT_NOTE) {
		show__note(s, r->cpu, &r->ev,
			   (const char *)data + sizeof(r->ev),
			   strnlen((const char *)data + sizeof(r->ev),
				   r->ev.len - sizeof(r->ev)));
	} else if (!record__read(&rec, s->desc, &r->ev, data)) {
		rec.cpu = r->cpu;
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
	uint8_t *bytes = calloc(1, RING);

	memcpy(position, *data, n);
	*data += n;
	*size -= n;
	n = *size < RING ? *size : RING;
	memcpy(bytes, *data, n);
	*data += n;
	*size -= n;
	r->control = calloc(1, sizeof(*r->control));
	r->control->tail = position[0];
	r->control->head = position[0] + (int16_t)position[1];
	r->control->lost = position[1] >> 48;
	r->data = bytes;
	r->size = RING;
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

	for (; s->format == VIEW_JSON && *at; at++) {
		at = json__value(at);
		if (!at || *at != '\n')
			abort();
	}
	for (; s->format == VIEW_TEXT && *at; at++)
		if ((*at > 0 && *at < ' ' && *at != '\n') || *at == 0x7f)
			abort();
}

static void fuzz__show(struct view_desc *desc, enum view_format format,
		       const uint8_t *data, size_t size)
{
	static struct view_syms *syms;
	struct view_show show = { .desc = desc, .format = format };
	const uint8_t *areas[CPUS];
	struct view_rings rings;
	struct view_out out;
	uint32_t i;

	if (!syms)
		syms = syms__new("/dev/null");
	show.syms = syms;
	show.out = &out;
	if (out__init(&out, -1) || show__init(&show) ||
	    rings__init(&rings, CPUS))
		abort();
	for (i = 0; i < CPUS; i++) {
		fuzz__ring(&rings.ring[i], &data, &size);
		areas[i] = rings.ring[i].data;
	}
	show__begin(&show);
	if (desc->mode == VIEW_EVENTS)
		fuzz__events(&show, &rings);
	else
		agg__show(&show, areas, agg__total(desc, areas));
	out__chr(&out, '\0');
	fuzz__check(&show);
	for (i = 0; i < CPUS; i++) {
		free(rings.ring[i].control);
		free((void *)areas[i]);
	}
	rings__free(&rings);
	show__free(&show);
	out__free(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct view_desc desc[DESCRIPTIONS];
	struct view_error err;
	unsigned int i, format;

	for (i = 0; !desc[0].text && i < DESCRIPTIONS; i++)
		if (desc__parse(&desc[i], descriptions[i],
				strlen(descriptions[i]), 4096, &err))
			abort();
	if (!size)
		return 0;
	i = data[0] & 7;
	i = i < DESCRIPTIONS ? i : 0;
	format = data[0] >> 3 & 3;
	if (format == VIEW_FOLDED && desc[i].mode != VIEW_KEYS)
		format = VIEW_JSON;
	fuzz__show(&desc[i], (enum view_format)format, data + 1, size - 1);
	return 0;
}
