/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * sym_image.h - symbols as one piece of memory, which is also the file of the
 * index: header, sums, symbols, blocks, forbidden ranges, hash table, names.
 *
 * A file is mapped, and a page of it is believed when its sum is right. What is
 * wrong marks the image as damaged and reads as empty: whoever asked looks at
 * the mark in the end, and makes the image anew.
 */
#ifndef SYM_IMAGE_H
#define SYM_IMAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sym_text.h"

#define SYM_KEY_MAX 128
#define SYM_MAGIC "kp_sym1"
#define SYM_BYTE_ORDER 0x01020304

struct sym {
	uint64_t addr;
	uint32_t name; /* offset in the names */
	uint16_t block;
	char type;
	char unused;
};

/* Symbols that follow each other, of one module: the kernel's own is "". */
struct sym_block {
	uint32_t name;
	uint32_t first;
	uint32_t end;
};

/* What the kernel itself forbids to probe. */
struct sym_range {
	uint64_t start; /* 0: hidden */
	uint64_t end;
	uint32_t name;
	uint32_t hash;
};

enum sym_mark { SYM_STEXT, SYM_SINITTEXT, SYM_EINITTEXT, SYM_MARKS };

struct sym_header {
	char magic[8];
	uint32_t order; /* of bytes */
	uint32_t sum; /* of header and sums, this being 0 */
	uint64_t size;
	char key[SYM_KEY_MAX]; /* of what it is the index */
	uint32_t syms;
	uint32_t blocks;
	uint32_t ranges;
	uint32_t buckets; /* a power of two */
	uint32_t names; /* bytes */
	uint32_t anchor; /* first symbol that KASLR moves */
	uint32_t shown; /* addresses that are not 0 */
	uint32_t digits; /* of an address */
	uint32_t has_ranges; /* the kernel's list was there, if empty */
	uint32_t marks[SYM_MARKS]; /* number of the symbol and 1; 0: none */
};

/* Offsets of the parts, from the header's numbers. */
struct sym_layout {
	uint64_t sums;
	uint64_t data;
	uint64_t syms;
	uint64_t blocks;
	uint64_t ranges;
	uint64_t buckets;
	uint64_t list;
	uint64_t names;
	uint64_t size;
};

struct sym_image {
	const struct sym_header *h;
	uint64_t delta; /* what KASLR did since */
	bool damaged;
	/* The rest is for sym_image.c and sym_build.c. */
	const unsigned char *data; /* after the sums */
	size_t data_size;
	const uint32_t *sums; /* NULL: made by ourselves */
	unsigned char *checked;
	void *memory;
	size_t memory_size;
	bool is_mapped;
	struct sym_layout at; /* of the parts */
};

/* im->memory is whole: the rest of it. */
void image__lay_out(struct sym_image *im);
void sym_layout__of(struct sym_layout *l, const struct sym_header *h);
uint32_t sym__sum(uint32_t sum, const void *p, size_t len);
uint32_t image__header_sum(const struct sym_header *h);
/* How the sums divide the data. */
#define SYM_PAGE 4096

/* Maps the file; false where it is not an index of that key. */
bool image__open(struct sym_image *im, const char *path, const char *key);
/* To a file beside it first; false, and errno. */
bool image__write(const struct sym_image *im, const char *path);
void image__close(struct sym_image *im);

const struct sym *image__sym(struct sym_image *im, uint32_t i);
const char *image__name(struct sym_image *im, uint32_t offset);
const struct sym_block *image__block(struct sym_image *im, uint32_t i);
const struct sym_range *image__range(struct sym_image *im, uint32_t i);
uint64_t image__addr(struct sym_image *im, uint32_t i);
/* Those whose names begin alike up to their first dot, in their order. */
struct sym_walk {
	uint32_t at;
	uint32_t end;
};

void image__walk(struct sym_image *im, const char *name, struct sym_walk *w);
bool image__walk_next(struct sym_image *im, struct sym_walk *w, uint32_t *i);
/* All at once, for who passes by all of them; n is 0 where it is damaged. */
struct sym_scan {
	const struct sym *syms;
	uint32_t n;
	const char *names;
	uint32_t names_size;
};

void image__scan(struct sym_image *im, struct sym_scan *scan);

static inline const char *scan__name(const struct sym_scan *scan, uint32_t i)
{
	uint32_t at = scan->syms[i].name;

	return at < scan->names_size ? scan->names + at : "";
}

/* Of the name up to its first dot. */
uint32_t sym__hash(const char *name, size_t len);

#endif
