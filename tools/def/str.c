// SPDX-License-Identifier: GPL-2.0-only
/* str.c - see str.h. Bytes are ASCII: no locale decides here. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "str.h"

static int buf__reserve(struct buf *b, size_t more)
{
	size_t cap = b->cap ? b->cap : 64;
	char *data;

	if (b->failed)
		return -ENOMEM;
	while (cap < b->len + more + 1)
		cap *= 2;
	if (cap == b->cap)
		return 0;
	data = realloc(b->data, cap);
	if (!data) {
		b->failed = true;
		return -ENOMEM;
	}
	b->data = data;
	b->cap = cap;
	return 0;
}

void buf__vaddf(struct buf *b, const char *fmt, va_list ap)
{
	va_list copy;
	int len;

	va_copy(copy, ap);
	len = vsnprintf(NULL, 0, fmt, copy);
	va_end(copy);
	if (len < 0 || buf__reserve(b, (size_t)len))
		return;
	vsnprintf(b->data + b->len, (size_t)len + 1, fmt, ap);
	b->len += (size_t)len;
}

void buf__addf(struct buf *b, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	buf__vaddf(b, fmt, ap);
	va_end(ap);
}

void buf__addn(struct buf *b, const char *s, size_t n)
{
	if (buf__reserve(b, n))
		return;
	if (n)
		memcpy(b->data + b->len, s, n);
	b->len += n;
	b->data[b->len] = '\0';
}

static bool chr__is_alpha(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

static bool chr__is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* An underscore that would complete a name of m4's. */
static bool str__ends_foreign(const char *s, size_t i)
{
	return s[i] == '_' && i >= 2 &&
	       (!memcmp(s + i - 2, "m4", 2) || !memcmp(s + i - 2, "PL", 2));
}

/* Not two in a row that would open or close a comment or make a trigraph. */
static bool str__is_harmless(const char *s, size_t i)
{
	if (chr__is_alpha(s[i]) || chr__is_digit(s[i]))
		return !str__ends_foreign(s, i);
	if (!s[i] || !strchr(STR_HARMLESS, s[i]))
		return false;
	return !i || !strchr("*?/", s[i]) || !strchr("*?/", s[i - 1]);
}

void buf__add_quoted(struct buf *b, const char *s, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++) {
		if (str__is_harmless(s, i))
			buf__addn(b, &s[i], 1);
		else
			buf__addf(b, "\\%03o", (unsigned char)s[i]);
	}
}

char *buf__take(struct buf *b)
{
	char *data;

	if (!b->data)
		buf__addn(b, "", 0);
	data = b->failed ? NULL : b->data;
	if (b->failed)
		free(b->data);
	memset(b, 0, sizeof(*b));
	return data;
}

void buf__free(struct buf *b)
{
	free(b->data);
	memset(b, 0, sizeof(*b));
}

static unsigned int chr__digit(char c)
{
	if (chr__is_digit(c))
		return (unsigned int)(c - '0');
	if (c >= 'a' && c <= 'f')
		return (unsigned int)(c - 'a') + 10;
	if (c >= 'A' && c <= 'F')
		return (unsigned int)(c - 'A') + 10;
	return 99;
}

/* The base from the prefix, which is skipped, as _parse_integer_fixup_radix */
static const char *str__radix(const char *s, unsigned int *base)
{
	bool hex = s[0] == '0' && (s[1] | 0x20) == 'x';

	if (*base == 0) {
		if (hex && chr__digit(s[2]) < 16)
			*base = 16;
		else
			*base = s[0] == '0' ? 8 : 10;
	}
	return *base == 16 && hex ? s + 2 : s;
}

static const char *str__digits(const char *s, unsigned int base, uint64_t *res,
			       bool *overflow)
{
	uint64_t v = 0;

	for (; chr__digit(*s) < base; s++) {
		*overflow |= __builtin_mul_overflow(v, base, &v);
		*overflow |= __builtin_add_overflow(v, chr__digit(*s), &v);
	}
	*res = v;
	return s;
}

int str__to_ull(const char *s, unsigned int base, uint64_t *res)
{
	bool overflow = false;
	const char *end;

	if (*s == '+')
		s++;
	s = str__radix(s, &base);
	end = str__digits(s, base, res, &overflow);
	if (end == s)
		return -EINVAL;
	if (overflow)
		return -ERANGE;
	return *end ? -EINVAL : 0;
}

int str__to_ll(const char *s, unsigned int base, int64_t *res)
{
	bool minus = *s == '-';
	uint64_t v;
	int err;

	if (minus && s[1] == '+')
		return -EINVAL;
	err = str__to_ull(s + minus, base, &v);
	if (err)
		return err;
	if (v > (uint64_t)INT64_MAX + minus)
		return -ERANGE;
	*res = minus ? (int64_t)(0 - v) : (int64_t)v;
	return 0;
}

uint64_t str__simple_ull(const char *s, const char **end)
{
	unsigned int base = 0;
	bool overflow = false;
	const char *p = str__radix(s, &base);
	uint64_t v;

	*end = str__digits(p, base, &v, &overflow);
	if (*end == p)
		*end = s;
	return overflow ? UINT64_MAX : v;
}

bool str__is_name(const char *s)
{
	if (!chr__is_alpha(*s))
		return false;
	while (chr__is_alpha(*s) || chr__is_digit(*s))
		s++;
	return !*s;
}

bool str__is_symbol(const char *s)
{
	if (!chr__is_alpha(*s))
		return false;
	while (chr__is_alpha(*s) || chr__is_digit(*s) || *s == '.')
		s++;
	return !*s;
}

bool str__has_prefix(const char *s, const char *prefix)
{
	return strncmp(s, prefix, strlen(prefix)) == 0;
}

bool str__in(const char *s, const char *const *list)
{
	for (; *list; list++)
		if (strcmp(s, *list) == 0)
			return true;
	return false;
}

bool str__is_foreign(const char *s)
{
	const char *p = s;

	if (strstr(s, "TPL_"))
		return true;
	while ((p = strstr(p, "m4_"))) {
		if (p == s || !(chr__is_alpha(p[-1]) || chr__is_digit(p[-1])))
			return true;
		p++;
	}
	return false;
}
