// SPDX-License-Identifier: GPL-2.0-only
/*
 * sym_near.c - see sym_near.h. An edit is a letter changed, left out, put in,
 * or two exchanged.
 */
#include <stdlib.h>
#include <string.h>

#include "kallsyms.h"
#include "sym_find.h"
#include "sym_near.h"

#define LIMIT_MAX 3
#define WIDTH_MAX 512
#define FAR 99

/* A search for what is within limit edits of want. */
struct relatives;

struct search {
	const char *want;
	const struct relatives *relatives; /* which are told by themselves */
	int width;
	int limit; /* falls as nearer ones are found */
	int found[LIMIT_MAX + 1];
	struct sym_refs at[LIMIT_MAX + 1]; /* by distance */
	const char *piece[LIMIT_MAX + 2];
	size_t piece_len[LIMIT_MAX + 2];
	int pieces;
	unsigned char row[3][WIDTH_MAX + LIMIT_MAX + 3];
};

static unsigned char least(unsigned char a, unsigned char b)
{
	return a < b ? a : b;
}

/* Row i, of letter c, from the two before it; its least cell. */
static int search__row(struct search *s, int i, char c, char last)
{
	unsigned char *cell = s->row[i % 3], *up = s->row[(i + 2) % 3];
	const unsigned char *upper = s->row[(i + 1) % 3];
	int low = i > s->limit ? i - s->limit : 1, high = i + s->limit, j;
	unsigned char v, best;

	if (high > s->width)
		high = s->width;
	cell[low - 1] = low == 1 ? i : FAR;
	best = cell[low - 1];
	for (j = low; j <= high; j++) {
		v = up[j - 1];
		if (c != s->want[j - 1]) {
			v = least(least(v, up[j]), cell[j - 1]) + 1;
			if (i > 1 && j > 1 && c == s->want[j - 2] &&
			    last == s->want[j - 1])
				v = least(v, upper[j - 2] + 1);
		}
		cell[j] = v;
		best = least(best, v);
	}
	cell[high + 1] = FAR;
	return best;
}

/* Only cells near the diagonal; gives up when none is within the limit. */
static int search__distance(struct search *s, const char *name, int len)
{
	int i, best = 0, before;

	for (i = 0; i <= s->limit; i++)
		s->row[0][i] = i;
	s->row[0][s->limit + 1] = FAR;
	for (i = 1; i <= len; i++) {
		before = best;
		best = search__row(s, i, name[i - 1], i > 1 ? name[i - 2] : 0);
		if (best > s->limit && before >= s->limit)
			return FAR;
	}
	return s->row[len % 3][s->width];
}

/* Cheap and first: of limit + 2 pieces of the name, edits leave one whole. */
static bool search__has_piece(const struct search *s, const char *name,
			      size_t len)
{
	int i;

	for (i = 0; i < s->pieces; i++)
		if (memmem(name, len, s->piece[i], s->piece_len[i]))
			return true;
	return false;
}

static bool search__is_seen(const struct search *s, const char *name)
{
	uint32_t i;
	int d;

	for (d = 0; d <= LIMIT_MAX; d++)
		for (i = 0; i < s->at[d].n; i++)
			if (strcmp(ref__name(&s->at[d].list[i]), name) == 0)
				return true;
	return false;
}

static void search__init(struct search *s, const char *want)
{
	int i, from, to, pieces;

	s->want = want;
	s->width = strlen(want);
	s->limit = s->width <= 4 ? 1 : s->width <= 8 ? 2 : 3;
	pieces = s->limit + 2;
	for (i = 0; i < pieces; i++) {
		from = i * s->width / pieces;
		to = (i + 1) * s->width / pieces;
		if (to == from)
			continue;
		s->piece[s->pieces] = want + from;
		s->piece_len[s->pieces++] = to - from;
	}
}

static bool relatives__has(const struct relatives *all, const char *name);

static void search__try(struct search *s, const struct sym_table *t,
			const struct sym_ref *r, const char *name)
{
	int len = strlen(name), d, sum = 0;

	if (!s->limit || len - s->width > s->limit ||
	    s->width - len > s->limit || !search__has_piece(s, name, len) ||
	    kallsyms__is_padding(name) || search__is_seen(s, name) ||
	    relatives__has(s->relatives, name) || !ref__is_function(t, r))
		return;
	d = search__distance(s, name, len);
	if (d > s->limit)
		return;
	s->found[d]++;
	refs__add(&s->at[d], *r);
	/* With five of them only nearer ones are of interest. */
	for (d = 1; d <= s->limit; d++)
		sum += s->found[d];
	for (; s->limit > 0 && sum >= SYM_NEAR_MAX; s->limit--)
		sum -= s->found[s->limit];
}

/* Relatives, as patterns of a base and of what is left without do_, vfs_ ... */
static const char *const relatives[] = {
	"__%b",
	"_%b",
	"do_%b",
	"__do_%b",
	"%r",
	"__%r",
	"do_%r",
	"__do_%r",
	"ksys_%r",
	"vfs_%r",
	"do_sys_%r",
	"__x64_sys_%r",
	"__arm64_sys_%r",
	"__riscv_sys_%r",
	"__s390x_sys_%r",
	"sys_%r",
	"__se_sys_%r",
	"__do_sys_%r",
};

#define RELATIVES ((int)(sizeof(relatives) / sizeof(relatives[0])))

struct relatives {
	char *name[RELATIVES + 2];
	int n;
};

static void relatives__init(struct relatives *all, const char *base)
{
	static const char *const prefixes[] = { "do_", "sys_", "ksys_",
						"vfs_" };
	const char *rest = base, *of;
	struct text t;
	size_t i;

	while (*rest == '_' && rest[1])
		rest++;
	if (rest != base) {
		all->name[all->n++] = mem__copy(rest, strlen(rest));
		all->name[all->n++] = mem__copy(rest - 1, strlen(rest) + 1);
	}
	for (i = 0; i < sizeof(prefixes) / sizeof(prefixes[0]); i++)
		if (strncmp(rest, prefixes[i], strlen(prefixes[i])) == 0)
			rest += strlen(prefixes[i]);
	for (i = 0; i < RELATIVES; i++) {
		of = strchr(relatives[i], '%');
		t = (struct text){ 0 };
		text__add(&t, "%.*s%s", (int)(of - relatives[i]), relatives[i],
			  of[1] == 'b' ? base : rest);
		all->name[all->n++] = t.s;
	}
}

static bool relatives__has(const struct relatives *all, const char *name)
{
	int i;

	for (i = 0; i < all->n; i++)
		if (strcmp(all->name[i], name) == 0)
			return true;
	return false;
}

static bool is_told(const struct near *n, const char *name)
{
	int i;

	for (i = 0; i < n->n_related; i++)
		if (strcmp(n->related[i], name) == 0)
			return true;
	return false;
}

static bool is_function(struct sym_table *t, const char *name)
{
	struct sym_found f;
	bool is_any;

	find__name(t, name, "", &f);
	is_any = f.text.n > 0;
	find__free(&f);
	return is_any;
}

static void near__add_related(struct near *n, struct sym_table *t,
			      const char *want, const struct relatives *all)
{
	const char *name;
	int i;

	for (i = 0; i < all->n && n->n_related < SYM_NEAR_MAX; i++) {
		name = all->name[i];
		if (strcmp(name, want) != 0 && !is_told(n, name) &&
		    is_function(t, name))
			n->related[n->n_related++] =
				mem__copy(name, strlen(name));
	}
}

static void near__add_nearest(struct near *n, const struct search *s)
{
	const struct sym_ref *r;
	struct text t;
	uint32_t i;
	int d;

	for (d = 1; d <= LIMIT_MAX; d++)
		for (i = 0; i < s->at[d].n && n->n_nearest < SYM_NEAR_MAX;
		     i++) {
			r = &s->at[d].list[i];
			t = (struct text){ 0 };
			text__add(&t, "%s%s%s", ref__module(r),
				  *ref__module(r) ? ":" : "", ref__name(r));
			n->nearest[n->n_nearest++] = t.s;
		}
}

static void search__image(struct search *s, const struct sym_table *t,
			  struct sym_image *im)
{
	struct sym_ref r = { .image = im };
	struct sym_scan scan;

	image__scan(im, &scan);
	for (; r.i < scan.n && s->limit; r.i++)
		if (kallsyms__is_text(scan.syms[r.i].type))
			search__try(s, t, &r, scan__name(&scan, r.i));
}

void near__find(struct sym_table *t, const char *want, struct near *n)
{
	struct search *s = mem__new(sizeof(*s));
	struct relatives all = { 0 };
	int i;

	*n = (struct near){ 0 };
	relatives__init(&all, want);
	s->relatives = &all;
	near__add_related(n, t, want, &all);
	if (strlen(want) < WIDTH_MAX)
		search__init(s, want);
	for (i = 0; i < SYM_IMAGES; i++)
		search__image(s, t, &t->image[i]);
	near__add_nearest(n, s);
	for (i = 0; i < all.n; i++)
		free(all.name[i]);
	for (i = 0; i <= LIMIT_MAX; i++)
		free(s->at[i].list);
	free(s);
}

void near__free(struct near *n)
{
	int i;

	for (i = 0; i < n->n_related; i++)
		free(n->related[i]);
	for (i = 0; i < n->n_nearest; i++)
		free(n->nearest[i]);
}
