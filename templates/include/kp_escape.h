/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Text of programs in a line of the log: names of threads and files, whatever a
 * string points at. A newline in it would begin a line that nobody printed, a
 * quote would end the string.
 */
#ifndef KP_ESCAPE_H
#define KP_ESCAPE_H

#include <linux/compiler.h>
#include <linux/types.h>

#define KP_ESCAPED_MAX 4 /* of one byte: \x0a */

/* One byte, as out__plain() of tools/lib/out.c has it; returns its length. */
static inline size_t kp_escape_byte(char *to, unsigned char c, bool quoted)
{
	static const char digits[] = "0123456789abcdef";

	if (c < ' ' || c == 0x7f) {
		to[0] = '\\';
		to[1] = 'x';
		to[2] = digits[c >> 4];
		to[3] = digits[c & 15];
		return 4;
	}
	if (quoted && (c == '"' || c == '\\')) {
		to[0] = '\\';
		to[1] = c;
		return 2;
	}
	to[0] = c;
	return 1;
}

/**
 * kp_escape() - text that cannot be taken for anything else
 * @to: gets it, with a NUL behind
 * @size: bytes in @to; what does not fit is left out
 * @from: the text, which others may write to meanwhile
 * @len: bytes in @from, less if there is a NUL
 * @quoted: it is going to stand in quotes
 *
 * UTF-8 stays as it is.
 *
 * Return: @to.
 */
static inline const char *kp_escape(char *to, size_t size, const char *from,
				    size_t len, bool quoted)
{
	size_t used = 0;
	char c;

	while (len-- && size - used > KP_ESCAPED_MAX) {
		c = READ_ONCE(*from++);
		if (!c)
			break;
		used += kp_escape_byte(to + used, c, quoted);
	}
	to[used] = '\0';
	return to;
}

#endif /* KP_ESCAPE_H */
