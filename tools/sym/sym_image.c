// SPDX-License-Identifier: GPL-2.0-only
/* sym_image.c - see sym_image.h */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "file.h"
#include "sym_image.h"

/* More of anything is damage: a kernel has some 200,000 symbols. */
#define COUNT_MAX (1u << 24)
#define NAMES_MAX (1u << 29)
/* The longest name, and more. */
#define NAME_SPAN 1024

static uint64_t align8(uint64_t n)
{
	return (n + 7) & ~7ull;
}

void sym_layout__of(struct sym_layout *l, const struct sym_header *h)
{
	uint64_t size, pages;

	l->syms = 0;
	l->blocks = l->syms + (uint64_t)h->syms * sizeof(struct sym);
	l->ranges = align8(l->blocks +
			   (uint64_t)h->blocks * sizeof(struct sym_block));
	l->buckets = l->ranges + (uint64_t)h->ranges * sizeof(struct sym_range);
	l->list = l->buckets + ((uint64_t)h->buckets + 1) * 4;
	l->names = l->list + (uint64_t)h->syms * 4;
	size = l->names + h->names;
	pages = (size + SYM_PAGE - 1) / SYM_PAGE;
	l->sums = sizeof(*h);
	l->data = align8(l->sums + pages * 4);
	l->size = l->data + size;
}

/* Each step can be undone, so that one wrong word always shows. */
static uint64_t mix(uint64_t all, const void *p)
{
	uint64_t word;

	memcpy(&word, p, sizeof(word));
	return (all ^ word) * 0xff51afd7ed558ccdull;
}

uint32_t sym__sum(uint32_t sum, const void *p, size_t len)
{
	const unsigned char *byte = p;
	uint64_t all = sum ^ 0x9e3779b97f4a7c15ull;

	for (; len >= 32; len -= 32, byte += 32)
		all = mix(mix(mix(mix(all, byte), byte + 8), byte + 16),
			  byte + 24);
	for (; len; len--)
		all = (all ^ *byte++) * 0xff51afd7ed558ccdull;
	return (uint32_t)(all ^ all >> 32);
}

uint32_t sym__hash(const char *name, size_t len)
{
	const char *dot = memchr(name, '.', len);
	uint64_t all = 0x9e3779b97f4a7c15ull;

	if (dot)
		len = dot - name;
	for (; len >= 8; len -= 8, name += 8)
		all = mix(all, name);
	for (; len; len--)
		all = (all ^ (unsigned char)*name++) * 0xff51afd7ed558ccdull;
	return (uint32_t)(all >> 32);
}

uint32_t image__header_sum(const struct sym_header *h)
{
	struct sym_header copy = *h;
	struct sym_layout l;

	copy.sum = 0;
	sym_layout__of(&l, h);
	return sym__sum(sym__sum(0, &copy, sizeof(copy)),
			(const char *)h + l.sums, l.data - l.sums);
}

static bool header__is_sane(const struct sym_header *h, uint64_t size)
{
	struct sym_layout l;

	if (size < sizeof(*h) ||
	    memcmp(h->magic, SYM_MAGIC, sizeof(h->magic)) != 0 ||
	    h->order != SYM_BYTE_ORDER || h->size != size ||
	    h->syms > COUNT_MAX || h->blocks > 0xffff ||
	    h->ranges > COUNT_MAX || !h->buckets || h->buckets > COUNT_MAX ||
	    h->buckets & (h->buckets - 1) || !h->names || h->names > NAMES_MAX)
		return false;
	sym_layout__of(&l, h);
	return l.size == size && h->sum == image__header_sum(h);
}

void image__lay_out(struct sym_image *im)
{
	im->h = im->memory;
	sym_layout__of(&im->at, im->h);
	im->data = (const unsigned char *)im->memory + im->at.data;
	im->data_size = im->at.size - im->at.data;
}

bool image__open(struct sym_image *im, const char *path, const char *key)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	struct stat st;

	*im = (struct sym_image){ 0 };
	if (fd < 0)
		return false;
	if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode) &&
	    st.st_uid == geteuid() && !(st.st_mode & 022) &&
	    st.st_size >= (off_t)sizeof(struct sym_header)) {
		im->memory_size = st.st_size;
		im->memory = mmap(NULL, im->memory_size, PROT_READ, MAP_PRIVATE,
				  fd, 0);
		im->is_mapped = im->memory != MAP_FAILED;
	}
	close(fd);
	if (!im->is_mapped)
		return false;
	im->h = im->memory;
	if (!header__is_sane(im->h, im->memory_size) ||
	    strncmp(im->h->key, key, SYM_KEY_MAX) != 0) {
		image__close(im);
		return false;
	}
	image__lay_out(im);
	im->sums = (const void *)((const char *)im->memory + im->at.sums);
	im->checked = mem__new(im->data_size / SYM_PAGE + 1);
	return true;
}

bool image__write(const struct sym_image *im, const char *path)
{
	struct text other = { 0 };
	bool is_written;
	int fd, saved;

	text__add(&other, "%s.XXXXXX", path);
	fd = mkostemp(other.s, O_CLOEXEC);
	is_written = fd >= 0 &&
		     !file__write_all(fd, im->memory, im->memory_size);
	if (fd >= 0 && close(fd) != 0)
		is_written = false;
	if (is_written)
		is_written = rename(other.s, path) == 0;
	saved = errno;
	if (fd >= 0 && !is_written)
		unlink(other.s);
	text__free(&other);
	errno = saved;
	return is_written;
}

void image__close(struct sym_image *im)
{
	if (im->is_mapped)
		munmap(im->memory, im->memory_size);
	else
		free(im->memory);
	free(im->checked);
	*im = (struct sym_image){ 0 };
}

static bool image__check_page(struct sym_image *im, size_t page)
{
	size_t from = page * SYM_PAGE, len = im->data_size - from;

	if (len > SYM_PAGE)
		len = SYM_PAGE;
	if (im->sums[page] != sym__sum(0, im->data + from, len))
		return false;
	im->checked[page] = 1;
	return true;
}

/* What is there, once it is known to be right; NULL where it is not. */
static const void *image__at(struct sym_image *im, uint64_t offset, size_t len)
{
	size_t page;

	if (offset > im->data_size || len > im->data_size - offset) {
		im->damaged = true;
		return NULL;
	}
	if (!im->sums || !len)
		return im->data + offset;
	for (page = offset / SYM_PAGE; page <= (offset + len - 1) / SYM_PAGE;
	     page++)
		if (!im->checked[page] && !image__check_page(im, page)) {
			im->damaged = true;
			return NULL;
		}
	return im->data + offset;
}

const struct sym *image__sym(struct sym_image *im, uint32_t i)
{
	static const struct sym none = { .type = '?' };
	const struct sym *s = NULL;

	if (i < im->h->syms)
		s = image__at(im, (uint64_t)i * sizeof(*s), sizeof(*s));
	else
		im->damaged = true;
	return s ? s : &none;
}

const char *image__name(struct sym_image *im, uint32_t offset)
{
	uint32_t span = NAME_SPAN;
	const char *name;

	if (offset >= im->h->names) {
		im->damaged = true;
		return "";
	}
	if (span > im->h->names - offset)
		span = im->h->names - offset;
	name = image__at(im, im->at.names + offset, span);
	if (name && memchr(name, '\0', span))
		return name;
	im->damaged = true;
	return "";
}

const struct sym_block *image__block(struct sym_image *im, uint32_t i)
{
	static const struct sym_block none;
	const struct sym_block *b = NULL;

	if (i < im->h->blocks)
		b = image__at(im, im->at.blocks + (uint64_t)i * sizeof(*b),
			      sizeof(*b));
	if (b && b->first <= b->end && b->end <= im->h->syms)
		return b;
	im->damaged = true;
	return &none;
}

const struct sym_range *image__range(struct sym_image *im, uint32_t i)
{
	static const struct sym_range none;
	const struct sym_range *r = NULL;

	if (i < im->h->ranges)
		r = image__at(im, im->at.ranges + (uint64_t)i * sizeof(*r),
			      sizeof(*r));
	if (!r)
		im->damaged = true;
	return r ? r : &none;
}

uint64_t image__addr(struct sym_image *im, uint32_t i)
{
	const struct sym *s = image__sym(im, i);

	/* Absolute ones, and what each CPU has of its own, stay. */
	if (s->type == 'a' || s->type == 'A')
		return s->addr;
	return s->addr + im->delta;
}

void image__walk(struct sym_image *im, const char *name, struct sym_walk *w)
{
	const uint32_t *bucket;
	uint32_t hash = sym__hash(name, strlen(name));

	*w = (struct sym_walk){ 0 };
	hash &= im->h->buckets - 1;
	bucket = image__at(im, im->at.buckets + (uint64_t)hash * 4, 8);
	if (!bucket)
		return;
	if (bucket[0] > bucket[1] || bucket[1] > im->h->syms) {
		im->damaged = true;
		return;
	}
	w->at = bucket[0];
	w->end = bucket[1];
}

bool image__walk_next(struct sym_image *im, struct sym_walk *w, uint32_t *i)
{
	const uint32_t *entry;

	if (w->at == w->end)
		return false;
	entry = image__at(im, im->at.list + (uint64_t)w->at++ * 4, 4);
	if (!entry)
		return false;
	*i = *entry;
	return true;
}

void image__scan(struct sym_image *im, struct sym_scan *scan)
{
	*scan = (struct sym_scan){ 0 };
	scan->syms =
		image__at(im, im->at.syms, im->h->syms * sizeof(*scan->syms));
	scan->names = image__at(im, im->at.names, im->h->names);
	if (!scan->syms || !scan->names || scan->names[im->h->names - 1])
		im->damaged = true;
	if (im->damaged)
		return;
	scan->n = im->h->syms;
	scan->names_size = im->h->names;
}
