/* SPDX-License-Identifier: GPL-2.0-only */
/* show.h - records as lines of text, JSON or CSV. */
#ifndef VIEW_SHOW_H
#define VIEW_SHOW_H

#include "clock.h"
#include "out.h"
#include "record.h"
#include "view_sym.h"

enum view_format { VIEW_TEXT, VIEW_JSON, VIEW_CSV, VIEW_FOLDED };

#define VIEW_COLUMNS_MAX 1024
#define VIEW_LOST_UNKNOWN UINT64_MAX

/**
 * struct view_show - how records are shown
 * @scratch: of a CSV field that is put together first
 * @constant: what is the same in all lines of a probe
 * @constant_of: where that of each probe is
 * @column: names of CSV's columns, one an argument
 */
struct view_show {
	struct out *out;
	struct view_desc *desc;
	struct view_syms *syms;
	struct view_clock *clock;
	enum view_format format;
	bool color;
	struct out scratch;
	struct out constant;
	struct {
		size_t at;
		size_t len;
	} constant_of[VIEW_PROBES_MAX];
	const char *column[VIEW_COLUMNS_MAX];
	uint32_t ncolumns;
	bool has_ret;
	bool has_duration;
	bool has_caller;
};

int show__init(struct view_show *s);
void show__free(struct view_show *s);
/* What comes before the first event. */
void show__begin(struct view_show *s);
void show__event(struct view_show *s, const struct view_record *rec);
void show__lost(struct view_show *s, uint32_t cpu, uint64_t lost);
/* Not in CSV, which has no place for it. */
void show__note(struct view_show *s, uint32_t cpu, uint64_t ns,
		const char *text, size_t len);
/* "ts":1.000000001 */
void show__ts_json(struct out *o, uint64_t ns);

/* value.c: the value of a field; arrays in braces or brackets */
void value__text(struct view_show *s, struct out *o,
		 const struct view_record *rec, const struct view_field *f,
		 bool quoted);
void value__json(struct view_show *s, const struct view_record *rec,
		 const struct view_field *f);
/* "-ENOENT", or the number */
void value__errno(struct out *o, int64_t v);

#endif
