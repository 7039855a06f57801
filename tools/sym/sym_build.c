// SPDX-License-Identifier: GPL-2.0-only
/* sym_build.c - see sym_build.h */
#include <stdlib.h>
#include <string.h>

#include "kallsyms.h"
#include "sym_build.h"

/* The kernel's own names have at most 511. */
#define NAME_LEN_MAX 1000

struct build {
	struct sym_header h;
	struct sym *syms;
	uint32_t *hashes;
	uint32_t size; /* of both */
	struct sym_block *blocks;
	struct sym_range *ranges;
	char *names;
	const char *module; /* of the last block, in the text */
	size_t module_len;
	bool is_left_out; /* that block */
	bool is_any;
};

static const char *const marks[SYM_MARKS] = {
	[SYM_STEXT] = "_stext",
	[SYM_SINITTEXT] = "_sinittext",
	[SYM_EINITTEXT] = "_einittext",
};

static uint32_t count_lines(const struct text *t)
{
	uint32_t n = 1;
	const char *p = t->s;

	while (p && (p = memchr(p, '\n', t->s + t->len - p))) {
		p++;
		n++;
	}
	return n;
}

static uint32_t build__name(struct build *b, const char *name, size_t len)
{
	uint32_t at = b->h.names;

	if (len > NAME_LEN_MAX)
		len = NAME_LEN_MAX;
	memcpy(b->names + at, name, len);
	b->names[at + len] = '\0';
	b->h.names += len + 1;
	return at;
}

static bool is_left_out(const char *module, size_t len)
{
	return (len == 3 && memcmp(module, "bpf", 3) == 0) ||
	       (len >= 11 && memcmp(module, "__builtin__", 11) == 0) ||
	       (len >= 3 && memcmp(module, "kp_", 3) == 0);
}

/* The block of this line; false where it is to be left out. */
static bool build__block(struct build *b, const struct kallsyms_line *l,
			 bool is_lasting)
{
	if (b->is_any && b->module_len == l->module_len &&
	    (!l->module_len ||
	     memcmp(b->module, l->module, l->module_len) == 0))
		return !b->is_left_out;
	b->is_any = true;
	b->module = l->module;
	b->module_len = l->module_len;
	b->is_left_out = b->h.blocks == 0xffff ||
			 (is_lasting && l->module &&
			  is_left_out(l->module, l->module_len));
	if (b->is_left_out)
		return false;
	b->blocks =
		mem__grow(b->blocks, (b->h.blocks + 1) * sizeof(*b->blocks));
	b->blocks[b->h.blocks++] = (struct sym_block){
		.name = build__name(b, l->module ? l->module : "",
				    l->module_len),
		.first = b->h.syms,
		.end = b->h.syms,
	};
	return true;
}

static void build__mark(struct build *b, const struct kallsyms_line *l)
{
	int i;

	for (i = 0; i < SYM_MARKS; i++)
		if (strlen(marks[i]) == l->name_len &&
		    memcmp(marks[i], l->name, l->name_len) == 0)
			b->h.marks[i] = b->h.syms + 1;
}

static void build__sym(struct build *b, const struct kallsyms_line *l)
{
	struct sym *s;

	if (b->h.syms == b->size) {
		b->size = b->size ? b->size * 2 : 1024;
		b->syms = mem__grow(b->syms, b->size * sizeof(*b->syms));
		b->hashes = mem__grow(b->hashes, b->size * sizeof(*b->hashes));
	}
	s = &b->syms[b->h.syms];
	if (l->name[0] == '_' && l->name_len <= 10 && !l->module)
		build__mark(b, l);
	*s = (struct sym){
		.addr = l->addr,
		.name = build__name(b, l->name, l->name_len),
		.block = b->h.blocks - 1,
		.type = l->type,
	};
	b->hashes[b->h.syms] = sym__hash(l->name, l->name_len);
	if (l->addr && !b->h.shown++)
		b->h.digits = l->digits;
	if (!b->h.anchor && l->addr && l->type != 'a' && l->type != 'A')
		b->h.anchor = b->h.syms + 1;
	b->blocks[s->block].end = ++b->h.syms;
}

/* The beginning of the first line with one; end if there is none. */
static const char *first_bracket(const char *text, const char *end)
{
	const char *p = memchr(text, '[', end - text);

	if (!p)
		return end;
	while (p > text && p[-1] != '\n')
		p--;
	return p;
}

static void build__syms(struct build *b, const struct sym_source *from,
			enum sym_part part)
{
	const char *p = from->symbols->s, *end = p + from->symbols->len, *eol;
	struct kallsyms_line l;

	/* Those of modules come last, and only they have brackets. */
	if (part == SYM_PART_MODULES && p < end)
		p = first_bracket(p, end);
	for (; p < end; p = eol + 1) {
		eol = memchr(p, '\n', end - p);
		if (!eol)
			eol = end;
		if (kallsyms__parse(p, eol, &l) &&
		    !l.module_len == (part == SYM_PART_KERNEL) &&
		    build__block(b, &l, from->is_lasting))
			build__sym(b, &l);
	}
}

/* 0xffffffff82003a10-0xffffffff82003a40<TAB>exc_int3 */
static void build__ranges(struct build *b, const struct text *t)
{
	char *line = t->s, *next, *name;
	struct sym_range *r;
	size_t len;

	b->h.has_ranges = 1;
	for (; line && *line; line = next) {
		next = strchr(line, '\n');
		next = next ? next + 1 : line + strlen(line);
		r = &b->ranges[b->h.ranges];
		r->start = strtoull(line, &name, 16);
		if (*name != '-')
			continue;
		r->end = strtoull(name + 1, &name, 16);
		if (*name != '\t' && *name != ' ')
			continue;
		name += strspn(name, " \t");
		len = strcspn(name, " \t\n");
		r->name = build__name(b, name, len);
		r->hash = sym__hash(name, len);
		b->h.ranges++;
	}
}

static void *put(char *data, uint64_t at, const void *from, size_t size)
{
	return size ? memcpy(data + at, from, size) : data + at;
}

/* By hash, and in their order in each bucket. */
static void build__table(const struct build *b, uint32_t *buckets,
			 uint32_t *list)
{
	uint32_t mask = b->h.buckets - 1, i, sum = 0, n;

	for (i = 0; i < b->h.syms; i++)
		buckets[b->hashes[i] & mask]++;
	for (i = 0; i <= b->h.buckets; i++) {
		n = i < b->h.buckets ? buckets[i] : 0;
		buckets[i] = sum;
		sum += n;
	}
	for (i = 0; i < b->h.syms; i++)
		list[buckets[b->hashes[i] & mask]++] = i;
	/* Each is now where the next began. */
	memmove(buckets + 1, buckets, b->h.buckets * sizeof(*buckets));
	buckets[0] = 0;
}

static void build__finish(struct build *b, struct sym_image *im)
{
	struct sym_layout l;
	char *data;

	b->h.buckets = 1;
	while (b->h.buckets < b->h.syms)
		b->h.buckets *= 2;
	sym_layout__of(&l, &b->h);
	memcpy(b->h.magic, SYM_MAGIC, sizeof(b->h.magic));
	b->h.order = SYM_BYTE_ORDER;
	b->h.size = l.size;
	*im = (struct sym_image){ .memory_size = l.size };
	im->memory = mem__new(l.size);
	memcpy(im->memory, &b->h, sizeof(b->h));
	data = (char *)im->memory + l.data;
	put(data, l.syms, b->syms, b->h.syms * sizeof(*b->syms));
	put(data, l.blocks, b->blocks, b->h.blocks * sizeof(*b->blocks));
	put(data, l.ranges, b->ranges, b->h.ranges * sizeof(*b->ranges));
	put(data, l.names, b->names, b->h.names);
	build__table(b, (uint32_t *)(data + l.buckets),
		     (uint32_t *)(data + l.list));
	image__lay_out(im);
}

void image__build(struct sym_image *im, const struct sym_source *from,
		  enum sym_part part)
{
	uint32_t ranges = 0;
	bool has_ranges = part == SYM_PART_MODULES && from->forbidden;
	struct build b = { 0 };
	size_t names = from->symbols->len + 2;

	if (has_ranges) {
		ranges = count_lines(from->forbidden);
		names += from->forbidden->len + 2;
	}
	strncpy(b.h.key, from->key, SYM_KEY_MAX - 1);
	b.ranges = mem__new(ranges * sizeof(*b.ranges));
	b.names = mem__grow(NULL, names);
	b.h.digits = 16;
	build__name(&b, "", 0);
	build__syms(&b, from, part);
	if (has_ranges)
		build__ranges(&b, from->forbidden);
	build__finish(&b, im);
	free(b.syms);
	free(b.hashes);
	free(b.blocks);
	free(b.ranges);
	free(b.names);
}

void image__seal(struct sym_image *im)
{
	struct sym_header *h = im->memory;
	uint32_t *sums = (uint32_t *)((char *)im->memory + im->at.sums);
	size_t from, len;

	for (from = 0; from < im->data_size; from += SYM_PAGE) {
		len = im->data_size - from;
		*sums++ = sym__sum(0, im->data + from,
				   len < SYM_PAGE ? len : SYM_PAGE);
	}
	h->sum = image__header_sum(h);
}
