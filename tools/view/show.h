/* SPDX-License-Identifier: GPL-2.0-only */
/* show.h - records and sums, as the form of output has them. */
#ifndef VIEW_SHOW_H
#define VIEW_SHOW_H

#include "clock.h"
#include "out.h"
#include "params.h"
#include "record.h"
#include "sym.h"

#define VIEW_COLUMNS_MAX 1024
#define VIEW_LOST_UNKNOWN UINT64_MAX

struct hist;
struct key;
struct sum;
struct view_show;

/**
 * struct view_form - how one form of output shows what there is; what is NULL
 *	shows nothing
 * @name: as --format= has it
 * @is_for_keys: it shows counts of keys, and nothing else
 * @has_colors: on a terminal
 * @leaves_out_empty: of several histograms, those without a hit
 * @constant: what is the same in all lines of a probe, for show__constant()
 * @begin: before the first event
 * @event: a record
 * @lost: events of a CPU that were lost, maybe VIEW_LOST_UNKNOWN of them
 * @note: a word of the module's; it comes to standard error where this is NULL
 * @table: before the sums
 * @count: of a probe
 * @hist: before the buckets of a histogram
 * @bucket: one of them
 * @hist_end: behind the last one
 * @keys: before the keys of one of several probes
 * @key: one of them, and how often it was counted
 * @table_end: between two showings of the sums
 * @footer: the last line; it comes to standard error where this is NULL
 */
struct view_form {
	const char *name;
	bool is_for_keys;
	bool has_colors;
	bool leaves_out_empty;
	void (*constant)(struct view_show *s, struct out *o,
			 const struct view_probe *p);
	void (*begin)(struct view_show *s);
	void (*event)(struct view_show *s, const struct view_record *rec);
	void (*lost)(struct view_show *s, uint32_t cpu, uint64_t lost);
	void (*note)(struct view_show *s, uint32_t cpu, uint64_t ns,
		     const char *text, size_t len);
	void (*table)(struct view_show *s);
	void (*count)(struct view_show *s, const char *event, uint64_t count);
	void (*hist)(struct view_show *s, const struct sum *sum,
		     const struct hist *h);
	void (*bucket)(struct view_show *s, const struct sum *sum,
		       const struct hist *h, uint32_t i);
	void (*hist_end)(struct view_show *s);
	void (*keys)(struct view_show *s, const struct sum *sum);
	void (*key)(struct view_show *s, const struct sum *sum,
		    const struct key *k);
	void (*table_end)(struct view_show *s);
	void (*footer)(struct view_show *s, const struct view_stats *st);
};

/**
 * struct view_show - how records are shown
 * @scratch: of a field that is put together first
 * @constants: what is the same in all lines of a probe
 * @constant: where that of each probe is
 * @width: of the longest name of an event, or 24
 * @column: names of CSV's columns, one an argument
 */
struct view_show {
	struct out *out;
	struct view_desc *desc;
	struct view_syms *syms;
	struct view_clock *clock;
	const struct view_form *form;
	bool color;
	struct out scratch;
	struct out constants;
	struct {
		size_t at;
		size_t len;
	} constant[VIEW_PROBES_MAX];
	size_t width;
	const char *column[VIEW_COLUMNS_MAX];
	uint32_t ncolumns;
	bool has_ret;
	bool has_duration;
	bool has_caller;
};

/* Each is in a file of its own. */
extern const struct view_form form_text, form_json, form_csv, form_folded;
/* The form of that name, or NULL. */
const struct view_form *form__find(const char *name);
/* The n-th of them, from 0; NULL behind the last. */
const struct view_form *form__nth(unsigned int n);

int show__init(struct view_show *s);
void show__free(struct view_show *s);
/* What comes before the first event. */
void show__begin(struct view_show *s);
void show__event(struct view_show *s, const struct view_record *rec);
void show__lost(struct view_show *s, uint32_t cpu, uint64_t lost);
void show__note(struct view_show *s, uint32_t cpu, uint64_t ns,
		const char *text, size_t len);

/* What forms have in common. */
void show__constant(struct view_show *s, const struct view_record *rec);
void flags__put(struct out *o, const struct view_desc *d,
		const struct kp_event *ev);
size_t comm__len(const struct kp_event *ev);
/* An argument, and not the caller, the duration, or what was returned. */
bool field__is_arg(const struct view_field *f, const struct view_probe *p);
/* 1.000000001 */
void seconds__put(struct out *o, uint64_t ns);

/* value.c: the value of a field; arrays in braces or brackets */
void value__text(struct view_show *s, struct out *o,
		 const struct view_record *rec, const struct view_field *f,
		 bool quoted);
void value__json(struct view_show *s, const struct view_record *rec,
		 const struct view_field *f);
/* "-ENOENT", or the number */
void value__errno(struct out *o, int64_t v);

#endif
