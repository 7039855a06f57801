/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Strings of a record: out of the memory that an address is in, or made here.
 */
#ifndef KP_STR_H
#define KP_STR_H

#include <asm/word-at-a-time.h>
#include <linux/kernel.h>
#include <linux/kprobes.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/sched.h>
#include <linux/string.h>
#include <linux/uaccess.h>
#include "kp_data.h"
#include "kp_fetch.h"

#define KP_STR_CHUNK 64 /* bytes copied at a time */

static inline void kp_str_fail(struct kp_data *d, unsigned int n,
			       struct kp_str *s, int err)
{
	kp_data_fail(d, n, err);
	s->at = KP_STR_NONE;
	s->len = 0;
}

/* Its text is at @at, with a NUL behind it. */
static __always_inline void kp_str_set(struct kp_data *d, struct kp_str *s,
				       size_t at, size_t len)
{
	s->at = at;
	s->len = len;
	d->used = at + len + 1;
}

static inline void kp_str_done(struct kp_data *d, struct kp_str *s, size_t len)
{
	d->text[d->used + len] = '\0';
	kp_str_set(d, s, d->used, len);
}

/**
 * kp_str_words() - the begin of a user string, a word at a time
 * @text: gets it
 * @addr: in user memory
 * @room: bytes in @text
 * @found: whether its end was met, which then is in @text, too
 *
 * As strncpy_from_user_nofault() does it, which no kernel exports. It stops
 * where memory cannot be read: a word may reach into a page that is not there
 * although the string does not. Nothing is read where the room would reach
 * beyond the user's memory: to look once is enough. The first zero byte is the
 * lowest bit that has_zero() gives, on a little-endian machine.
 *
 * Return: the bytes copied, without the NUL, less than @room.
 */
static __always_inline size_t kp_str_words(char *text, unsigned long addr,
					   size_t room, bool *found)
{
	const struct word_at_a_time constants = WORD_AT_A_TIME_CONSTANTS;
	unsigned long word, bits;
	size_t len = 0;

	*found = false;
	/* A kernel thread has no memory, an NMI may find another's. */
	if (in_nmi() || !current->mm || (current->flags & PF_KTHREAD))
		return 0;
	if (room <= sizeof(word) || IS_ENABLED(CONFIG_CPU_BIG_ENDIAN))
		return 0;
	pagefault_disable();
	if (!user_access_begin((void __user *)addr, room))
		goto out;
	do {
		unsafe_get_user(word, (unsigned long __user *)(addr + len),
				fault);
		memcpy(text + len, &word, sizeof(word));
		if (has_zero(word, &bits, &constants)) {
			len += __ffs(bits) / BITS_PER_BYTE;
			*found = true;
			break;
		}
		len += sizeof(word);
	} while (len < room - sizeof(word));
fault:
	user_access_end();
out:
	pagefault_enable();
	return len;
}

/**
 * kp_str_rest() - the rest of a string, or why there is none
 * @d: gets its text
 * @n: number of the argument
 * @s: the field
 * @err: of finding @addr
 * @addr: where it begins
 * @user: in user memory, whatever the address looks like
 * @len: bytes that are there
 *
 * A copy that meets a bad page fails as a whole: this copies up to the end of
 * each page at a time. By way of the stack: between 5.18 and 6.3 a copy from
 * user memory to vmalloc's asks whose it is, under a lock that may be held here
 * (CONFIG_HARDENED_USERCOPY; d319f344561d "mm: Fix copy_from_user_nofault()").
 */
static noinline __kprobes void kp_str_rest(struct kp_data *d, unsigned int n,
					   struct kp_str *s, int err,
					   unsigned long addr, bool user,
					   size_t len)
{
	size_t room = d->size - d->used, chunk, found;
	char *text = d->text + d->used;
	char copy[KP_STR_CHUNK];

	if (!err && (!room || (user && !kp_is_user(addr))))
		err = -EFAULT;
	if (err)
		return kp_str_fail(d, n, s, err);
	for (room--; len < room; len += chunk) {
		chunk = PAGE_SIZE - offset_in_page(addr + len);
		chunk = min3(chunk, room - len, sizeof(copy));
		err = kp_copy(copy, addr + len, chunk);
		if (err)
			return kp_str_fail(d, n, s, err);
		memcpy(text + len, copy, chunk);
		found = strnlen(text + len, chunk);
		if (found < chunk)
			return kp_str_done(d, s, len + found);
	}
	__set_bit(n, d->cut);
	kp_str_done(d, s, len);
}

/* Copy a string: its parameters are those of kp_str_rest(). */
static __always_inline void kp_str_get(struct kp_data *d, unsigned int n,
				       struct kp_str *s, int err,
				       unsigned long addr, bool user)
{
	size_t at = d->used, len = 0;
	bool end = false;

	if (likely(!err && kp_is_user(addr)))
		len = kp_str_words(d->text + at, addr, d->size - at, &end);
	if (likely(end))
		kp_str_set(d, s, at, len);
	else
		kp_str_rest(d, n, s, err, addr, user, len);
}

/**
 * kp_str_again() - try strings again at the return
 * @d: has what could be read at the entry
 * @n: number of the argument
 * @s: its strings
 * @count: of them
 * @user: as kp_str_get() takes it
 *
 * What was not in memory at the entry is, once the function has read it.
 */
static inline __kprobes void kp_str_again(struct kp_data *d, unsigned int n,
					  struct kp_str *s, size_t count,
					  bool user)
{
	int err = test_bit(n, d->absent) ? -EAGAIN : -EFAULT;

	if (!test_bit(n, d->faults))
		return;
	__clear_bit(n, d->faults);
	__clear_bit(n, d->absent);
	for (; count--; s++) {
		if (s->at != KP_STR_NONE)
			continue;
		if (s->from && kp_is_user(s->from))
			kp_str_get(d, n, s, 0, s->from, user);
		else
			kp_str_fail(d, n, s, err);
	}
}

/* A string that we made: "%pd", "%s:%d" and the like. */
static inline __printf(4, 5) void kp_str_print(struct kp_data *d,
					       unsigned int n, struct kp_str *s,
					       const char *format, ...)
{
	size_t room = d->size - d->used;
	va_list args;

	if (!room)
		return kp_str_fail(d, n, s, -EFAULT);
	va_start(args, format);
	kp_str_done(d, s, vscnprintf(d->text + d->used, room, format, args));
	va_end(args);
}

#endif /* KP_STR_H */
