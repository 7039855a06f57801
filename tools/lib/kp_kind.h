/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * kp_kind.h - what a captured value is: the word by which kp_def tells it to
 * the generator, and how kp_view shows it (VIEW_ ...); see facts.c.
 * lib/define.sh has for each of them what the module does with it.
 */
#ifndef KP_KIND_H
#define KP_KIND_H

/* clang-format off */
#define KP_KINDS(X)                                                           \
	X("value", VALUE)                                                     \
	X("bitfield", VALUE)                                                  \
	X("bool", BOOL)                                                       \
	X("char", CHAR)                                                       \
	X("enum", ENUM)                                                       \
	X("errno", ERRNO)                                                     \
	X("errptr", ERRPTR)                                                   \
	X("gfp", GFP)                                                         \
	X("dev", DEV)                                                         \
	X("pointer", POINTER)                                                 \
	X("symbol", SYMBOL)                                                   \
	/* strings */                                                         \
	X("string", STRING)                                                   \
	X("ustring", STRING)                                                  \
	X("autostring", STRING)                                               \
	X("comm", STRING)                                                     \
	X("text", STRING)                                                     \
	X("dentry", STRING)                                                   \
	X("dentry_path", STRING)                                              \
	X("file", STRING)                                                     \
	X("file_path", STRING)                                                \
	X("symstr", STRING)                                                   \
	X("task", BARE)                                                       \
	X("sockaddr", BARE)                                                   \
	X("sockaddr_len", BARE)                                               \
	X("bio", BARE)
/* clang-format on */

#endif
