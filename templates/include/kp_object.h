/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Objects of the kernel as strings of a record: files, threads, symbols. What an
 * address points to may be anything, so each step is a copy that may fail.
 */
#ifndef KP_OBJECT_H
#define KP_OBJECT_H

#include <linux/dcache.h>
#include <linux/fs.h>
#include <linux/kprobes.h>
#include <linux/sched.h>
#include "kp_fetch.h"
#include "kp_str.h"

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
static inline __kprobes void kp_str_dentry(struct kp_data *d, unsigned int n,
					   struct kp_str *s, int err,
					   unsigned long addr, int depth)
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

#endif /* KP_OBJECT_H */
