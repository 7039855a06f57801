// SPDX-License-Identifier: GPL-2.0-only
/*
 * desc.c - the description of a device; a line of it:
 *
 *   field	0	1	file	ustring	str	56	0	\"%s\"
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "array.h"
#include "desc.h"
#include "kp_abi.h"
#include "kp_kind.h"

#define WORDS_MAX 16
#define CPUS_MAX 65536
#define PAGE_MAX (1 << 20)

struct line {
	char *word[WORDS_MAX];
	unsigned int n;
};

struct name_kind {
	const char *name;
	enum view_kind kind;
};

static const struct name_kind kinds[] = {
#define X(name, kept, getter, shown) { name, VIEW_##shown },
	KP_KINDS(X)
#undef X
	/* A return's own. */
	{ "duration", VIEW_DURATION },
	{ "caller", VIEW_CALLER },
};

/* The conversions that a value may have; others follow from its type. */
static const struct {
	const char *format;
	enum view_base base;
} formats[] = {
	{ "%u", VIEW_U },     { "%d", VIEW_D },	  { "%llu", VIEW_LLU },
	{ "%lld", VIEW_LLD }, { "0x%x", VIEW_X }, { "0x%llx", VIEW_LLX },
	{ "0%o", VIEW_O },
};

static const char *const modes[] = { "events", "count", "hist", "keys" };
static const char *const key_names[] = { "comm", "ret", "stack", "sym" };

static bool num__read(const char *s, uint64_t max, uint64_t *v)
{
	char *end;

	if (*s < '0' || *s > '9')
		return false;
	errno = 0;
	*v = strtoull(s, &end, 0);
	return !errno && !*end && *v <= max;
}

static bool num__read32(const char *s, uint32_t max, uint32_t *v)
{
	uint64_t wide;

	if (!num__read(s, max, &wide))
		return false;
	*v = (uint32_t)wide;
	return true;
}

static bool num__read_signed(const char *s, int64_t *v)
{
	char *end;

	if (!*s || !strchr("-0123456789", *s))
		return false;
	errno = 0;
	*v = strtoll(s, &end, 0);
	return !errno && !*end;
}

/* An array that grows by one, a power of two at a time. */
static void *array__grow(void **array, uint32_t n, size_t size)
{
	void *grown;

	if (n & (n - 1))
		return (char *)*array + n * size;
	grown = realloc(*array, (n ? 2 * (size_t)n : 1) * size);
	if (!grown)
		return NULL;
	*array = grown;
	memset((char *)grown + n * size, 0, size);
	return (char *)grown + n * size;
}

static int name__find(const char *name, const char *const *names, int n)
{
	int i;

	for (i = 0; i < n; i++)
		if (strcmp(name, names[i]) == 0)
			return i;
	return -1;
}

static const char *desc__take_kp(struct view_desc *d, struct line *l)
{
	uint64_t version;

	(void)d;
	if (!num__read(l->word[1], UINT32_MAX, &version))
		return "no number";
	return version == KP_ABI_VERSION ? NULL : "another version than ours";
}

static const char *desc__take_name(struct view_desc *d, struct line *l)
{
	d->name = l->word[1];
	return NULL;
}

static const char *desc__take_mode(struct view_desc *d, struct line *l)
{
	int mode = name__find(l->word[1], modes, 4);

	if (mode < 0)
		return "unknown mode";
	d->mode = (enum view_mode)mode;
	return NULL;
}

static const char *desc__take_cpus(struct view_desc *d, struct line *l)
{
	return num__read32(l->word[1], CPUS_MAX, &d->cpus) && d->cpus ?
		       NULL :
		       "not a number of CPUs";
}

static const char *desc__take_area(struct view_desc *d, struct line *l)
{
	return num__read(l->word[1], INT64_MAX / CPUS_MAX, &d->area) ?
		       NULL :
		       "no size";
}

static const char *desc__take_page(struct view_desc *d, struct line *l)
{
	return num__read(l->word[1], PAGE_MAX, &d->page) && d->page &&
			       !(d->page & (d->page - 1)) ?
		       NULL :
		       "no power of two";
}

static const char *desc__take_ring(struct view_desc *d, struct line *l)
{
	return num__read(l->word[1], INT32_MAX, &d->ring) && d->ring % 8 == 0 &&
			       num__read(l->word[2], INT32_MAX, &d->slack) &&
			       d->slack % 8 == 0 ?
		       NULL :
		       "no sizes that are multiples of 8";
}

static const char *desc__take_clock(struct view_desc *d, struct line *l)
{
	return num__read(l->word[1], INT32_MAX, &d->khz) &&
			       num__read(l->word[2], UINT64_MAX, &d->cycles) &&
			       num__read(l->word[3], UINT64_MAX, &d->ns) ?
		       NULL :
		       "no rate and two times";
}

static const char *desc__take_context(struct view_desc *d, struct line *l)
{
	unsigned int i;

	for (i = 0; i < VIEW_CONTEXTS; i++)
		if (!num__read32(l->word[1 + i], UINT32_MAX, &d->context[i]))
			return "no nine masks";
	return NULL;
}

/* The probe of word 1, which must be there, or must not be. */
static struct view_probe *desc__probe(struct view_desc *d, const char *word,
				      bool known)
{
	uint32_t p;

	if (!d->probes) {
		d->probes = calloc(VIEW_PROBES_MAX, sizeof(*d->probes));
		if (!d->probes)
			return NULL;
	}
	if (!num__read32(word, VIEW_PROBES_MAX - 1, &p) ||
	    d->probes[p].is_known != known)
		return NULL;
	return &d->probes[p];
}

/* vfs_read+0x0/0x10 [mod] becomes vfs_read [mod]. */
static char *where__name(const char *where)
{
	size_t name = strcspn(where, "+ "), rest;
	const char *module = strchr(where, ' ');
	char *text = malloc(strlen(where) + 1);

	if (!text)
		return NULL;
	rest = module ? strlen(module) : 0;
	memcpy(text, where, name);
	if (module)
		memcpy(text + name, module, rest);
	text[name + rest] = '\0';
	return text;
}

static const char *desc__take_probe(struct view_desc *d, struct line *l)
{
	struct view_probe *p = desc__probe(d, l->word[1], false);

	if (!p)
		return "no number, or one that is taken";
	if (strcmp(l->word[2], "p") && strcmp(l->word[2], "r"))
		return "neither p nor r";
	if (!num__read(l->word[5], UINT64_MAX, &p->offset))
		return "no offset";
	p->where_name = where__name(l->word[6]);
	p->fields = calloc(1, sizeof(*p->fields));
	if (!p->where_name || !p->fields)
		return "out of memory";
	p->is_known = true;
	p->is_return = *l->word[2] == 'r';
	p->event = l->word[3];
	p->symbol = l->word[4];
	p->where = l->word[6];
	p->need = sizeof(struct kp_event);
	if ((uint32_t)(p - d->probes) >= d->nprobes)
		d->nprobes = (uint32_t)(p - d->probes) + 1;
	return NULL;
}

static void probe__need(struct view_probe *p, uint32_t bytes)
{
	if (p->need < bytes)
		p->need = bytes;
}

static const char *desc__take_data(struct view_desc *d, struct line *l)
{
	struct view_probe *p = desc__probe(d, l->word[1], true);

	if (!p)
		return "unknown probe";
	if (!num__read32(l->word[2], INT32_MAX / 2, &p->faults) ||
	    !num__read32(l->word[3], INT32_MAX / 2, &p->cut) ||
	    !num__read32(l->word[4], INT32_MAX / 2, &p->text))
		return "no offset";
	if (p->faults)
		probe__need(p, p->faults + 8);
	if (p->cut)
		probe__need(p, p->cut + 8);
	/* Which faults are only of a page that is not in memory. */
	if (l->n > 5 && !num__read32(l->word[5], INT32_MAX / 2, &p->absent))
		return "no offset";
	if (p->absent)
		probe__need(p, p->absent + 8);
	probe__need(p, p->text);
	return NULL;
}

static bool field__set_kind(struct view_field *f, const char *name)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(kinds); i++) {
		if (strcmp(name, kinds[i].name) == 0) {
			f->kind = kinds[i].kind;
			return true;
		}
	}
	return false;
}

/* u8 to s64, or str */
static bool field__set_type(struct view_field *f, const char *type)
{
	uint32_t bits;

	if (field__is_str(f)) {
		f->size = 16; /* struct kp_str */
		return strcmp(type, "str") == 0;
	}
	if ((*type != 'u' && *type != 's') ||
	    !num__read32(type + 1, 64, &bits) ||
	    (bits != 8 && bits != 16 && bits != 32 && bits != 64))
		return false;
	f->size = (uint8_t)(bits / 8);
	f->is_signed = *type == 's';
	return true;
}

static void field__set_base(struct view_field *f, const char *format)
{
	size_t i;

	f->base = f->is_signed ? VIEW_LLD : VIEW_LLU;
	for (i = 0; i < ARRAY_SIZE(formats); i++)
		if (strcmp(format, formats[i].format) == 0)
			f->base = formats[i].base;
}

static bool name__is_valid(const char *s)
{
	const char *c;

	for (c = s; *c; c++)
		if (*c != '_' && (*c < '0' || *c > '9') &&
		    ((*c | 32) < 'a' || (*c | 32) > 'z'))
			return false;
	return *s;
}

static const char *field__set(struct view_field *f, struct line *l)
{
	if (!num__read32(l->word[2], 127, &f->n))
		return "no number of an argument";
	if (!name__is_valid(l->word[3]))
		return "no name";
	f->name = l->word[3];
	if (!field__set_kind(f, l->word[4]))
		return "unknown kind";
	if (!field__set_type(f, l->word[5]))
		return "no type of this kind";
	if (!num__read32(l->word[6], INT32_MAX / 4, &f->offset))
		return "no offset";
	if (!num__read32(l->word[7], 65536, &f->count))
		return "no count";
	field__set_base(f, l->word[8]);
	return NULL;
}

static const char *desc__take_field(struct view_desc *d, struct line *l)
{
	struct view_probe *p = desc__probe(d, l->word[1], true);
	struct view_field *f;
	const char *why;
	uint32_t i;

	if (!p)
		return "unknown probe";
	if (p->nfields == VIEW_FIELDS_MAX)
		return "too many";
	f = array__grow((void **)&p->fields, p->nfields, sizeof(*f));
	if (!f)
		return "out of memory";
	memset(f, 0, sizeof(*f));
	why = field__set(f, l);
	if (why)
		return why;
	/* What is added up in the kernel has no head. */
	if (d->mode == VIEW_EVENTS && f->offset < sizeof(struct kp_event))
		return "no offset behind the head of the record";
	for (i = 0; i < p->nfields; i++)
		if (p->fields[i].n == f->n)
			return "a number that is taken";
	f->is_ret = p->is_return && !f->count && strcmp(f->name, "ret") == 0;
	if ((f->kind == VIEW_DURATION || f->kind == VIEW_CALLER) && f->count)
		return "an array of what there is one of";
	probe__need(p, f->offset + f->size * (f->count ? f->count : 1));
	p->nfields++;
	return NULL;
}

static const char *desc__take_enum(struct view_desc *d, struct line *l)
{
	struct view_probe *p = desc__probe(d, l->word[1], true);
	struct view_field *f = NULL;
	struct view_enum *e;
	uint32_t i, n;

	if (!p || !num__read32(l->word[2], 127, &n))
		return "unknown probe or argument";
	for (i = 0; i < p->nfields && !f; i++)
		if (p->fields[i].n == n)
			f = &p->fields[i];
	if (!f)
		return "unknown probe or argument";
	if (f->nenums == VIEW_ENUMS_MAX)
		return "too many";
	e = array__grow((void **)&f->enums, f->nenums, sizeof(*e));
	if (!e)
		return "out of memory";
	if (!num__read_signed(l->word[3], &e->value))
		return "no value";
	if (!name__is_valid(l->word[4]))
		return "no name of a value";
	e->text = l->word[4];
	e->order = f->nenums++;
	return NULL;
}

static const char *desc__take_flag(struct view_desc *d, struct line *l)
{
	struct view_flag *f;

	if (d->nflags == 4096)
		return "too many";
	f = array__grow((void **)&d->flags, d->nflags, sizeof(*f));
	if (!f)
		return "out of memory";
	if (!num__read(l->word[1], UINT64_MAX, &f->mask) || !f->mask)
		return "no mask";
	if (!name__is_valid(l->word[2]))
		return "no name of a flag";
	f->text = l->word[2];
	d->nflags++;
	return NULL;
}

static const char *desc__take_hist(struct view_desc *d, struct line *l)
{
	uint32_t p;

	if (!num__read32(l->word[1], VIEW_PROBES_MAX - 1, &p))
		return "no probe";
	d->hist_of[p] = l->word[2];
	return NULL;
}

static const char *desc__take_keys(struct view_desc *d, struct line *l)
{
	int key = name__find(l->word[1], key_names, 4);

	if (key < 0)
		return "unknown key";
	d->key = (enum view_key)key;
	if (!num__read32(l->word[2], 65536, &d->key_bytes) || !d->key_bytes)
		return "no size of a key";
	if (!num__read(l->word[3], 1 << 24, &d->slots) || !d->slots)
		return "no number of slots";
	if (d->key != VIEW_KEY_COMM && d->key_bytes % 8)
		return "no size that is a multiple of 8";
	return NULL;
}

static const struct {
	const char *name;
	unsigned int words;
	const char *(*take)(struct view_desc *d, struct line *l);
} facts[] = {
	{ "kp", 2, desc__take_kp },	  { "name", 2, desc__take_name },
	{ "mode", 2, desc__take_mode },	  { "cpus", 2, desc__take_cpus },
	{ "area", 2, desc__take_area },	  { "ring", 3, desc__take_ring },
	{ "clock", 4, desc__take_clock }, { "context", 10, desc__take_context },
	{ "probe", 7, desc__take_probe }, { "data", 5, desc__take_data },
	{ "field", 9, desc__take_field }, { "enum", 5, desc__take_enum },
	{ "page", 2, desc__take_page },	  { "flag", 3, desc__take_flag },
	{ "hist", 3, desc__take_hist },	  { "keys", 4, desc__take_keys },
};

/* Facts that we do not know are somebody else's. */
static const char *desc__take_line(struct view_desc *d, struct line *l)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(facts); i++) {
		if (strcmp(l->word[0], facts[i].name))
			continue;
		if (l->n < facts[i].words)
			return "too few words";
		return facts[i].take(d, l);
	}
	return NULL;
}

/* Cuts it at its TABs; what is in it is going to a terminal. */
static bool line__split(struct line *l, char *text)
{
	char *s = text;

	l->n = 0;
	for (;;) {
		if (l->n < WORDS_MAX)
			l->word[l->n++] = s;
		while (*s && *s != '\t') {
			if (*s < ' ' || *s > '~')
				return false;
			s++;
		}
		if (!*s)
			return true;
		*s++ = '\0';
	}
}

static int error__set_line(struct view_error *err, unsigned int line,
			   const char *what, const char *cause)
{
	err->line = line;
	snprintf(err->what, sizeof(err->what), "%s", what);
	err->cause = cause;
	return -EINVAL;
}

static int desc__parse_lines(struct view_desc *d, struct view_error *err)
{
	char *s = d->text, *end;
	const char *cause;
	struct line l;
	unsigned int n;

	for (n = 1; *s; n++, s = end) {
		end = s + strcspn(s, "\n");
		if (*end)
			*end++ = '\0';
		if (!line__split(&l, s))
			return error__set_line(err, n, "line",
					       "is not printable ASCII");
		if (n == 1 && strcmp(l.word[0], "kp"))
			return error__set_line(err, n, "kp", "not there");
		cause = desc__take_line(d, &l);
		if (cause)
			return error__set_line(err, n, l.word[0], cause);
	}
	return n > 1 ? 0 : error__set_line(err, 0, "text", "empty");
}

static int enum__compare(const void *a, const void *b)
{
	const struct view_enum *x = a, *y = b;

	if (x->value != y->value)
		return x->value < y->value ? -1 : 1;
	return x->order < y->order ? -1 : x->order > y->order;
}

const char *field__enum(const struct view_field *f, int64_t value)
{
	uint32_t low = 0, high = f->nenums, mid;

	while (low < high) {
		mid = low + (high - low) / 2;
		if (f->enums[mid].value < value)
			low = mid + 1;
		else
			high = mid;
	}
	if (low == f->nenums || f->enums[low].value != value)
		return NULL;
	return f->enums[low].text;
}

static bool probe__finish(struct view_probe *p)
{
	struct view_field *f;

	for (f = p->fields; f < p->fields + p->nfields; f++) {
		if (f->nenums)
			qsort(f->enums, f->nenums, sizeof(*f->enums),
			      enum__compare);
		if (f->kind == VIEW_CALLER)
			p->caller = f;
		else if (f->kind == VIEW_DURATION)
			p->duration = f;
		else if (f->is_ret)
			p->ret = f;
		if (field__is_str(f) && !p->text)
			return false;
	}
	return true;
}

uint32_t desc__tables(const struct view_desc *d)
{
	return d->nprobes ? d->nprobes : 1;
}

uint64_t desc__table_size(const struct view_desc *d)
{
	if (d->mode == VIEW_HIST)
		return KP_HIST_LEN * 8;
	return d->slots * (8 + (uint64_t)d->key_bytes);
}

const char *desc__key_name(const struct view_desc *d)
{
	return key_names[d->key];
}

static bool desc__has_hist(const struct view_desc *d)
{
	uint32_t i;

	for (i = 0; i < desc__tables(d); i++)
		if (d->hist_of[i])
			return true;
	return false;
}

/* What has no line, or does not fit together. */
static const char *desc__check(struct view_desc *d, size_t machine)
{
	uint64_t need = 0;
	uint32_t i;

	if (!d->name)
		return "no name";
	if (!d->cpus)
		return "no number of CPUs";
	for (i = 0; i < d->nprobes; i++)
		if (d->probes[i].is_known && !probe__finish(&d->probes[i]))
			return "a string without a place for its text";
	if (d->mode == VIEW_COUNT)
		return NULL;
	if (d->mode == VIEW_EVENTS)
		need = KP_EVENT_MIN;
	else
		need = desc__tables(d) * desc__table_size(d);
	if (d->mode == VIEW_HIST && !desc__has_hist(d))
		return "no line of hist";
	if (!need)
		return "no line of keys";
	if (d->ring < need)
		return "a ring that is too small";
	if (d->page % machine)
		return "pages that are no whole ones of this machine";
	if (d->area % d->page || d->area < d->page + d->ring + d->slack)
		return "an area that is too small, or not of whole pages";
	return NULL;
}

int desc__parse(struct view_desc *d, const char *text, size_t len, size_t page,
		struct view_error *err)
{
	const char *cause;
	int ret;

	memset(d, 0, sizeof(*d));
	memset(err, 0, sizeof(*err));
	d->text = malloc(len + 1);
	if (!d->text)
		return error__set_line(err, 0, "text", "out of memory");
	memcpy(d->text, text, len);
	d->text[len] = '\0';
	ret = desc__parse_lines(d, err);
	if (ret)
		return ret;
	/* The kernel's room for it is limited. */
	if (text[len - 1] != '\n')
		return error__set_line(err, 0, "text", "cut off");
	if (!d->page)
		d->page = page;
	cause = desc__check(d, page);
	return cause ? error__set_line(err, 0, "text", cause) : 0;
}

void desc__free(struct view_desc *d)
{
	uint32_t i, j;

	for (i = 0; d->probes && i < VIEW_PROBES_MAX; i++) {
		for (j = 0; j < d->probes[i].nfields; j++)
			free(d->probes[i].fields[j].enums);
		free(d->probes[i].fields);
		free(d->probes[i].where_name);
	}
	free(d->probes);
	free(d->flags);
	free(d->text);
	memset(d, 0, sizeof(*d));
}
