// SPDX-License-Identifier: GPL-2.0-only
/* sym_table.c - see sym_table.h */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "kallsyms.h"
#include "sym_build.h"
#include "sym_key.h"
#include "sym_table.h"

static const enum sym_part parts[SYM_IMAGES] = {
	[SYM_KERNEL] = SYM_PART_KERNEL,
	[SYM_MODULES] = SYM_PART_MODULES,
};

/* In the cache's directory. */
static const char *const files[SYM_IMAGES] = {
	[SYM_KERNEL] = "symbols.kernel",
	[SYM_MODULES] = "symbols.modules",
};

/* What is read and made for one opening. */
struct opening {
	struct sym_table *t;
	const struct sym_paths *paths;
	struct sym_keys keys;
	struct text forbidden;
	bool has_forbidden;
};

static char *index_path(const struct sym_paths *paths, int which)
{
	struct text path = { 0 };

	text__add(&path, "%s/%s", paths->cache, files[which]);
	return path.s;
}

static bool opening__map(struct opening *o, int which, const char *key)
{
	char *path = index_path(o->paths, which);
	bool is_right = image__open(&o->t->image[which], path, key);

	free(path);
	return is_right;
}

/* The kernel's addresses moved since: by as much as the first one did. */
static bool opening__map_kernel(struct opening *o)
{
	struct sym_image *im = &o->t->image[SYM_KERNEL];

	if (!opening__map(o, SYM_KERNEL, o->keys.kernel))
		return false;
	if (keys__find_delta(o->paths, im, &im->delta) && !im->damaged)
		return true;
	image__close(im);
	return false;
}

/* Its list of what is forbidden may have become readable since. */
static bool opening__map_modules(struct opening *o)
{
	struct sym_image *im = &o->t->image[SYM_MODULES];

	if (!opening__map(o, SYM_MODULES, o->keys.modules))
		return false;
	if (im->h->has_ranges || !o->paths->forbidden ||
	    access(o->paths->forbidden, R_OK) != 0)
		return true;
	image__close(im);
	return false;
}

static bool opening__read(struct opening *o)
{
	struct text *text = &o->t->text;
	char *path;
	bool is_read;

	if (o->paths->forbidden)
		o->has_forbidden =
			file__read(o->paths->forbidden, &o->forbidden);
	if (text->s || (o->paths->symbols && !*o->paths->symbols))
		return true;
	path = o->paths->symbols ?
		       mem__copy(o->paths->symbols, strlen(o->paths->symbols)) :
		       paths__of(o->paths->proc, "kallsyms");
	is_read = file__read(path, text);
	if (is_read && !text->len) {
		is_read = false;
		errno = ENODATA;
	}
	free(path);
	return is_read;
}

/* Only what holds is kept: not without addresses, and not if modules came or
 * went meanwhile.
 */
static void opening__save(struct opening *o, int which)
{
	struct sym_image *im = &o->t->image[which];
	struct sym_keys now;
	char *path;

	if (o->t->is_hidden || !o->keys.is_known ||
	    !keys__find(&now, o->paths) ||
	    strcmp(now.modules, o->keys.modules) != 0)
		return;
	mkdir(o->paths->cache, 0700);
	image__seal(im);
	path = index_path(o->paths, which);
	if (!image__write(im, path))
		fprintf(stderr,
			"kp_load: warning: index %s: cannot be written: %s; each command reads all symbols again\n",
			path, strerror(errno));
	free(path);
}

static void opening__build(struct opening *o, int which, bool is_lasting)
{
	struct sym_source from = {
		.symbols = &o->t->text,
		.forbidden = o->has_forbidden ? &o->forbidden : NULL,
		.key = which == SYM_KERNEL ? o->keys.kernel : o->keys.modules,
		.is_lasting = is_lasting,
	};

	image__build(&o->t->image[which], &from, parts[which]);
}

static bool opening__make(struct opening *o, const bool is_mapped[SYM_IMAGES])
{
	bool is_lasting = o->keys.is_known;
	int i;

	if (!opening__read(o)) {
		for (i = 0; i < SYM_IMAGES; i++)
			if (is_mapped[i])
				image__close(&o->t->image[i]);
		return false;
	}
	for (i = 0; i < SYM_IMAGES; i++)
		if (!is_mapped[i])
			opening__build(o, i, is_lasting);
	/* An address tells that they are not hidden. */
	o->t->is_hidden = o->t->text.len && !o->t->image[0].h->shown &&
			  !o->t->image[1].h->shown;
	o->t->is_complete = !is_lasting;
	for (i = 0; i < SYM_IMAGES; i++)
		if (!is_mapped[i] && is_lasting)
			opening__save(o, i);
	return true;
}

bool table__open(struct sym_table *t, const struct sym_paths *paths,
		 bool is_complete)
{
	struct opening o = { .t = t, .paths = paths };
	bool is_mapped[SYM_IMAGES] = { false };

	t->is_hidden = t->is_complete = false;
	if (paths->cache && !paths->symbols && !is_complete &&
	    keys__find(&o.keys, paths)) {
		is_mapped[SYM_KERNEL] = opening__map_kernel(&o);
		/* What the kernel's own tells, too: are addresses hidden now? */
		is_mapped[SYM_MODULES] = is_mapped[SYM_KERNEL] &&
					 opening__map_modules(&o);
	}
	t->is_open = (is_mapped[SYM_KERNEL] && is_mapped[SYM_MODULES]) ||
		     opening__make(&o, is_mapped);
	text__free(&o.forbidden);
	return t->is_open;
}

void table__close(struct sym_table *t)
{
	int i;

	for (i = 0; t->is_open && i < SYM_IMAGES; i++)
		image__close(&t->image[i]);
	t->is_open = false;
}

bool table__is_damaged(const struct sym_table *t)
{
	return t->image[SYM_KERNEL].damaged || t->image[SYM_MODULES].damaged;
}

void table__drop_index(const struct sym_paths *paths)
{
	char *path;
	int i;

	for (i = 0; i < SYM_IMAGES; i++) {
		path = index_path(paths, i);
		unlink(path);
		free(path);
	}
}

const char *ref__name(const struct sym_ref *r)
{
	return image__name(r->image, image__sym(r->image, r->i)->name);
}

char ref__type(const struct sym_ref *r)
{
	return image__sym(r->image, r->i)->type;
}

static const struct sym_block *ref__block(const struct sym_ref *r)
{
	return image__block(r->image, image__sym(r->image, r->i)->block);
}

const char *ref__module(const struct sym_ref *r)
{
	return image__name(r->image, ref__block(r)->name);
}

uint64_t ref__addr(const struct sym_ref *r)
{
	return image__addr(r->image, r->i);
}

bool table__mark(const struct sym_table *t, enum sym_mark mark, uint64_t *addr)
{
	struct sym_image *im = (struct sym_image *)&t->image[SYM_KERNEL];
	uint32_t at = im->h->marks[mark];

	if (!at)
		return false;
	*addr = t->is_hidden ? at - 1 : image__addr(im, at - 1);
	return true;
}

bool ref__is_freed(const struct sym_table *t, const struct sym_ref *r)
{
	uint64_t from, to, at;

	if (r->image != &t->image[SYM_KERNEL] ||
	    !table__mark(t, SYM_SINITTEXT, &from) ||
	    !table__mark(t, SYM_EINITTEXT, &to))
		return false;
	at = t->is_hidden ? r->i : ref__addr(r);
	return at >= from && at < to;
}

/* vmlinux is sorted by address, a module is not. */
static bool ref__is_sorted(const struct sym_ref *r)
{
	return !*ref__module(r);
}

static bool ref__next_sorted(const struct sym_ref *r, struct sym_ref *next)
{
	uint32_t end = ref__block(r)->end;
	uint64_t addr = ref__addr(r);

	*next = *r;
	while (++next->i < end)
		if (ref__addr(next) != addr)
			return true;
	return false;
}

bool ref__next(const struct sym_table *t, const struct sym_ref *r,
	       struct sym_ref *next)
{
	const struct sym_block *b = ref__block(r);
	struct sym_ref one = { r->image, b->first };
	uint64_t addr = ref__addr(r), at;
	bool is_any = false;

	if (t->is_hidden)
		return false;
	if (ref__is_sorted(r))
		return ref__next_sorted(r, next);
	for (; one.i < b->end; one.i++) {
		at = ref__addr(&one);
		if (at > addr && (!is_any || at < ref__addr(next))) {
			is_any = true;
			*next = one;
		}
	}
	return is_any;
}

bool ref__other(const struct sym_table *t, const struct sym_ref *r,
		uint32_t *at, struct sym_ref *other)
{
	const struct sym_block *b = ref__block(r);
	uint64_t addr = ref__addr(r);
	uint32_t from = b->first;

	if (t->is_hidden)
		return false;
	*other = *r;
	if (ref__is_sorted(r)) {
		from = r->i;
		for (; from > b->first; from--) {
			other->i = from - 1;
			if (ref__addr(other) != addr)
				break;
		}
	}
	for (other->i = from + *at; other->i < b->end; other->i++) {
		++*at;
		if (ref__addr(other) != addr) {
			if (ref__is_sorted(r))
				return false;
			continue;
		}
		if (other->i != r->i)
			return true;
	}
	return false;
}
