// SPDX-License-Identifier: GPL-2.0-only
/* sym_list.c - see sym_list.h */
#include <stdlib.h>
#include <string.h>

#include "sym_find.h"
#include "sym_list.h"

const char *const sym_use_names[SYM_USES] = { "count", "print", "return" };

/* What begins a group of our list. */
struct group {
	const char *uses;
	const char *reason;
	unsigned int use_set;
	bool is_refusal;
};

struct deny {
	const struct group *group;
	const char *module;
	const char *name;
	bool is_pattern;
};

struct deny_list {
	struct text text; /* cut into strings */
	struct group *groups;
	struct deny *list;
	size_t n;
	size_t n_groups;
};

static size_t whole_len(const char *name)
{
	return strcspn(name, ".");
}

static bool range__has(const struct sym_range *r, const char *name,
		       const struct sym_function *f)
{
	bool is_hidden = !f->has_addr || !r->start;
	size_t whole = whole_len(f->symbol);

	if (!is_hidden && f->addr >= r->start && f->addr < r->end)
		return true;
	if (!name)
		return false;
	if (strcmp(name, f->symbol) == 0)
		return is_hidden || f->count <= 1;
	/* The kernel also looks up FUNC for FUNC.isra.0. */
	return f->symbol[whole] && strlen(name) == whole &&
	       strncmp(name, f->symbol, whole) == 0;
}

static const char *section__find(struct sym_table *t,
				 const struct sym_function *f)
{
	static const char *const bounds[][3] = {
		{ "__entry_text", "__entry_text_start", "__entry_text_end" },
		{ "__noinstr_text", "__noinstr_text_start",
		  "__noinstr_text_end" },
		{ "__kprobes_text", "__kprobes_text_start",
		  "__kprobes_text_end" },
	};
	struct sym_found from, to;
	bool is_in;
	size_t i;

	if (!f->has_addr)
		return NULL;
	for (i = 0; i < sizeof(bounds) / sizeof(bounds[0]); i++) {
		find__name(t, bounds[i][1], "", &from);
		find__name(t, bounds[i][2], "", &to);
		is_in = from.same.n && to.same.n &&
			f->addr >=
				ref__addr(&from.same.list[from.same.n - 1]) &&
			f->addr < ref__addr(&to.same.list[to.same.n - 1]);
		find__free(&from);
		find__free(&to);
		if (is_in)
			return bounds[i][0];
	}
	return NULL;
}

bool forbidden__is_known(const struct sym_table *t)
{
	return t->image[SYM_MODULES].h->has_ranges;
}

const char *forbidden__find(struct sym_table *t, const struct sym_function *f)
{
	struct sym_image *im = &t->image[SYM_MODULES];
	uint32_t i, hash = sym__hash(f->symbol, strlen(f->symbol));
	const struct sym_range *r;
	const char *name;

	if (!forbidden__is_known(t))
		return section__find(t, f);
	for (i = 0; i < im->h->ranges; i++) {
		r = image__range(im, i);
		name = r->hash == hash ? image__name(im, r->name) : NULL;
		if (range__has(r, name, f))
			return image__name(im, r->name);
	}
	return NULL;
}

static unsigned int uses__parse(const char *s)
{
	unsigned int set = 0;
	size_t len;
	int i;

	for (; *s; s += len + (s[len] == ',')) {
		len = strcspn(s, ",");
		for (i = 0; i < SYM_USES; i++)
			if (strlen(sym_use_names[i]) == len &&
			    memcmp(s, sym_use_names[i], len) == 0)
				set |= 1u << i;
	}
	return set;
}

/* [count,print] refuse the reason */
static void deny_list__add_group(struct deny_list *l, char *line)
{
	char *uses = line + 1, *rest = strchr(uses, ']'), *severity;
	struct group *g = &l->groups[l->n_groups++];

	*rest++ = '\0';
	severity = rest + strspn(rest, " ");
	rest = severity + strcspn(severity, " ");
	g->is_refusal = rest - severity == 6 &&
			memcmp(severity, "refuse", 6) == 0;
	g->uses = uses;
	g->use_set = uses__parse(uses);
	g->reason = rest + strspn(rest, " ");
}

static void deny_list__add(struct deny_list *l, char *line)
{
	struct deny *d = &l->list[l->n++];
	char *colon = strchr(line, ':');

	d->group = &l->groups[l->n_groups - 1];
	d->module = "vmlinux";
	d->name = line;
	if (colon) {
		*colon = '\0';
		d->module = line;
		d->name = colon + 1;
	}
	d->is_pattern = d->name[pattern__literal(d->name)] ||
			d->module[pattern__literal(d->module)];
}

struct deny_list *deny_list__read(const char *path)
{
	struct deny_list *l = mem__new(sizeof(*l));
	char *line, *next;
	size_t lines = 1;

	if (!file__read(path, &l->text)) {
		free(l);
		return NULL;
	}
	for (line = l->text.s; *line; line++)
		lines += *line == '\n';
	l->list = mem__new(lines * sizeof(*l->list));
	l->groups = mem__new(lines * sizeof(*l->groups));
	for (line = l->text.s; line; line = next) {
		next = strchr(line, '\n');
		if (next)
			*next++ = '\0';
		if (!*line || *line == '#')
			continue;
		if (*line == '[' && strchr(line, ']'))
			deny_list__add_group(l, line);
		else if (l->n_groups)
			deny_list__add(l, line);
	}
	return l;
}

void deny_list__free(struct deny_list *l)
{
	if (!l)
		return;
	text__free(&l->text);
	free(l->list);
	free(l->groups);
	free(l);
}

static bool deny__has(const struct deny *d, const char *module,
		      const char *name, const char *whole)
{
	if (!d->is_pattern)
		return strcmp(d->module, module) == 0 &&
		       (strcmp(d->name, name) == 0 ||
			strcmp(d->name, whole) == 0);
	return pattern__match(d->module, module) &&
	       (pattern__match(d->name, name) ||
		pattern__match(d->name, whole));
}

/* A copy is as bad as the whole, and any name of it as each. */
struct names {
	char *text;
	const char *name[64];
	const char *whole[64];
	size_t n;
};

static void names__init(struct names *all, const struct sym_function *f)
{
	struct text t = { 0 };
	char *p, *copy;

	text__add(&t, "%s %s", f->symbol, f->aliases);
	all->text = t.s;
	all->n = 0;
	for (p = strtok(t.s, " "); p && all->n < 64; p = strtok(NULL, " ")) {
		copy = mem__copy(p, whole_len(p));
		all->name[all->n] = p;
		all->whole[all->n++] = copy;
	}
}

static void names__free(struct names *all)
{
	while (all->n)
		free((char *)all->whole[--all->n]);
	free(all->text);
}

const struct deny *deny_list__find(const struct deny_list *l,
				   const struct sym_function *f,
				   enum sym_use use)
{
	const char *module = *f->module ? f->module : "vmlinux";
	const struct deny *found = NULL, *d;
	struct names all;
	size_t i, k;

	names__init(&all, f);
	for (i = 0; i < l->n; i++) {
		d = &l->list[i];
		if (!(d->group->use_set & use) ||
		    (found && !d->group->is_refusal))
			continue;
		for (k = 0; k < all.n; k++)
			if (deny__has(d, module, all.name[k], all.whole[k]))
				break;
		if (k == all.n)
			continue;
		found = d;
		if (d->group->is_refusal)
			break;
	}
	names__free(&all);
	return found;
}

bool deny__is_refusal(const struct deny *d)
{
	return d->group->is_refusal;
}

const char *deny__reason(const struct deny *d)
{
	return d->group->reason;
}

const char *deny__uses(const struct deny *d)
{
	return d->group->uses;
}

void deny__add_pattern(const struct deny *d, struct text *t)
{
	if (strcmp(d->module, "vmlinux") != 0)
		text__add(t, "%s:", d->module);
	text__add(t, "%s", d->name);
}
