/* SPDX-License-Identifier: GPL-2.0-only */
/* desc.h - what a device says of itself, see kp_abi.h. */
#ifndef VIEW_DESC_H
#define VIEW_DESC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define VIEW_PROBES_MAX 256
#define VIEW_FIELDS_MAX 256
#define VIEW_ENUMS_MAX 65536
#define VIEW_DESC_MAX (4 << 20)

enum view_mode { VIEW_EVENTS, VIEW_COUNT, VIEW_HIST, VIEW_KEYS };

enum view_kind {
	VIEW_VALUE,
	VIEW_BOOL,
	VIEW_CHAR,
	VIEW_ENUM,
	VIEW_ERRNO,
	VIEW_ERRPTR,
	VIEW_GFP,
	VIEW_DEV,
	VIEW_POINTER,
	VIEW_SYMBOL,
	VIEW_STRING, /* shown in quotes */
	VIEW_BARE, /* a string shown as it is */
	VIEW_DURATION,
	VIEW_CALLER,
};

/* What a value is printed as: C's conversions. */
enum view_base { VIEW_U, VIEW_D, VIEW_LLU, VIEW_LLD, VIEW_X, VIEW_LLX, VIEW_O };

enum view_context {
	VIEW_PREEMPT,
	VIEW_SOFTIRQ,
	VIEW_HARDIRQ,
	VIEW_NMI,
	VIEW_RESCHED,
	VIEW_FLIP, /* its bits that are the other way round */
	VIEW_IRQS, /* of bytes of their own */
	VIEW_IRQS_FLIP,
	VIEW_THREAD,
	VIEW_CONTEXTS,
};

enum view_key { VIEW_KEY_COMM, VIEW_KEY_RET, VIEW_KEY_STACK, VIEW_KEY_SYM };

struct view_enum {
	int64_t value;
	const char *text;
	uint32_t order;
};

struct view_flag {
	uint64_t mask;
	const char *text;
};

struct view_field {
	uint32_t n;
	const char *name;
	enum view_kind kind;
	enum view_base base;
	uint8_t size; /* of one value */
	bool is_signed;
	bool is_ret; /* what the function returned */
	uint32_t offset;
	uint32_t count; /* of values; 0 is one that is no array */
	uint32_t column; /* in CSV */
	struct view_enum *enums; /* sorted by value */
	uint32_t nenums;
};

struct view_probe {
	bool is_known;
	bool is_return;
	const char *event;
	const char *symbol;
	uint64_t offset;
	const char *where;
	char *where_name; /* without offset and length */
	uint32_t faults;
	uint32_t absent;
	uint32_t cut;
	uint32_t text;
	uint32_t need; /* bytes of the shortest record */
	struct view_field *fields;
	uint32_t nfields;
	const struct view_field *caller;
	const struct view_field *duration;
	const struct view_field *ret;
};

struct view_desc {
	char *text;
	const char *name;
	enum view_mode mode;
	uint32_t cpus;
	uint64_t page; /* of the kernel that wrote it */
	uint64_t area;
	uint64_t ring;
	uint64_t slack;
	uint64_t khz; /* of the clock; 0: times are ns */
	uint64_t cycles;
	uint64_t ns;
	uint32_t context[VIEW_CONTEXTS]; /* masks of enum view_context */
	struct view_probe *probes; /* VIEW_PROBES_MAX, if any */
	uint32_t nprobes;
	struct view_flag *flags;
	uint32_t nflags;
	const char *hist_of[VIEW_PROBES_MAX];
	enum view_key key;
	uint32_t key_bytes;
	uint64_t slots;
};

/**
 * struct view_error - why a description was refused
 * @line: from 1; 0 is the description as a whole
 * @what: the fact
 * @cause: and what is wrong with it
 */
struct view_error {
	unsigned int line;
	char what[32];
	const char *cause;
};

/* Takes len bytes of text; page is the size of a page of this machine. */
int desc__parse(struct view_desc *d, const char *text, size_t len, size_t page,
		struct view_error *err);
void desc__free(struct view_desc *d);
/* What is added up has a table for each probe; one, if none is known. */
uint32_t desc__tables(const struct view_desc *d);
/* Bytes of one. */
uint64_t desc__table_size(const struct view_desc *d);
/* What is counted: "comm" and the like. */
const char *desc__key_name(const struct view_desc *d);
const char *field__enum(const struct view_field *f, int64_t value);
/* Strings have their text elsewhere in the record. */
static inline bool field__is_str(const struct view_field *f)
{
	return f->kind == VIEW_STRING || f->kind == VIEW_BARE;
}

#endif
