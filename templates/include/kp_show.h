/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A record as text, as ftrace prints an event: " name=value" for each field.
 */
#ifndef KP_SHOW_H
#define KP_SHOW_H

#include <linux/err.h>
#include <linux/kdev_t.h>
#include <linux/kernel.h>
#include "kp_escape.h"
#include "kp_data.h"

#define KP_LINE_LEN 800 /* a printk record holds about 1000 characters */

/**
 * struct kp_line - text that is being put together
 * @len: its length, without its NUL
 * @text: the text; it ends in three dots where not all of it fits
 * @word: a string before it is put there, more than fits
 */
struct kp_line {
	size_t len;
	char text[KP_LINE_LEN];
	char word[KP_LINE_LEN + KP_ESCAPED_MAX];
};

/* A string's text within its quotes; it is kept until the next. */
static inline const char *kp_quoted(struct kp_line *line, const char *text)
{
	return kp_escape(line->word, sizeof(line->word), text, SIZE_MAX, true);
}

/* A character within its quotes, also the one that ends strings. */
static inline const char *kp_char(struct kp_line *line, char c)
{
	line->word[kp_escape_byte(line->word, c, false)] = '\0';
	return line->word;
}

static inline __printf(2, 3) void kp_out(struct kp_line *line,
					 const char *format, ...)
{
	size_t room = sizeof(line->text) - line->len;
	va_list args;
	int len;

	va_start(args, format);
	len = vsnprintf(line->text + line->len, room, format, args);
	va_end(args);
	line->len += min_t(size_t, len, room - 1);
	if (len >= room)
		memcpy(line->text + sizeof(line->text) - 4, "...", 4);
}

/* One value, or why it could not be read. */
#define KP_SHOW(line, r, n, name, format, ...)                            \
	do {                                                              \
		if (test_bit(n, (r)->data.faults))                        \
			kp_out(line, " " name "=%s",                      \
			       kp_unread(&(r)->data, n));                 \
		else                                                      \
			kp_out(line, " " name "=" format, ##__VA_ARGS__); \
	} while (0)

/* An array, in braces; the value is of the index i. */
#define KP_SHOW_ARRAY(line, r, n, field, name, format, ...)    \
	do {                                                   \
		unsigned int i;                                \
		if (test_bit(n, (r)->data.faults)) {           \
			kp_out(line, " " name "=%s",           \
			       kp_unread(&(r)->data, n));      \
			break;                                 \
		}                                              \
		for (i = 0; i < ARRAY_SIZE((r)->field); i++) { \
			kp_out(line, i ? "," : " " name "={"); \
			kp_out(line, format, ##__VA_ARGS__);   \
		}                                              \
		kp_out(line, "}");                             \
	} while (0)

/* An enumerator by its name, where the value has one. */
static inline void kp_show_enum(struct kp_line *line, const char *name,
				const char *text, s64 value)
{
	if (text)
		kp_out(line, " %s=%s", name, text);
	else
		kp_out(line, " %s=%lld", name, value);
}

static inline void kp_show_str(struct kp_line *line, const struct kp_data *d,
			       unsigned int n, const char *name,
			       struct kp_str s, bool quoted)
{
	const char *quote = quoted ? "\"" : "", *text = kp_text(d, s);

	if (s.at == KP_STR_NONE)
		kp_out(line, " %s=%s", name, kp_unread(d, n));
	else
		kp_out(line, " %s=%s%s%s%s", name, quote,
		       kp_escape(line->word, sizeof(line->word), text, s.len,
				 quoted),
		       quote, test_bit(n, d->cut) ? "..." : "");
}

/* Negative errors by name, as "-ENOENT"; other values as they are. */
static inline void kp_show_errno(struct kp_line *line, const char *name,
				 s64 value)
{
	if (value < 0 && value >= -MAX_ERRNO)
		kp_out(line, " %s=%pe", name, ERR_PTR(value));
	else
		kp_out(line, " %s=%lld", name, value);
}

static inline void kp_show_errptr(struct kp_line *line, const char *name,
				  u64 value)
{
	if (IS_ERR_VALUE((unsigned long)value))
		kp_out(line, " %s=%pe", name, (void *)(unsigned long)value);
	else
		kp_out(line, " %s=0x%llx", name, value);
}

#endif /* KP_SHOW_H */
