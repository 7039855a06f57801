/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A record as text, as ftrace prints an event: " name=value" for each field.
 */
#ifndef KP_SHOW_H
#define KP_SHOW_H

#include <linux/err.h>
#include <linux/kdev_t.h>
#include <linux/kernel.h>
#include "kp_record.h"

#define KP_LINE_LEN 800 /* a printk record holds about 1000 characters */

/**
 * struct kp_line - text that is being put together
 * @len: its length, without its NUL
 * @cut: it did not fit
 * @text: the text
 */
struct kp_line {
	size_t len;
	bool cut;
	char text[KP_LINE_LEN];
};

static inline __printf(2, 3) void kp_out(struct kp_line *line,
					 const char *format, ...)
{
	size_t room = sizeof(line->text) - line->len;
	va_list args;
	int len;

	va_start(args, format);
	len = vsnprintf(line->text + line->len, room, format, args);
	va_end(args);
	line->cut |= len >= room;
	line->len += min_t(size_t, len, room - 1);
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
	const char *quote = quoted ? "\"" : "";

	if (s.at == KP_STR_NONE)
		kp_out(line, " %s=%s", name, kp_unread(d, n));
	else
		kp_out(line, " %s=%s%s%s%s", name, quote, kp_text(d, s), quote,
		       test_bit(n, d->cut) ? "..." : "");
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
