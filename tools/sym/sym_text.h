/* SPDX-License-Identifier: GPL-2.0-only */
/* sym_text.h - memory, text that grows, files as text, and patterns. */
#ifndef SYM_TEXT_H
#define SYM_TEXT_H

#include <stdbool.h>
#include <stddef.h>

/* These end the program, with a message, where there is no memory. */
void *mem__new(size_t size);
void *mem__grow(void *p, size_t size);
char *mem__copy(const char *s, size_t len);

struct text {
	char *s;
	size_t len;
	size_t size;
};

void text__add(struct text *t, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
/* As a field: what is neither a name's nor harmless becomes '?'. */
void text__add_name(struct text *t, const char *name);
void text__free(struct text *t);

/* A file as text that ends with a NUL; false, and errno, if it cannot be read. */
bool file__read(const char *path, struct text *t);

/* As bash has it in [[ s == pattern ]]: * ? [a-z] [!a-z]. */
bool pattern__match(const char *pattern, const char *s);
/* How long its literal beginning is. */
size_t pattern__literal(const char *pattern);

#endif
