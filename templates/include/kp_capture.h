/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * How the arguments of a definition get into a record: @r is the record, @n the
 * number of the argument.
 */
#ifndef KP_CAPTURE_H
#define KP_CAPTURE_H

#include <linux/kernel.h>
#include "kp_data.h"
#include "kp_str.h"

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

#endif /* KP_CAPTURE_H */
