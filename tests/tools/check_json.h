/* SPDX-License-Identifier: GPL-2.0-only */
/* check_json.h - is a line JSON? Each returns what follows, or NULL. */
#ifndef CHECK_JSON_H
#define CHECK_JSON_H

#include <string.h>

static const char *json__value(const char *s);

static const char *json__string(const char *s)
{
	if (*s++ != '"')
		return NULL;
	for (; *s && *s != '"'; s++) {
		if ((unsigned char)*s < ' ')
			return NULL;
		if (*s != '\\')
			continue;
		s++;
		if (*s == 'u' && strspn(s + 1, "0123456789abcdef") >= 4)
			s += 4;
		else if (!*s || !strchr("\"\\/bfnrt", *s))
			return NULL;
	}
	return *s ? s + 1 : NULL;
}

static const char *json__number(const char *s)
{
	size_t n;

	s += *s == '-';
	n = strspn(s, "0123456789");
	if (!n || (*s == '0' && n > 1))
		return NULL;
	s += n;
	if (*s != '.')
		return s;
	n = strspn(s + 1, "0123456789");
	return n ? s + 1 + n : NULL;
}

/* { "key": value, ... } and [ value, ... ] */
static const char *json__members(const char *s, char end)
{
	if (*++s == end)
		return s + 1;
	for (;;) {
		if (end == '}') {
			s = json__string(s);
			if (!s || *s++ != ':')
				return NULL;
		}
		s = json__value(s);
		if (!s)
			return NULL;
		if (*s == end)
			return s + 1;
		if (*s++ != ',')
			return NULL;
	}
}

static const char *json__value(const char *s)
{
	static const char *const words[] = { "true", "false", "null" };
	int i;

	if (*s == '{')
		return json__members(s, '}');
	if (*s == '[')
		return json__members(s, ']');
	if (*s == '"')
		return json__string(s);
	for (i = 0; i < 3; i++)
		if (strncmp(s, words[i], strlen(words[i])) == 0)
			return s + strlen(words[i]);
	return json__number(s);
}

#endif
