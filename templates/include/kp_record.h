/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What one hit records: the fields that the probe defines, and the text of its
 * strings behind them.
 */
#ifndef KP_RECORD_H
#define KP_RECORD_H

#include <asm/word-at-a-time.h>
#include <linux/bitmap.h>
#include <linux/dcache.h>
#include <linux/fs.h>
#include <linux/kernel.h>
#include <linux/sched.h>
#include <linux/string.h>
#include <linux/uaccess.h>
#include "kp_fetch.h"

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
#define KP_STR_CHUNK 64 /* bytes copied at a time */

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
static noinline void kp_str_rest(struct kp_data *d, unsigned int n,
				 struct kp_str *s, int err, unsigned long addr,
				 bool user, size_t len)
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
NOKPROBE_SYMBOL(kp_str_rest);

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
static inline void kp_str_again(struct kp_data *d, unsigned int n,
				struct kp_str *s, size_t count, bool user)
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
NOKPROBE_SYMBOL(kp_str_again);

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

/**
 * kp_str_dentry() - the name of a dentry
 * @d: gets its text
 * @n: number of the argument
 * @s: the field
 * @err: of finding @addr
 * @addr: of the dentry
 * @depth: components, from the last one up; at most KP_PATH_DEPTH
 *
 * As %pd and %pd4 print it, but every step is a copy that may fail: @addr is
 * whatever the probed function got.
 */
#define KP_PATH_DEPTH 4
static inline void kp_str_dentry(struct kp_data *d, unsigned int n,
				 struct kp_str *s, int err, unsigned long addr,
				 int depth)
{
	struct dentry *parent, *at[KP_PATH_DEPTH], *entry = (void *)addr;
	struct qstr name;
	size_t used = 0, room = d->size - d->used;
	char *text = d->text + d->used;
	int i;

	for (i = 0; !err && i < depth; i++) {
		if (kp_is_user((unsigned long)entry) ||
		    kp_copy(&parent, (unsigned long)&entry->d_parent,
			    sizeof(parent)))
			return kp_str_fail(d, n, s, -EFAULT);
		if (i && parent == entry)
			break;
		at[i] = entry;
		entry = parent;
	}
	while (!err && i--) {
		err = kp_copy(&name, (unsigned long)&at[i]->d_name,
			      sizeof(name));
		/* Of any length: what looks like a dentry may be none. */
		if (!err && (room - used < 2 || name.len > room - used - 2))
			err = -E2BIG;
		if (err)
			break;
		/* The root is called "/" itself. */
		if (depth > 1 && parent != at[i])
			text[used++] = '/';
		err = kp_copy(text + used, (unsigned long)name.name, name.len);
		used += name.len;
	}
	if (err)
		return kp_str_fail(d, n, s, err);
	kp_str_done(d, s, used);
}
NOKPROBE_SYMBOL(kp_str_dentry);

static inline void kp_str_file(struct kp_data *d, unsigned int n,
			       struct kp_str *s, int err, unsigned long addr,
			       int depth)
{
	struct file *file = (struct file *)addr;
	unsigned long entry = 0;

	if (!err && !kp_is_user(addr))
		err = kp_copy(&entry, (unsigned long)&file->f_path.dentry,
			      sizeof(entry));
	kp_str_dentry(d, n, s, err, entry, depth);
}

/* An address as SYMBOL+OFF/LEN. */
static inline void kp_str_symbol(struct kp_data *d, unsigned int n,
				 struct kp_str *s, int err, unsigned long addr)
{
	if (err)
		return kp_str_fail(d, n, s, err);
	kp_str_print(d, n, s, "%pS", (void *)addr);
}

static inline void kp_str_task(struct kp_data *d, unsigned int n,
			       struct kp_str *s, int err, unsigned long addr)
{
	struct task_struct *task = (struct task_struct *)addr;
	char comm[TASK_COMM_LEN];
	pid_t pid;

	if (err || kp_is_user(addr) ||
	    kp_copy(comm, (unsigned long)task->comm, sizeof(comm)) ||
	    kp_copy(&pid, (unsigned long)&task->pid, sizeof(pid)))
		return kp_str_fail(d, n, s, err ? err : -EFAULT);
	comm[sizeof(comm) - 1] = '\0';
	kp_str_print(d, n, s, "%s:%d", comm, pid);
}

/* What a return knows of the entry's arguments; @r is the record. */
#define KP_SAVED_MAX 64
#define kp_entry_arg(ri, n) ((r)->saved[n])

/* One value; @expr may use err, and an array's element the index i. */
#define KP_CAPTURE(r, n, field, expr)                     \
	do {                                              \
		int err = 0;                              \
		(r)->field = (expr);                      \
		if (err)                                  \
			kp_data_fail(&(r)->data, n, err); \
	} while (0)

#define KP_CAPTURE_ARRAY(r, n, field, expr)                  \
	do {                                                 \
		unsigned int i;                              \
		for (i = 0; i < ARRAY_SIZE((r)->field); i++) \
			KP_CAPTURE(r, n, field[i], expr);    \
	} while (0)

/* A string: @get is one of kp_str_..., @expr the address. */
#define KP_CAPTURE_STR(get, r, n, field, expr, ...)                        \
	do {                                                               \
		int err = 0;                                               \
		unsigned long addr = (unsigned long)(expr);                \
		(r)->field.from = err ? 0 : addr;                          \
		get(&(r)->data, n, &(r)->field, err, addr, ##__VA_ARGS__); \
	} while (0)

#define KP_CAPTURE_STR_ARRAY(get, r, n, field, expr, ...)         \
	do {                                                      \
		unsigned int i;                                   \
		for (i = 0; i < ARRAY_SIZE((r)->field); i++)      \
			KP_CAPTURE_STR(get, r, n, field[i], expr, \
				       ##__VA_ARGS__);            \
	} while (0)

/* At the return: a string, or an array of them, that the entry did not get. */
#define KP_AGAIN_STR(r, n, field, user)                           \
	kp_str_again(&(r)->data, n, (struct kp_str *)&(r)->field, \
		     sizeof((r)->field) / sizeof(struct kp_str), user)

#endif /* KP_RECORD_H */
