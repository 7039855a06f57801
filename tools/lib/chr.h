/* SPDX-License-Identifier: GPL-2.0-only */
/* chr.h - what a character is, whatever the locale. */
#ifndef KP_CHR_H
#define KP_CHR_H

#include <stdbool.h>

static inline bool chr__is_blank(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

/* Can it be in a name of C? */
static inline bool chr__is_word(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       (c >= '0' && c <= '9') || c == '_';
}

#endif
