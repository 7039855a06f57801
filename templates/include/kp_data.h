/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the fields of a record share: the text of strings, and which arguments
 * could not be read.
 */
#ifndef KP_DATA_H
#define KP_DATA_H

#include <linux/bitmap.h>
#include <linux/errno.h>
#include <linux/string.h>
#include <linux/types.h>

#ifndef KP_ARGS_MAX
#define KP_ARGS_MAX 128 /* MAX_TRACE_ARGS of kernel/trace/trace_probe.h */
#endif

/**
 * struct kp_str - a string of a record
 * @at: where its text begins in the record's data, or KP_STR_NONE
 * @len: its length, without its NUL
 * @from: the address that it was read from, 0 where that could not be found
 */
struct kp_str {
	u16 at;
	u16 len;
	u64 from;
};

#define KP_STR_NONE 0xffff

/* Room for text, and KP_DATA_TAIL: a path of PATH_MAX, and for returns less. */
#define KP_DATA_TAIL 8
#define KP_DATA_LEN (4096 + KP_DATA_TAIL)
#define KP_RETURN_DATA_LEN (1024 + KP_DATA_TAIL)

/**
 * struct kp_data - what the fields of a record share
 * @faults: which arguments could not be read
 * @absent: which of these only because a page is not in memory
 * @cut: which were longer than the room that was left
 * @used: bytes used in @text
 * @size: bytes in @text
 * @text: of the strings
 */
struct kp_data {
	DECLARE_BITMAP(faults, KP_ARGS_MAX);
	DECLARE_BITMAP(absent, KP_ARGS_MAX);
	DECLARE_BITMAP(cut, KP_ARGS_MAX);
	u16 used;
	u16 size;
	char text[];
};

/* With @room bytes behind it, of which the last are for kp_data_end(). */
static __always_inline void kp_data_init(struct kp_data *d, size_t room)
{
	bitmap_zero(d->faults, KP_ARGS_MAX);
	bitmap_zero(d->absent, KP_ARGS_MAX);
	bitmap_zero(d->cut, KP_ARGS_MAX);
	d->size = room - KP_DATA_TAIL;
	d->used = 0;
}

/*
 * The text ends here, and so does the record, up to where the next can begin:
 * what is left of a word is not to tell what was there before. Returns the bytes
 * used.
 */
static __always_inline u32 kp_data_end(struct kp_data *d)
{
	u32 used = d->used;

	memset(d->text + used, 0, KP_DATA_TAIL);
	return used;
}

/* The text of a string, also where it could not be read. */
static inline const char *kp_text(const struct kp_data *d, struct kp_str s)
{
	return s.at == KP_STR_NONE ? "" : d->text + s.at;
}

/* In place of what could not be read. */
static inline const char *kp_unread(const struct kp_data *d, unsigned int n)
{
	return test_bit(n, d->absent) ? "(not present)" : "(fault)";
}

/* Argument @n could not be read; of an array one bad element decides. */
static inline void kp_data_fail(struct kp_data *d, unsigned int n, int err)
{
	if (err != -EAGAIN)
		__clear_bit(n, d->absent);
	else if (!test_bit(n, d->faults))
		__set_bit(n, d->absent);
	__set_bit(n, d->faults);
}

#endif /* KP_DATA_H */
