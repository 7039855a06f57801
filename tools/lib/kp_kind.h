/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * kp_kind.h - what a captured value is. A line says all that there is to know of
 * a kind: kp_def makes the module's C of it, kp_view and the log show it.
 *
 *	name	as kp_def and the module's description tell it
 *	kept	NUMBER: in its field; TEXT: copied behind the record; STRUCT: the
 *		same, by a getter of kp_struct.h
 *	getter	the function that copies the text, and what it takes besides
 *	shown	VIEW_ of kp_view, and the form of it in the log (m4_arg.c)
 */
#ifndef KP_KIND_H
#define KP_KIND_H

/* clang-format off */
#define KP_KINDS(X)							\
	X("value", NUMBER, NULL, VALUE)					\
	X("bitfield", NUMBER, NULL, VALUE)				\
	X("bool", NUMBER, NULL, BOOL)					\
	X("char", NUMBER, NULL, CHAR)					\
	X("enum", NUMBER, NULL, ENUM)					\
	X("errno", NUMBER, NULL, ERRNO)					\
	X("errptr", NUMBER, NULL, ERRPTR)				\
	X("gfp", NUMBER, NULL, GFP)					\
	X("dev", NUMBER, NULL, DEV)					\
	X("pointer", NUMBER, NULL, POINTER)				\
	X("symbol", NUMBER, NULL, SYMBOL)				\
	X("string", TEXT, "kp_str_get, false", STRING)			\
	X("ustring", TEXT, "kp_str_get, true", STRING)			\
	X("autostring", TEXT, "kp_str_get, false", STRING)		\
	X("comm", TEXT, "kp_str_get, false", STRING)			\
	X("text", TEXT, "kp_str_get, false", STRING)			\
	X("dentry", TEXT, "kp_str_dentry, 1", STRING)			\
	X("dentry_path", TEXT, "kp_str_dentry, KP_PATH_DEPTH", STRING)	\
	X("file", TEXT, "kp_str_file, 1", STRING)			\
	X("file_path", TEXT, "kp_str_file, KP_PATH_DEPTH", STRING)	\
	X("symstr", TEXT, "kp_str_symbol", STRING)			\
	X("task", TEXT, "kp_str_task", BARE)				\
	X("sockaddr", STRUCT, "kp_str_sockaddr", BARE)			\
	X("sockaddr_len", STRUCT, "kp_str_sockaddr_len", BARE)		\
	X("bio", STRUCT, "kp_str_bio", BARE)
/* clang-format on */

#endif
