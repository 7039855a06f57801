// SPDX-License-Identifier: GPL-2.0-only
/* sym_glob.c - see sym_glob.h */
#include <stdlib.h>
#include <string.h>

#include "kallsyms.h"
#include "sym_glob.h"

/* One search: addresses that are taken, and what ftrace can trace. */
struct search {
	struct glob *g;
	struct sym_table *t;
	size_t literal; /* what the pattern begins with */
	const char *tail; /* and ends with */
	bool is_copies; /* the pattern has a dot */
	uint64_t *addrs; /* a hash table; 0 is free */
	size_t n_addrs;
	size_t size;
	unsigned char *traced[SYM_IMAGES];
};

void ref__add_aliases(const struct sym_table *t, const struct sym_ref *r,
		      struct text *aliases)
{
	struct sym_ref other;
	uint32_t at = 0;
	const char *name;

	while (ref__other(t, r, &at, &other)) {
		name = ref__name(&other);
		if (!kallsyms__is_text(ref__type(&other)) ||
		    kallsyms__is_padding(name) ||
		    strcmp(name, ref__name(r)) == 0)
			continue;
		if (aliases->len)
			text__add(aliases, " ");
		text__add_name(aliases, name);
	}
}

static uint64_t *search__slot(const struct search *s, uint64_t addr)
{
	size_t i = (addr * 0x9e3779b97f4a7c15ull) >> 40;

	for (;; i++) {
		i &= s->size - 1;
		if (!s->addrs[i] || s->addrs[i] == addr)
			return &s->addrs[i];
	}
}

static void search__grow(struct search *s)
{
	struct search old = *s;
	size_t i;

	s->size = s->size ? s->size * 2 : 1024;
	s->addrs = mem__new(s->size * sizeof(*s->addrs));
	for (i = 0; i < old.size; i++)
		if (old.addrs[i])
			*search__slot(s, old.addrs[i]) = old.addrs[i];
	free(old.addrs);
}

/* True, once, for each address; and where they are hidden. */
static bool search__take_addr(struct search *s, const struct sym_ref *r)
{
	uint64_t *slot, addr = ref__addr(r);

	if (s->t->is_hidden || !addr)
		return true;
	if (s->n_addrs * 2 >= s->size)
		search__grow(s);
	slot = search__slot(s, addr);
	if (*slot)
		return false;
	*slot = addr;
	s->n_addrs++;
	return true;
}

static int search__image_of(const struct search *s, const struct sym_ref *r)
{
	return r->image == &s->t->image[SYM_MODULES] ? SYM_MODULES : SYM_KERNEL;
}

/* vfs_read, or e1000_intr [e1000] */
static void search__add_traced(struct search *s, char *line)
{
	char *module = strchr(line, ' ');
	struct sym_found f;
	uint32_t i;

	if (module) {
		*module = '\0';
		module += strspn(module + 1, " [") + 1;
		module[strcspn(module, "]")] = '\0';
	}
	find__name(s->t, line, module ? module : "vmlinux", &f);
	for (i = 0; i < f.asked.n; i++)
		s->traced[search__image_of(s, &f.asked.list[i])]
			 [f.asked.list[i].i] = 1;
	find__free(&f);
}

static void search__read_traced(struct search *s)
{
	struct text list = { 0 };
	char *line, *next;
	int i;

	if (!s->g->traced || !file__read(s->g->traced, &list))
		return;
	for (i = 0; i < SYM_IMAGES; i++)
		s->traced[i] = mem__new(s->t->image[i].h->syms);
	for (line = list.s; *line; line = next) {
		next = line + strcspn(line, "\n");
		if (*next)
			*next++ = '\0';
		search__add_traced(s, line);
	}
	text__free(&list);
}

/* The list tells one name of an address, which may be another one. */
static bool search__is_traced(const struct search *s, const struct sym_ref *r)
{
	const unsigned char *traced = s->traced[search__image_of(s, r)];
	struct sym_ref other;
	uint32_t at = 0;

	if (!traced || traced[r->i])
		return true;
	while (ref__other(s->t, r, &at, &other))
		if (traced[other.i])
			return true;
	return false;
}

static bool search__is_shared(const struct search *s, const char *name)
{
	struct sym_found f;
	bool is_shared;

	find__name(s->t, name, s->g->module, &f);
	is_shared = f.asked.n > 1;
	find__free(&f);
	return is_shared;
}

static bool search__is_denied(const struct search *s, struct sym_function *f,
			      const struct sym_ref *r)
{
	struct text aliases = { 0 };
	const struct deny *d;
	bool is_denied = false;
	int i;

	if (!s->g->denied || s->g->total > GLOB_JUDGED_MAX)
		return false;
	text__add(&aliases, "%s", "");
	ref__add_aliases(s->t, r, &aliases);
	f->aliases = aliases.s;
	for (i = 0; i < SYM_USES && !is_denied; i++) {
		if (!(s->g->uses & 1u << i))
			continue;
		d = deny_list__find(s->g->denied, f, 1u << i);
		is_denied = d && deny__is_refusal(d);
	}
	text__free(&aliases);
	return is_denied;
}

static enum glob_why search__judge(struct search *s, const struct sym_ref *r,
				   const char *name)
{
	struct sym_function f = {
		.symbol = name,
		.module = ref__module(r),
		.aliases = "",
		.has_addr = !s->t->is_hidden,
		.addr = ref__addr(r),
		.count = 1,
	};

	if (!s->is_copies && strchr(name, '.'))
		return GLOB_COPY;
	if (search__is_shared(s, name))
		return GLOB_SHARED;
	if (s->g->is_forbidden_asked && forbidden__find(s->t, &f))
		return GLOB_FORBIDDEN;
	if (!search__is_traced(s, r))
		return GLOB_UNTRACED;
	if (s->n_addrs && s->addrs && !s->t->is_hidden &&
	    *search__slot(s, f.addr))
		return GLOB_ALIAS;
	if (search__is_denied(s, &f, r))
		return GLOB_DENIED;
	search__take_addr(s, r);
	return GLOB_TAKEN;
}

/* What most names fail by comes first. */
static bool search__matches(const struct search *s, const char *name)
{
	size_t len, tail = strlen(s->tail);

	if (strncmp(name, s->g->pattern, s->literal) != 0)
		return false;
	len = strlen(name);
	return len >= s->literal + tail &&
	       memcmp(name + len - tail, s->tail, tail) == 0 &&
	       pattern__match(s->g->pattern + s->literal, name + s->literal);
}

static void search__try(struct search *s, const struct sym_ref *r)
{
	const char *name = ref__name(r), *module = s->g->module;
	enum glob_why why;

	if ((*module && strcmp(module, ref__place(r)) != 0) ||
	    !ref__is_function(s->t, r) || kallsyms__is_padding(name))
		return;
	why = search__judge(s, r, name);
	if (why != GLOB_TAKEN) {
		s->g->left[why]++;
		return;
	}
	s->g->total++;
	refs__add(&s->g->taken, *r);
}

static void search__image(struct search *s, struct sym_image *im)
{
	struct sym_ref r = { .image = im };
	struct sym_scan scan;
	const char *name;

	image__scan(im, &scan);
	for (; r.i < scan.n; r.i++) {
		name = scan__name(&scan, r.i);
		if ((!s->literal || *name == *s->g->pattern) &&
		    kallsyms__is_text(scan.syms[r.i].type) &&
		    search__matches(s, name))
			search__try(s, &r);
	}
}

/* It ends behind the last of * ? and ]. */
static const char *pattern__tail(const char *pattern)
{
	const char *tail = pattern + strlen(pattern);

	while (tail > pattern && !strchr("*?]", tail[-1]))
		tail--;
	return tail;
}

void glob__expand(struct glob *g, struct sym_table *t)
{
	struct search s = {
		.g = g,
		.t = t,
		.literal = pattern__literal(g->pattern),
		.tail = pattern__tail(g->pattern),
		.is_copies = strchr(g->pattern, '.'),
	};
	int i;

	search__read_traced(&s);
	for (i = 0; i < SYM_IMAGES; i++)
		search__image(&s, &t->image[i]);
	for (i = 0; i < SYM_IMAGES; i++)
		free(s.traced[i]);
	free(s.addrs);
}
