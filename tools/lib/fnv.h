/* SPDX-License-Identifier: GPL-2.0-only */
/* fnv.h - FNV-1a of 64 bits, for tables and for what is compared with itself. */
#ifndef KP_FNV_H
#define KP_FNV_H

#include <stddef.h>
#include <stdint.h>

#define FNV_BEGIN 0xcbf29ce484222325ULL

/* Begins with FNV_BEGIN; what is added next goes on from what it returned. */
static inline uint64_t fnv__add(uint64_t hash, const void *data, size_t len)
{
	const unsigned char *p = data;

	while (len--)
		hash = (hash ^ *p++) * 0x100000001b3ULL;
	return hash;
}

#endif
