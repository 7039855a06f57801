/* SPDX-License-Identifier: GPL-2.0-only */
/* probe.h - a compiled definition, and what compiling one needs. */
#ifndef DEF_PROBE_H
#define DEF_PROBE_H

#include <stdbool.h>
#include <stdint.h>

#include "arch.h"
#include "btf.h"
#include "error.h"
#include "syscall.h"

/* The kernel's limits. */
#define MAX_TRACE_ARGS 128
#define MAX_ARGSTR_LEN 63
#define MAX_ARRAY_LEN 64
#define MAX_ARG_NAME_LEN 32
#define MAX_EVENT_NAME_LEN 64
#define MAX_MAXACTIVE 4096
#define MAX_PROBE_EVENT_SIZE 3072
#define FETCH_INSN_MAX 16
#define PARAM_MAX_STACK 2048 /* THREAD_SIZE / sizeof(unsigned long) */
#define KSYM_NAME_MAX 511
/* Ours: words of arguments that an entry keeps, KP_SAVED_MAX. */
#define DEF_SAVED_MAX 64
/*
 * What a call may carry along, KRETPROBE_MAX_DATA_SIZE, without its text,
 * KP_RETURN_DATA_LEN, and what else is in a record.
 */
#define MAX_CALL_SIZE (4096 - 1024 - 128)

struct def_arg {
	bool at_return;
	char *name;
	const char *ctype;
	const char *kind;
	const char *format;
	char *expr;
	unsigned int count;
	char *decl; /* NULL: none */
	const struct btf *enum_btf; /* for kind enum */
	uint32_t enum_id;
};

struct def_probe {
	bool is_return;
	unsigned int maxactive;
	uint32_t offset;
	char group[MAX_EVENT_NAME_LEN];
	char name[MAX_EVENT_NAME_LEN];
	char *module;
	char *symbol;
	size_t symbol_col;
	struct def_arg *args;
	size_t nargs;
	uint64_t saved; /* bits of DEF_SAVED_MAX: what the return needs */
	char *filter;
	struct btf_func func;
	int func_err; /* of the search: 1 before it */
	const struct sysdesc *syscall; /* a wrapper's real prototype */
	bool is_sys; /* written sys_NAME: its arguments are the call's */
};

struct def_env {
	const struct arch *arch;
	struct btf_src *btf;
	bool btf_args; /* $argN and $retval get BTF names and types (6.5+) */
	bool args;
	bool ret;
	const char *const *extra; /* --arg */
	size_t nextra;
	const char *filter;
};

void probe__free(struct def_probe *p);

/* Appends an argument; its name is checked against the others. */
struct def_arg *probe__add_arg(struct def_probe *p);
bool probe__has_arg(const struct def_probe *p, const char *name);
const struct def_arg *probe__arg(const struct def_probe *p, const char *name);

/* The name and value of the type of an argument that is an enum; false: no more. */
bool arg__enumerator(const struct def_arg *arg, uint32_t i, int64_t *value,
		     const char **text);
/* Bytes of one element; 0: a string. */
size_t arg__bytes(const struct def_arg *arg);

/* Is there room for the arguments in an event? */
bool probe__fits(const struct def_probe *p);

/* BTF of the probed function: 0, -ENODATA or -ENOENT, searched once. */
int probe__func(struct def_probe *p, const struct def_env *env);
/* The error for the result of probe__func(), with its hints. */
int probe__no_func(const struct def_probe *p, const struct def_env *env,
		   struct def_error *err, size_t col);
bool probe__is_clone(const struct def_probe *p);

#endif
