// SPDX-License-Identifier: GPL-2.0-only
/* sym_find.c - see sym_find.h */
#include <stdlib.h>
#include <string.h>

#include "kallsyms.h"
#include "sym_find.h"

void refs__add(struct sym_refs *refs, struct sym_ref r)
{
	if (refs->n == refs->size) {
		refs->size = refs->size ? refs->size * 2 : 8;
		refs->list =
			mem__grow(refs->list, refs->size * sizeof(*refs->list));
	}
	refs->list[refs->n++] = r;
}

const char *ref__place(const struct sym_ref *r)
{
	const char *module = ref__module(r);

	return *module ? module : "vmlinux";
}

bool ref__is_function(const struct sym_table *t, const struct sym_ref *r)
{
	return kallsyms__is_text(ref__type(r)) &&
	       !kallsyms__is_pseudo(ref__module(r)) && !ref__is_freed(t, r);
}

static void found__add(struct sym_found *f, const struct sym_table *t,
		       struct sym_ref r, const char *module)
{
	refs__add(&f->same, r);
	if (kallsyms__is_pseudo(ref__module(&r))) {
		f->pseudo = ref__module(&r);
	} else if (!kallsyms__is_text(ref__type(&r))) {
		f->data = ref__type(&r);
	} else if (ref__is_freed(t, &r)) {
		f->is_init = true;
	} else {
		refs__add(&f->text, r);
		if (!*module || strcmp(module, ref__place(&r)) == 0)
			refs__add(&f->asked, r);
	}
}

static void found__add_variant(struct sym_found *f, struct sym_ref r)
{
	uint32_t i;

	for (i = 0; i < f->variants.n; i++)
		if (strcmp(ref__name(&f->variants.list[i]), ref__name(&r)) == 0)
			return;
	refs__add(&f->variants, r);
}

void find__name(struct sym_table *t, const char *name, const char *module,
		struct sym_found *f)
{
	size_t len = strlen(name);
	struct sym_walk walk;
	struct sym_ref r;
	const char *other;
	int i;

	*f = (struct sym_found){ 0 };
	for (i = 0; i < SYM_IMAGES; i++) {
		r.image = &t->image[i];
		image__walk(r.image, name, &walk);
		while (image__walk_next(r.image, &walk, &r.i)) {
			other = ref__name(&r);
			if (strncmp(other, name, len) != 0)
				continue;
			if (!other[len])
				found__add(f, t, r, module);
			else if (other[len] == '.' &&
				 kallsyms__is_text(ref__type(&r)))
				found__add_variant(f, r);
		}
	}
}

void find__free(struct sym_found *f)
{
	free(f->same.list);
	free(f->text.list);
	free(f->asked.list);
	free(f->variants.list);
}

uint32_t find__count_same(const struct sym_found *f, const struct sym_ref *r)
{
	uint32_t i, n = 0;

	for (i = 0; i < f->same.n; i++)
		if (strcmp(ref__module(&f->same.list[i]), ref__module(r)) == 0)
			n++;
	return n;
}

bool find__has_module(struct sym_table *t, const char *module)
{
	struct sym_image *im;
	uint32_t b;
	int i;

	for (i = 0; i < SYM_IMAGES; i++) {
		im = &t->image[i];
		for (b = 0; b < im->h->blocks; b++)
			if (strcmp(image__name(im, image__block(im, b)->name),
				   module) == 0)
				return true;
	}
	return false;
}
