// SPDX-License-Identifier: GPL-2.0-only
/* kallsyms.c - see kallsyms.h */
#include <string.h>

#include "kallsyms.h"

/* 0 for what is no digit, else its value and 1. */
static const unsigned char hex[256] = {
	['0'] = 1,  ['1'] = 2,	['2'] = 3,  ['3'] = 4,	['4'] = 5,  ['5'] = 6,
	['6'] = 7,  ['7'] = 8,	['8'] = 9,  ['9'] = 10, ['a'] = 11, ['b'] = 12,
	['c'] = 13, ['d'] = 14, ['e'] = 15, ['f'] = 16,
};

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

static const char *kallsyms__parse_module(const char *p, const char *end,
					  struct kallsyms_line *l)
{
	const char *close;

	l->module = NULL;
	l->module_len = 0;
	while (p < end && is_blank(*p))
		p++;
	if (p == end || *p != '[')
		return p;
	close = memchr(p, ']', end - p);
	if (!close)
		return NULL;
	l->module = p + 1;
	l->module_len = close - p - 1;
	return close;
}

bool kallsyms__parse(const char *line, const char *end, struct kallsyms_line *l)
{
	const char *p = line, *blank;
	uint64_t addr = 0;

	while (p < end && hex[(unsigned char)*p])
		addr = addr << 4 | (hex[(unsigned char)*p++] - 1u);
	l->digits = p - line;
	if (!l->digits || l->digits > 16 || end - p < 4 || p[0] != ' ' ||
	    is_blank(p[1]) || p[2] != ' ')
		return false;
	l->addr = addr;
	l->type = p[1];
	l->name = p += 3;
	p = memchr(l->name, '\t', end - p);
	p = p ? p : end;
	blank = memchr(l->name, ' ', p - l->name);
	p = blank ? blank : p;
	l->name_len = p - l->name;
	return l->name_len && kallsyms__parse_module(p, end, l);
}

bool kallsyms__is_text(char type)
{
	return type == 't' || type == 'T' || type == 'w' || type == 'W';
}

bool kallsyms__is_padding(const char *name)
{
	return strncmp(name, "__pfx_", 6) == 0 ||
	       strncmp(name, "__cfi_", 6) == 0;
}

bool kallsyms__is_pseudo(const char *module)
{
	return strcmp(module, "bpf") == 0 ||
	       strncmp(module, "__builtin__", 11) == 0;
}
