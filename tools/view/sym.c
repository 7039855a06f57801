// SPDX-License-Identifier: GPL-2.0-only
/* sym.c - see sym.h */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kallsyms.h"
#include "sym.h"

#define KALLSYMS "/proc/kallsyms"
/* A gap between two symbols that is no function's length any more. */
#define LENGTH_MAX 0x100000

/* Names are offsets in the text; 0 is none. */
struct symbol {
	uint64_t addr;
	uint32_t name;
	uint32_t module;
	uint32_t order;
};

struct view_syms {
	const char *path;
	bool is_read;
	struct symbol *list;
	uint32_t n;
	uint32_t cap;
	char *text;
	uint32_t used;
	uint32_t size;
};

struct view_syms *syms__new(const char *path)
{
	struct view_syms *s = calloc(1, sizeof(*s));

	if (s)
		s->path = path ? path : KALLSYMS;
	return s;
}

void syms__free(struct view_syms *s)
{
	if (!s)
		return;
	free(s->list);
	free(s->text);
	free(s);
}

/* Copies a name; 0 when memory ran out. */
static uint32_t syms__add_text(struct view_syms *s, const char *name,
			       size_t len)
{
	uint32_t size = s->size ? s->size * 2 : 0x100000, at;
	char *text;

	if (len > 4096)
		len = 4096;
	if (!s->size || s->size - s->used < len + 1) {
		text = size > s->size ? realloc(s->text, size) : NULL;
		if (!text)
			return 0;
		s->text = text;
		s->size = size;
		if (!s->used)
			s->text[s->used++] = '\0';
	}
	at = s->used;
	memcpy(s->text + at, name, len);
	s->text[at + len] = '\0';
	s->used += (uint32_t)len + 1;
	return at;
}

/* Those of a module follow each other: its name is kept once. */
static uint32_t syms__module(struct view_syms *s, const char *name, size_t len)
{
	uint32_t last = s->n ? s->list[s->n - 1].module : 0;

	if (last && strncmp(s->text + last, name, len) == 0 &&
	    !s->text[last + len])
		return last;
	return syms__add_text(s, name, len);
}

static int syms__add(struct view_syms *s, const struct kallsyms_line *l)
{
	struct symbol *list, *sym;
	uint32_t cap;

	if (s->n == s->cap) {
		cap = s->cap ? s->cap * 2 : 1 << 15;
		list = realloc(s->list, cap * sizeof(*list));
		if (!list)
			return -ENOMEM;
		s->list = list;
		s->cap = cap;
	}
	sym = &s->list[s->n];
	sym->addr = l->addr;
	sym->order = s->n;
	/* With its brackets. */
	sym->module =
		l->module ? syms__module(s, l->module - 1, l->module_len + 2) :
			    0;
	sym->name = syms__add_text(s, l->name, l->name_len);
	if (!sym->name || (l->module && !sym->module))
		return -ENOMEM;
	s->n++;
	return 0;
}

/* It goes to terminals and into JSON as it is. */
static bool name__is_harmless(const char *s, const char *end)
{
	for (; s < end; s++)
		if ((*s < ' ' && *s != '\t') || *s > '~' || *s == '"' ||
		    *s == '\\')
			return false;
	return true;
}

static int syms__add_line(struct view_syms *s, const char *line)
{
	const char *end = line + strcspn(line, "\n");
	struct kallsyms_line l;

	/* Addresses that are hidden from us are all zero. */
	if (!kallsyms__parse(line, end, &l) || !l.addr ||
	    !kallsyms__is_text(l.type) || !name__is_harmless(l.name, end))
		return 0;
	return syms__add(s, &l);
}

/* The first name of an address is the one the kernel shows, too. */
static int symbol__compare(const void *a, const void *b)
{
	const struct symbol *x = a, *y = b;

	if (x->addr != y->addr)
		return x->addr < y->addr ? -1 : 1;
	return x->order < y->order ? -1 : 1;
}

static void syms__read(struct view_syms *s)
{
	FILE *f = fopen(s->path, "re");
	char *line = NULL;
	size_t size = 0;
	int err = 0;

	s->is_read = true;
	while (f && !err && getline(&line, &size, f) > 0)
		err = syms__add_line(s, line);
	free(line);
	if (f)
		fclose(f);
	if (s->n)
		qsort(s->list, s->n, sizeof(*s->list), symbol__compare);
	else
		fprintf(stderr,
			"kp_view: warning: symbols %s: %s; addresses are shown as numbers\n",
			s->path,
			f ? "none, or hidden by kernel.kptr_restrict" :
			    strerror(errno));
}

/* The symbol that covers addr; *len is up to the next one. */
static const struct symbol *syms__find(struct view_syms *s, uint64_t addr,
				       uint64_t *len)
{
	uint32_t low = 0, high, mid, next;

	if (!s->is_read)
		syms__read(s);
	high = s->n;
	while (low < high) {
		mid = low + (high - low) / 2;
		if (s->list[mid].addr <= addr)
			low = mid + 1;
		else
			high = mid;
	}
	if (!low)
		return NULL;
	next = low--;
	while (low && s->list[low - 1].addr == s->list[low].addr)
		low--;
	*len = next < s->n ? s->list[next].addr - s->list[low].addr : 4096;
	if (addr - s->list[low].addr >= *len ||
	    addr - s->list[low].addr >= LENGTH_MAX)
		return NULL;
	return &s->list[low];
}

void syms__put(struct view_syms *s, struct out *o, uint64_t addr,
	       enum view_sym_form form)
{
	const struct symbol *sym;
	uint64_t len;

	sym = syms__find(s, addr, &len);
	if (!sym) {
		out__hex(o, addr);
		return;
	}
	out__str(o, s->text + sym->name);
	if (form == VIEW_SYM_FULL) {
		out__chr(o, '+');
		out__hex(o, addr - sym->addr);
		out__chr(o, '/');
		out__hex(o, len);
	}
	if (form != VIEW_SYM_BARE && sym->module) {
		out__chr(o, ' ');
		out__str(o, s->text + sym->module);
	}
}
