/* SPDX-License-Identifier: GPL-2.0-only */
/* error.h - what is wrong with a definition, and at which column. */
#ifndef DEF_ERROR_H
#define DEF_ERROR_H

#include <stddef.h>
#include <stdio.h>

/* Exit statuses, the ones of lib/log.sh. */
enum {
	DEF_OK = 0,
	DEF_INTERNAL = 1,
	DEF_USAGE = 2,
	DEF_MACHINE = 11,
	DEF_BUILD = 12,
};

/*
 * The kernel's reasons (kernel/trace/trace_probe.h and
 * trace_events_filter.c) in its words and under its names, then ours.
 */
/* clang-format off */
#define DEF_REASONS(X)                                                        \
	X(MAXACT_NO_KPROBE, 2, "Maxactive is not for kprobe")                 \
	X(BAD_MAXACT, 2, "Invalid maxactive number")                          \
	X(MAXACT_TOO_BIG, 2, "Maxactive is too big")                          \
	X(BAD_PROBE_ADDR, 2, "Invalid probed address or symbol")              \
	X(BAD_RETPROBE, 2, "Retprobe address must be an function entry")      \
	X(BAD_ADDR_SUFFIX, 2, "Invalid probed address suffix")                \
	X(NO_GROUP_NAME, 2, "Group name is not specified")                    \
	X(GROUP_TOO_LONG, 2, "Group name is too long")                        \
	X(BAD_GROUP_NAME, 2,                                                  \
	  "Group name must follow the same rules as C identifiers")           \
	X(NO_EVENT_NAME, 2, "Event name is not specified")                    \
	X(EVENT_TOO_LONG, 2, "Event name is too long")                        \
	X(BAD_EVENT_NAME, 2,                                                  \
	  "Event name must follow the same rules as C identifiers")           \
	X(RETVAL_ON_PROBE, 2, "$retval is not available on probe")            \
	X(NO_RETVAL, 10, "This function returns 'void' type")                 \
	X(BAD_STACK_NUM, 2, "Invalid stack number")                           \
	X(BAD_ARG_NUM, 2, "Invalid argument number")                          \
	X(BAD_VAR, 2, "Invalid $-valiable specified")                         \
	X(BAD_REG_NAME, 2, "Invalid register name")                           \
	X(BAD_MEM_ADDR, 2, "Invalid memory address")                          \
	X(BAD_IMM, 2, "Invalid immediate value")                              \
	X(IMMSTR_NO_CLOSE, 2, "String is not closed with '\"'")               \
	X(FILE_ON_KPROBE, 2, "File offset is not available with kprobe")      \
	X(TOO_MANY_OPS, 2, "Dereference is too much nested")                  \
	X(DEREF_NEED_BRACE, 2, "Dereference needs a brace")                   \
	X(BAD_DEREF_OFFS, 2, "Invalid dereference offset")                    \
	X(DEREF_OPEN_BRACE, 2, "Dereference brace is not closed")             \
	X(COMM_CANT_DEREF, 2, "$comm can not be dereferenced")                \
	X(BAD_FETCH_ARG, 2, "Invalid fetch argument")                         \
	X(ARRAY_NO_CLOSE, 2, "Array is not closed")                           \
	X(BAD_ARRAY_SUFFIX, 2, "Array has wrong suffix")                      \
	X(BAD_ARRAY_NUM, 2, "Invalid array size")                             \
	X(ARRAY_TOO_BIG, 2, "Array number is too big")                        \
	X(BAD_TYPE, 2, "Unknown type is specified")                           \
	X(BAD_STRING, 2, "String accepts only memory argument")               \
	X(BAD_SYMSTRING, 2, "Symbol String doesn't accept data/userdata")     \
	X(BAD_BITFIELD, 2, "Invalid bitfield")                                \
	X(ARG_NAME_TOO_LONG, 2, "Argument name is too long")                  \
	X(NO_ARG_NAME, 2, "Argument name is not specified")                   \
	X(BAD_ARG_NAME, 2,                                                    \
	  "Argument name must follow the same rules as C identifiers")        \
	X(USED_ARG_NAME, 2, "This argument name is already used")             \
	X(ARG_TOO_LONG, 2, "Argument expression is too long")                 \
	X(NO_ARG_BODY, 2, "No argument expression")                           \
	X(NOSUP_BTFARG, 11, "BTF is not available or not supported")          \
	X(NO_BTFARG, 10, "This variable is not found at this probe point")    \
	X(NO_BTF_ENTRY, 10, "No BTF entry for this probe point")              \
	X(BAD_VAR_ARGS, 2,                                                    \
	  "$arg* must be an independent parameter without name etc.")         \
	X(NOFENTRY_ARGS, 2,                                                   \
	  "$arg* can be used only on function entry or exit")                 \
	X(DOUBLE_ARGS, 2, "$arg* can be used only once in the parameters")    \
	X(NO_PTR_STRCT, 10, "This is not a pointer to union/structure.")      \
	X(NOSUP_DAT_ARG, 2,                                                   \
	  "Non pointer structure/union argument is not supported.")           \
	X(BAD_HYPHEN, 2, "Failed to parse single hyphen. Forgot '>'?")        \
	X(NO_BTF_FIELD, 10, "This field is not found.")                       \
	X(BAD_BTF_TID, 10, "Failed to get BTF type info.")                    \
	X(BAD_TYPE4STR, 2, "This type does not fit for string.")              \
	X(NEED_STRING_TYPE, 2,                                                \
	  "$comm and immediate-string only accepts string type")              \
	X(TOO_MANY_ARGS, 2, "Too many arguments are specified")               \
	X(EVENT_TOO_BIG, 2, "Event too big (too many fields?)")               \
	/* filters */                                                         \
	X(INVALID_OP, 2, "Invalid operator")                                  \
	X(TOO_MANY_OPEN, 2, "Too many '('")                                   \
	X(TOO_MANY_CLOSE, 2, "Too few '('")                                   \
	X(MISSING_QUOTE, 2, "Missing matching quote")                         \
	X(OPERAND_TOO_LONG, 2, "Operand too long")                            \
	X(EXPECT_STRING, 2, "Expecting string field")                         \
	X(EXPECT_DIGIT, 2, "Expecting numeric field")                         \
	X(ILLEGAL_FIELD_OP, 2, "Illegal operation for field type")            \
	X(FIELD_NOT_FOUND, 2, "Field not found")                              \
	X(ILLEGAL_INTVAL, 2, "Illegal integer value")                         \
	X(TOO_MANY_PREDS, 2, "Too many terms in predicate expression")        \
	X(INVALID_VALUE, 2, "Invalid value (did you forget quotes)?")         \
	X(NO_FILTER, 2, "No filter found")                                    \
	/* ours */                                                            \
	X(NO_PROBE_POINT, 2, "Probe point is not specified")                  \
	X(BAD_PROBE_TYPE, 2, "A definition starts with p or r")               \
	X(BAD_CHAR, 2, "Only printable ASCII characters are accepted")        \
	X(CLONE_ARGS, 10,                                                     \
	  "A compiler's clone does not keep the prototype's arguments")       \
	X(TOO_DEEP, 2, "Parentheses are too much nested")
/* clang-format on */

enum def_reason {
	DEF_REASON_NONE,
#define X(name, status, text) DEF_##name,
	DEF_REASONS(X)
#undef X
		DEF_NOMEM,
};

/* The first error found; the texts point at what the caller owns. */
struct def_error {
	enum def_reason reason;
	size_t col;
	char hint[2][240];
	char warning[240]; /* of what is accepted; the first one */
};

/* Records the first error. Returns -EINVAL, or -ENOMEM for DEF_NOMEM. */
int error__set(struct def_error *e, enum def_reason reason, size_t col);
void error__hint(struct def_error *e, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
void error__warn(struct def_error *e, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
int error__status(const struct def_error *e);
const char *error__text(enum def_reason reason);
void error__print(const struct def_error *e, const char *what, const char *text,
		  FILE *out);

#endif
