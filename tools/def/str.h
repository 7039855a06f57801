/* SPDX-License-Identifier: GPL-2.0-only */
/* str.h - a growing string, and numbers read as the kernel reads them. */
#ifndef DEF_STR_H
#define DEF_STR_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Zero is a valid empty buffer. After -ENOMEM it stays failed: check once. */
struct buf {
	char *data;
	size_t len;
	size_t cap;
	bool failed;
};

void buf__vaddf(struct buf *b, const char *fmt, va_list ap)
	__attribute__((format(printf, 2, 0)));
void buf__addf(struct buf *b, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
void buf__addn(struct buf *b, const char *s, size_t n);
/* Besides letters, digits and _, what a literal shows as itself. */
#define STR_HARMLESS " .*?/:,=+@-"
/* The text as the inside of a C string: what is not harmless is octal. */
void buf__add_quoted(struct buf *b, const char *s, size_t n);
/* The string, owned by the caller; NULL when memory ran out. */
char *buf__take(struct buf *b);
void buf__free(struct buf *b);

/* As kstrtoull() and kstrtoll(): whole string, optional sign, 0 or -errno. */
int str__to_ull(const char *s, unsigned int base, uint64_t *res);
int str__to_ll(const char *s, unsigned int base, int64_t *res);
/* As simple_strtoul(): stops at the first other character. */
uint64_t str__simple_ull(const char *s, const char **end);

bool str__is_name(const char *s);
/* Characters of a symbol: a name with dots. */
bool str__is_symbol(const char *s);
/* Contains what m4 would take for its own, see the style guide. */
bool str__is_foreign(const char *s);
bool str__has_prefix(const char *s, const char *prefix);
bool str__in(const char *s, const char *const *list);

#endif
