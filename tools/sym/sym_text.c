// SPDX-License-Identifier: GPL-2.0-only
/* sym_text.c - see sym_text.h */
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sym_text.h"

/* No list of symbols is longer. */
#define FILE_MAX_SIZE (256u << 20)

static void *mem__or_exit(void *p)
{
	if (p)
		return p;
	fprintf(stderr, "kp_sym: out of memory\n");
	exit(1);
}

void *mem__grow(void *p, size_t size)
{
	return mem__or_exit(realloc(p, size ? size : 1));
}

void *mem__new(size_t size)
{
	return mem__or_exit(calloc(1, size ? size : 1));
}

char *mem__copy(const char *s, size_t len)
{
	char *copy = mem__grow(NULL, len + 1);

	memcpy(copy, s, len);
	copy[len] = '\0';
	return copy;
}

static void text__reserve(struct text *t, size_t more)
{
	if (t->size - t->len > more)
		return;
	t->size = (t->len + more + 1) * 2;
	t->s = mem__grow(t->s, t->size);
}

void text__add(struct text *t, const char *fmt, ...)
{
	va_list args;
	int len;

	text__reserve(t, 128);
	va_start(args, fmt);
	len = vsnprintf(t->s + t->len, t->size - t->len, fmt, args);
	va_end(args);
	if (len < 0)
		return;
	if ((size_t)len >= t->size - t->len) {
		text__reserve(t, len);
		va_start(args, fmt);
		vsnprintf(t->s + t->len, t->size - t->len, fmt, args);
		va_end(args);
	}
	t->len += len;
}

static bool is_of_name(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       (c >= '0' && c <= '9') || (c && strchr("_.$:-", c));
}

void text__add_name(struct text *t, const char *name)
{
	size_t len = strlen(name), i;

	text__reserve(t, len);
	for (i = 0; i < len; i++)
		t->s[t->len++] = is_of_name(name[i]) ? name[i] : '?';
	t->s[t->len] = '\0';
}

void text__free(struct text *t)
{
	free(t->s);
	*t = (struct text){ 0 };
}

bool file__read(const char *path, struct text *t)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC), saved = 0;
	ssize_t got = 1;

	if (fd < 0)
		return false;
	while (got && t->len <= FILE_MAX_SIZE) {
		text__reserve(t, 1 << 14);
		got = read(fd, t->s + t->len, t->size - t->len - 1);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0) {
			saved = errno;
			break;
		}
		t->len += got;
	}
	close(fd);
	if (!saved && t->len > FILE_MAX_SIZE)
		saved = EFBIG;
	if (saved) {
		text__free(t);
		errno = saved;
		return false;
	}
	t->s[t->len] = '\0';
	return true;
}

/* The end of [...] that begins at p; NULL if it is only a bracket. */
static const char *bracket__end(const char *p)
{
	p++;
	if (*p == '!' || *p == '^')
		p++;
	if (*p == ']')
		p++;
	return strchr(p, ']');
}

static bool bracket__has(const char *p, const char *end, char c)
{
	unsigned char low, high, of = c;
	bool not = false, has = false;

	p++;
	if (*p == '!' || *p == '^') {
		not = true;
		p++;
	}
	for (; p < end; p++) {
		low = high = *p;
		if (p[1] == '-' && p + 2 < end) {
			high = p[2];
			p += 2;
		}
		if (of >= low && of <= high)
			has = true;
	}
	return has != not ;
}

/* One character of s by one element of the pattern, which is passed by. */
static bool pattern__step(const char **pattern, char c)
{
	const char *p = *pattern, *end;

	if (*p == '[') {
		end = bracket__end(p);
		if (end) {
			*pattern = end + 1;
			return bracket__has(p, end, c);
		}
	}
	*pattern = p + 1;
	return *p == '?' || *p == c;
}

bool pattern__match(const char *pattern, const char *s)
{
	const char *star = NULL, *from = NULL, *p = pattern;

	while (*s) {
		if (*p == '*') {
			star = ++p;
			from = s;
			if (!*p)
				return true;
			continue;
		}
		if (*p && pattern__step(&p, *s)) {
			s++;
			continue;
		}
		if (!star)
			return false;
		p = star;
		s = ++from;
	}
	while (*p == '*')
		p++;
	return !*p;
}

size_t pattern__literal(const char *pattern)
{
	return strcspn(pattern, "*?[");
}
