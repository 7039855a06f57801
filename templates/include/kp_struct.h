/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Structures as strings of a record: what a pointer points to may be anything,
 * so each is copied before it is looked at.
 */
#ifndef KP_STRUCT_H
#define KP_STRUCT_H

#include <linux/blkdev.h>
#include <linux/in6.h>
#include <linux/kdev_t.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/socket.h>
#include <linux/un.h>
#include "kp_compat.h"
#include "kp_fetch.h"
#include "kp_str.h"

/* The name of a socket of AF_UNIX; an abstract one begins with @. */
static inline void kp_str_sockaddr_un(struct kp_data *d, unsigned int n,
				      struct kp_str *s,
				      const struct sockaddr_un *un, size_t len)
{
	char path[sizeof(un->sun_path) + 1];
	size_t i;

	len -= min(len, offsetof(struct sockaddr_un, sun_path));
	len = min(len, sizeof(un->sun_path));
	memcpy(path, un->sun_path, len);
	path[len] = '\0';
	if (!path[0])
		for (i = 0; i < len; i++)
			if (!path[i])
				path[i] = '@';
	kp_str_print(d, n, s, "unix:%s", path);
}

/**
 * kp_str_sockaddr_len() - the address of a socket
 * @d: gets its text
 * @n: number of the argument
 * @s: the field
 * @err: of finding @addr
 * @addr: of the address, in kernel or user memory
 * @len: its length, as the system call takes it: an int
 */
static inline void kp_str_sockaddr_len(struct kp_data *d, unsigned int n,
				       struct kp_str *s, int err,
				       unsigned long addr, int len)
{
	struct __kernel_sockaddr_storage copy = {};

	if (!err && len < (int)sizeof(copy.ss_family))
		return kp_str_print(d, n, s, "none");
	len = min_t(int, len, sizeof(copy));
	if (!err)
		err = kp_copy(&copy, addr, len);
	if (err)
		return kp_str_fail(d, n, s, err);
	if (copy.ss_family == AF_INET || copy.ss_family == AF_INET6)
		kp_str_print(d, n, s, "%pISpc", &copy);
	else if (copy.ss_family == AF_UNIX)
		kp_str_sockaddr_un(d, n, s, (struct sockaddr_un *)&copy, len);
	else
		kp_str_print(d, n, s, "family %u", copy.ss_family);
}

/* The same where nothing tells the length but the family. */
static inline void kp_str_sockaddr(struct kp_data *d, unsigned int n,
				   struct kp_str *s, int err,
				   unsigned long addr)
{
	int len = sizeof(struct sockaddr);
	sa_family_t family;

	if (!err)
		err = kp_copy(&family, addr, sizeof(family));
	if (err)
		return kp_str_fail(d, n, s, err);
	if (family == AF_INET6)
		len = sizeof(struct sockaddr_in6);
	else if (family == AF_UNIX) /* it ends where its path does */
		len = min_t(int, sizeof(struct sockaddr_un),
			    PAGE_SIZE - offset_in_page(addr));
	kp_str_sockaddr_len(d, n, s, 0, addr, len);
}

/* A request to a block device: MAJOR,MINOR:OPERATION:SECTOR+SECTORS */
static inline void kp_str_bio(struct kp_data *d, unsigned int n,
			      struct kp_str *s, int err, unsigned long addr)
{
	struct bio bio;
	dev_t dev;

	if (err || kp_is_user(addr) || kp_copy(&bio, addr, sizeof(bio)) ||
	    kp_copy(&dev, kp_bio_dev_at(&bio), sizeof(dev)))
		return kp_str_fail(d, n, s, err ? err : -EFAULT);
	kp_str_print(d, n, s, "%u,%u:%s:%llu+%u", MAJOR(dev), MINOR(dev),
		     blk_op_str(bio_op(&bio)),
		     (unsigned long long)bio.bi_iter.bi_sector,
		     bio.bi_iter.bi_size >> SECTOR_SHIFT);
}

#endif /* KP_STRUCT_H */
