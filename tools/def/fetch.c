// SPDX-License-Identifier: GPL-2.0-only
/*
 * fetch.c - fetch arguments of the kernel's kprobetrace language
 *
 *	file=+0(+8(%si)):ustring
 *
 * The steps, limits and error columns are those of kernel/trace/trace_probe.c
 * (parse_probe_arg(), finalize_fetch_insn()); instead of the kernel's
 * instructions C is written. A step is kept pending, because what the last
 * one becomes depends on the type: a load of 1 to 8 bytes, or the address of a
 * string.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "auto.h"
#include "fetch.h"
#include "type.h"

enum fetch_op {
	OP_NOP,
	OP_REG, /* also $stackN, $stack, $retval, arguments: a word at hand */
	OP_STACKP,
	OP_IMM,
	OP_COMM,
	OP_TEXT,
	OP_DEREF,
	OP_UDEREF,
};

/* C so far: base is a word; after a dereference, the address less off. */
struct fetch {
	enum fetch_op op;
	unsigned int steps; /* the kernel's index into its instructions */
	struct buf base;
	int64_t off;
	/* What BTF knows about the value; type_id 0: nothing. */
	const struct btf *btf;
	uint32_t type_id;
	uint32_t bit_off;
	uint32_t bit_size;
	const char *member; /* the last one, NULL: none */
	const char *param; /* a system call's, as its table has it */
};

/* One argument being compiled. */
struct fetch_ctx {
	struct def_probe *p;
	const struct def_env *env;
	struct def_error *err;
	size_t col;
	bool at_return;
	/* The name that stands for $argN, and what was written; 0: none. */
	size_t name_len;
	size_t argn_len;
};

static int fetch__error(struct fetch_ctx *c, enum def_reason reason,
			size_t offs)
{
	if (offs < c->name_len)
		offs = 0;
	else
		offs = offs - c->name_len + c->argn_len;
	return error__set(c->err, reason, c->col + offs);
}

/* The kernel has 16 instructions for an argument, the last one the end. */
static int fetch__step(struct fetch_ctx *c, struct fetch *f, size_t offs)
{
	if (++f->steps >= FETCH_INSN_MAX - 1)
		return fetch__error(c, DEF_TOO_MANY_OPS, offs);
	return 0;
}

/* BASE + OFF */
static void fetch__add_address(const struct fetch *f, struct buf *out)
{
	uint64_t off = (uint64_t)f->off;

	buf__addn(out, f->base.data ? f->base.data : "", f->base.len);
	if (f->off > 0)
		buf__addf(out, " + %" PRIu64, off);
	else if (f->off < 0 && f->off > INT64_MIN)
		buf__addf(out, " - %" PRIu64, 0 - off);
	else if (f->off)
		buf__addf(out, " + 0x%" PRIx64 "UL", off);
}

/* Turns a pending dereference into a word at hand. */
static void fetch__load_word(struct fetch *f)
{
	struct buf word = { 0 };

	if (f->op != OP_DEREF && f->op != OP_UDEREF)
		return;
	buf__addf(&word, "%s(&err, ",
		  f->op == OP_DEREF ? "kp_deref" : "kp_deref_user");
	fetch__add_address(f, &word);
	buf__addn(&word, ")", 1);
	buf__free(&f->base);
	f->base = word;
	f->off = 0;
	f->op = OP_REG;
}

static int fetch__deref(struct fetch_ctx *c, struct fetch *f, enum fetch_op op,
			int64_t off, size_t offs)
{
	if (fetch__step(c, f, offs))
		return -EINVAL;
	fetch__load_word(f);
	f->op = op;
	f->off = off;
	f->param = NULL;
	return 0;
}

/* -EINVAL: more words than an entry keeps for the return. */
static int fetch__arg_word(struct def_probe *p, struct buf *out, unsigned int n,
			   bool at_return)
{
	if (!at_return) {
		buf__addf(out, "kp_arg(regs, %u)", n);
		return 0;
	}
	if (n >= DEF_SAVED_MAX)
		return -EINVAL;
	p->saved |= 1ULL << n;
	buf__addf(out, "kp_entry_arg(ri, %u)", n);
	return 0;
}

/* BTF: PARAM, PARAM->MEMBER.MEMBER->MEMBER, $retval->MEMBER */

/*
 * Cuts name at the next "->" or ".". Result: 1 for an arrow, 0 for a dot or
 * the end (then *next is NULL), -EINVAL for a lonely hyphen.
 */
static int fetch__split_field(struct fetch_ctx *c, char *name, char **next,
			      size_t offs)
{
	char *sep = strpbrk(name, ".-");
	int arrow = sep && sep[0] == '-';

	*next = NULL;
	if (!sep)
		return 0;
	if (arrow && sep[1] != '>')
		return fetch__error(c, DEF_BAD_HYPHEN,
				    offs + (size_t)(sep - name));
	*sep = '\0';
	*next = sep + 1 + arrow;
	return arrow;
}

/* Follows dots from the structure *id; stops after the arrow or the end. */
static int fetch__members(struct fetch_ctx *c, struct fetch *f, char **name,
			  uint32_t id, size_t *offs)
{
	struct btf_field field;
	uint32_t bits = 0;
	int arrow, err;
	char *next;

	do {
		arrow = fetch__split_field(c, *name, &next, *offs);
		if (arrow < 0)
			return arrow;
		err = btf_type__field(f->btf, id, *name, &field);
		if (err)
			return fetch__error(c,
					    err == -ENOENT ? DEF_NO_BTF_FIELD :
							     DEF_BAD_BTF_TID,
					    *offs);
		bits += field.bit_off;
		id = field.type_id;
		if (next)
			*offs += (size_t)(next - *name);
		f->member = *name;
		*name = next;
	} while (next && !arrow);
	f->type_id = id;
	f->bit_off = bits;
	f->bit_size = field.bit_size;
	return 0;
}

static int fetch__field(struct fetch_ctx *c, struct fetch *f, char *name,
			size_t offs)
{
	const struct btf_type *t;
	uint32_t id;

	while (name) {
		id = f->type_id; /* 0: a system call's, not in BTF */
		t = id ? btf_type__skip(f->btf, &id) : NULL;
		if (!t || !btf_is_ptr(t))
			return fetch__error(c, DEF_NO_PTR_STRCT, offs);
		if (fetch__deref(c, f, OP_DEREF, 0, offs))
			return -EINVAL;
		if (fetch__members(c, f, &name, t->type, &offs))
			return -EINVAL;
		f->off = f->bit_off / 8;
	}
	return 0;
}

static int fetch__btf_func(struct fetch_ctx *c, size_t offs)
{
	if (probe__func(c->p, c->env))
		return probe__no_func(c->p, c->env, c->err, c->col + offs);
	return 0;
}

/* Parameter n of a system call, whose type its table tells. */
static void fetch__syscall_word(struct fetch_ctx *c, struct fetch *f, int n)
{
	if (c->at_return) {
		c->p->saved |= 1;
		buf__addf(&f->base, "kp_sysarg_of(kp_entry_arg(ri, 0), %d)", n);
	} else {
		buf__addf(&f->base, "kp_sysarg(regs, %d)", n);
	}
	f->op = OP_REG;
}

static int fetch__syscall_param(struct fetch_ctx *c, struct fetch *f,
				const char *name)
{
	int n = sysdesc__find_param(c->p->syscall, name);

	if (n < 0)
		return -ENOENT;
	fetch__syscall_word(c, f, n);
	f->param = c->p->syscall->params[n];
	return 0;
}

static void fetch__param_names(const struct def_probe *p, struct buf *out)
{
	const struct btf_param *param;
	int i;

	if (p->syscall) {
		for (i = 0; i < SYSCALL_MAX_ARGS && p->syscall->params[i]; i++)
			buf__addf(out, "%s%s", i ? ", " : "",
				  sysdesc__param_name(p->syscall->params[i]));
		return;
	}
	param = btf_params(p->func.proto);
	for (i = 0; i < btf_vlen(p->func.proto); i++)
		buf__addf(out, "%s%s", i ? ", " : "",
			  btf__name_by_offset(p->func.btf, param[i].name_off));
}

static int fetch__no_param(struct fetch_ctx *c, enum def_reason reason,
			   size_t offs)
{
	struct buf names = { 0 };

	fetch__param_names(c->p, &names);
	error__hint(c->err, "the parameters of %.60s are: %.160s", c->p->symbol,
		    names.len ? names.data : "none");
	buf__free(&names);
	return fetch__error(c, reason, offs);
}

static int fetch__param(struct fetch_ctx *c, struct fetch *f, const char *name,
			size_t offs)
{
	const struct btf_func *fn = &c->p->func;
	struct arch_cursor cursor = { 0 };
	const struct btf_param *param;
	unsigned int at, words;
	int64_t size;
	int i;

	if (c->p->syscall && probe__func(c->p, c->env))
		return fetch__no_param(c, DEF_NO_BTFARG, offs);
	if (fetch__btf_func(c, offs))
		return -EINVAL;
	if (probe__is_clone(c->p))
		return fetch__error(c, DEF_CLONE_ARGS, offs);
	param = btf_params(fn->proto);
	for (i = 0; i < btf_vlen(fn->proto); i++) {
		size = btf__resolve_size(fn->btf, param[i].type);
		at = arch__place(c->env->arch, &cursor,
				 size > 0 ? (size_t)size : 8, &words);
		if (strcmp(btf__name_by_offset(fn->btf, param[i].name_off),
			   name))
			continue;
		if (fetch__arg_word(c->p, &f->base, at, c->at_return))
			return fetch__error(c, DEF_BAD_ARG_NUM, offs);
		f->op = OP_REG;
		f->btf = fn->btf;
		f->type_id = param[i].type;
		return 0;
	}
	return fetch__no_param(c, DEF_NO_BTFARG, offs);
}

static int fetch__retval_type(struct fetch_ctx *c, struct fetch *f, bool needed,
			      size_t offs)
{
	int err = needed ? fetch__btf_func(c, offs) : probe__func(c->p, c->env);

	if (err)
		return needed ? -EINVAL : 0;
	if (!c->p->func.proto->type)
		return fetch__error(c, DEF_NO_RETVAL, offs);
	f->btf = c->p->func.btf;
	f->type_id = c->p->func.proto->type;
	return 0;
}

static int fetch__retval(struct fetch_ctx *c, struct fetch *f, char *field,
			 size_t offs)
{
	if (!c->at_return)
		return fetch__error(c, DEF_RETVAL_ON_PROBE, offs);
	buf__addf(&f->base, "kp_retval(regs)");
	f->op = OP_REG;
	if (field || c->env->btf_args)
		return fetch__retval_type(c, f, field, offs);
	return 0;
}

static int fetch__parse_btf(struct fetch_ctx *c, struct fetch *f, char *arg,
			    size_t offs)
{
	char *field;
	int arrow = fetch__split_field(c, arg, &field, offs);
	int err;

	if (arrow < 0)
		return arrow;
	if (field && !arrow)
		return fetch__error(c, DEF_NOSUP_DAT_ARG,
				    offs + (size_t)(field - arg));
	if (c->p->offset)
		return fetch__error(c, DEF_NOFENTRY_ARGS, offs);
	if (strcmp(arg, "$retval") == 0)
		err = fetch__retval(c, f, field, offs);
	else if (*arg == '$')
		err = fetch__error(c, DEF_BAD_VAR, offs);
	else if (c->p->syscall && !fetch__syscall_param(c, f, arg))
		err = 0;
	else
		err = fetch__param(c, f, arg, offs);
	if (err || !field)
		return err;
	return fetch__field(c, f, field, offs + (size_t)(field - arg));
}

/* $retval $stack $stackN $comm $argN */

static int fetch__stack(struct fetch_ctx *c, struct fetch *f, const char *n,
			size_t offs)
{
	uint64_t v;

	f->op = OP_REG;
	if (!*n) {
		f->op = OP_STACKP;
		buf__addf(&f->base, "kp_stack_addr(regs)");
		return 0;
	}
	if (*n == '+' || str__to_ull(n, 10, &v))
		return fetch__error(c, DEF_BAD_VAR, offs);
	if (v > PARAM_MAX_STACK)
		return fetch__error(c, DEF_BAD_STACK_NUM, offs);
	buf__addf(&f->base, "kp_stack(regs, %" PRIu64 ")", v);
	return 0;
}

/* The kernel gives it, and it is nothing: the wrapper's only one is pt_regs. */
static void fetch__warn_wrapper(struct fetch_ctx *c, uint64_t n)
{
	error__warn(
		c->err,
		"$arg%" PRIu64
		" of %.60s is not its system call's, whose wrapper has one argument: write sys_%.40s",
		n, c->p->symbol, c->p->syscall->name);
}

static int fetch__argn(struct fetch_ctx *c, struct fetch *f, const char *n,
		       size_t offs)
{
	uint64_t v;

	if (*n == '*')
		return fetch__error(c, DEF_BAD_VAR_ARGS, offs);
	if (str__to_ull(n, 10, &v))
		return fetch__error(c, DEF_BAD_VAR, offs);
	if (!v || v > PARAM_MAX_STACK)
		return fetch__error(c, DEF_BAD_ARG_NUM, offs);
	if (c->p->offset)
		return fetch__error(c, DEF_NOFENTRY_ARGS, offs);
	if (c->p->is_sys && v > (uint64_t)sysdesc__nparams(c->p->syscall))
		return fetch__no_param(c, DEF_BAD_ARG_NUM, offs);
	if (c->p->is_sys) {
		fetch__syscall_word(c, f, (int)v - 1);
		return 0;
	}
	if (c->p->syscall && v > 1)
		fetch__warn_wrapper(c, v);
	if (fetch__arg_word(c->p, &f->base, (unsigned int)v - 1, c->at_return))
		return fetch__error(c, DEF_BAD_ARG_NUM, offs);
	f->op = OP_REG;
	return 0;
}

static int fetch__parse_var(struct fetch_ctx *c, struct fetch *f, char *arg,
			    size_t offs)
{
	char *var = arg + 1;

	if (str__has_prefix(var, "retval")) {
		if (!c->at_return)
			return fetch__error(c, DEF_RETVAL_ON_PROBE, offs);
		return fetch__parse_btf(c, f, arg, offs);
	}
	if (str__has_prefix(var, "stack"))
		return fetch__stack(c, f, var + strlen("stack"), offs);
	if (strcmp(var, "comm") == 0 || strcmp(var, "COMM") == 0) {
		f->op = OP_COMM;
		buf__addf(&f->base, "current->comm");
		return 0;
	}
	if (str__has_prefix(var, "arg"))
		return fetch__argn(c, f, var + strlen("arg"), offs);
	return fetch__error(c, DEF_BAD_VAR, offs);
}

static int fetch__parse_reg(struct fetch_ctx *c, struct fetch *f, char *arg,
			    size_t offs)
{
	const char *field = arch__field(c->env->arch, arg + 1);

	if (!field)
		return fetch__error(c, DEF_BAD_REG_NAME, offs);
	buf__addf(&f->base, "kp_reg(regs, %s)", field);
	f->op = OP_REG;
	return 0;
}

static void fetch__add_number(struct fetch *f, uint64_t v)
{
	if (v <= INT32_MAX)
		buf__addf(&f->base, "%" PRIu64, v);
	else if ((int64_t)v < 0 && (int64_t)v >= -INT32_MAX)
		buf__addf(&f->base, "%" PRId64, (int64_t)v);
	else
		buf__addf(&f->base, "0x%" PRIx64 "UL", v);
}

/* @ADDR @SYM[+|-OFF] */

static int fetch__parse_symbol(struct fetch_ctx *c, struct fetch *f, char *sym,
			       size_t offs)
{
	char *sep = strpbrk(sym, "+-");
	int64_t off = 0;

	if (sep && str__to_ll(sep, 0, &off))
		return fetch__error(c, DEF_BAD_MEM_ADDR, offs);
	if (sep)
		*sep = '\0';
	if (!str__is_symbol(sym) || str__is_foreign(sym))
		return fetch__error(c, DEF_BAD_MEM_ADDR, offs);
	buf__addf(&f->base, "kp_sym(\"%s\")", sym);
	f->op = OP_IMM;
	if (fetch__step(c, f, offs))
		return -EINVAL;
	return fetch__deref(c, f, OP_DEREF, off, offs);
}

static int fetch__parse_mem(struct fetch_ctx *c, struct fetch *f, char *arg,
			    size_t offs)
{
	uint64_t addr;

	if (arg[1] == '+')
		return fetch__error(c, DEF_FILE_ON_KPROBE, offs);
	if (arg[1] < '0' || arg[1] > '9')
		return fetch__parse_symbol(c, f, arg + 1, offs);
	if (str__to_ull(arg + 1, 0, &addr))
		return fetch__error(c, DEF_BAD_MEM_ADDR, offs);
	fetch__add_number(f, addr);
	f->op = OP_IMM;
	return fetch__deref(c, f, OP_DEREF, 0, offs);
}

/* \IMM \"text" */
static int fetch__parse_imm(struct fetch_ctx *c, struct fetch *f, char *arg,
			    size_t offs)
{
	size_t len;
	uint64_t v;
	int err;

	arg++;
	if (*arg == '"') {
		len = strlen(++arg);
		if (!len || arg[len - 1] != '"')
			return fetch__error(c, DEF_IMMSTR_NO_CLOSE,
					    offs + 2 + len);
		buf__addn(&f->base, "\"", 1);
		buf__add_quoted(&f->base, arg, len - 1);
		buf__addn(&f->base, "\"", 1);
		f->op = OP_TEXT;
		return 0;
	}
	if (*arg >= '0' && *arg <= '9')
		err = str__to_ull(arg, 0, &v);
	else if (*arg == '-' || *arg == '+')
		err = str__to_ll(arg + (*arg == '+'), 0, (int64_t *)&v);
	else
		err = -EINVAL;
	if (err)
		return fetch__error(c, DEF_BAD_IMM, offs + 1);
	fetch__add_number(f, v);
	f->op = OP_IMM;
	return 0;
}

static int fetch__parse(struct fetch_ctx *c, struct fetch *f, char *arg,
			size_t offs);

/* +|-[u]OFF(FETCHARG) */
static int fetch__parse_deref(struct fetch_ctx *c, struct fetch *f, char *arg,
			      size_t offs)
{
	enum fetch_op op = OP_DEREF;
	char *open, *close;
	int64_t off;

	if (arg[1] == 'u') {
		op = OP_UDEREF;
		arg[1] = arg[0];
		arg++;
	}
	if (arg[0] == '+')
		arg++;
	open = strchr(arg, '(');
	if (!open)
		return fetch__error(c, DEF_DEREF_NEED_BRACE, offs);
	*open = '\0';
	if (str__to_ll(arg, 0, &off))
		return fetch__error(c, DEF_BAD_DEREF_OFFS, offs);
	/* One short after a 'u', as the kernel counts. */
	offs += (size_t)(open + 1 - arg) + (arg[0] != '-');
	arg = open + 1;
	close = strrchr(arg, ')');
	if (!close)
		return fetch__error(c, DEF_DEREF_OPEN_BRACE,
				    offs + strlen(arg));
	*close = '\0';
	if (fetch__parse(c, f, arg, offs))
		return -EINVAL;
	if (f->op == OP_COMM || f->op == OP_TEXT)
		return fetch__error(c, DEF_COMM_CANT_DEREF, offs);
	f->type_id = 0;
	return fetch__deref(c, f, op, off, offs);
}

/* Each nesting takes three characters of an argument of at most 63. */
static int fetch__parse(struct fetch_ctx *c, struct fetch *f, char *arg,
			size_t offs)
{
	char first[2] = { *arg, '\0' };

	switch (*arg) {
	case '$':
		return fetch__parse_var(c, f, arg, offs);
	case '%':
		return fetch__parse_reg(c, f, arg, offs);
	case '@':
		return fetch__parse_mem(c, f, arg, offs);
	case '+':
	case '-':
		return fetch__parse_deref(c, f, arg, offs);
	case '\\':
		return fetch__parse_imm(c, f, arg, offs);
	default:
		if (str__is_name(first))
			return fetch__parse_btf(c, f, arg, offs);
		return fetch__error(c, DEF_BAD_FETCH_ARG, offs);
	}
}

/* The type: FETCHARG[:TYPE[\[COUNT\]]] */

struct type_spec {
	const struct fetch_type *type;
	char *name; /* as written, NULL: none */
	size_t offs;
	unsigned int count;
	int path_steps; /* of %pd (1) and %pD (2) */
};

static int fetch__parse_count(struct fetch_ctx *c, struct type_spec *s,
			      const char *arg, char *num, size_t offs)
{
	char *close = strchr(num, ']');
	size_t at = offs + (size_t)(num - arg);
	uint64_t count;

	if (!close)
		return fetch__error(c, DEF_ARRAY_NO_CLOSE, at + strlen(num));
	if (close[1])
		return fetch__error(c, DEF_BAD_ARRAY_SUFFIX,
				    offs + (size_t)(close + 1 - arg));
	*close = '\0';
	if (str__to_ull(num, 0, &count) || !count || count > UINT32_MAX)
		return fetch__error(c, DEF_BAD_ARRAY_NUM, at);
	if (count > MAX_ARRAY_LEN)
		return fetch__error(c, DEF_ARRAY_TOO_BIG, at);
	s->count = (unsigned int)count;
	return 0;
}

static int fetch__check_text_type(struct fetch_ctx *c, struct type_spec *s,
				  size_t offs)
{
	if (s->count || (s->name && strcmp(s->name, "string")))
		return fetch__error(c, DEF_NEED_STRING_TYPE, offs + s->offs);
	s->type = fetch_type__find("string");
	return 0;
}

static int fetch__parse_type(struct fetch_ctx *c, struct type_spec *s,
			     char *arg, size_t offs)
{
	char *t = strchr(arg, ':'), *bracket;

	if (t) {
		*t++ = '\0';
		s->name = t;
		s->offs = (size_t)(t - arg);
		if (strcmp(t, "%pd") == 0 || strcmp(t, "%pD") == 0) {
			s->path_steps = t[2] == 'd' ? 1 : 2;
			s->name = NULL;
		}
		bracket = strchr(t, '[');
		if (bracket) {
			*bracket++ = '\0';
			if (fetch__parse_count(c, s, arg, bracket, offs))
				return -EINVAL;
		}
	}
	if (strcmp(arg, "$comm") == 0 || strcmp(arg, "$COMM") == 0 ||
	    str__has_prefix(arg, "\\\""))
		return fetch__check_text_type(c, s, offs);
	s->type = fetch_type__find(s->name);
	if (!s->type)
		return fetch__error(c, DEF_BAD_TYPE, offs + s->offs);
	return 0;
}

/* Finishing: what the kernel calls store, modify and loop. */

/* "char name[]" is the string itself, "char *name" points to it. */
static int fetch__btf_string(struct fetch_ctx *c, struct fetch *f,
			     const struct type_spec *s, size_t offs)
{
	uint32_t id = f->type_id;
	const struct btf_type *t = btf_type__skip(f->btf, &id);

	if (t && btf_is_array(t) &&
	    btf_type__is_char(f->btf, btf_array(t)->type))
		return 0;
	if (!t || !btf_is_ptr(t) || !btf_type__is_char(f->btf, t->type))
		return fetch__error(c, DEF_BAD_TYPE4STR, offs);
	return fetch__deref(c, f, *s->name == 'u' ? OP_UDEREF : OP_DEREF, 0,
			    offs);
}

static int fetch__check_string(struct fetch_ctx *c, const struct fetch *f,
			       const struct type_spec *s, size_t offs)
{
	bool mem = f->op == OP_DEREF || f->op == OP_UDEREF;

	if (strcmp(s->type->name, "symstr") == 0) {
		if (f->op != OP_REG && f->op != OP_DEREF)
			return fetch__error(c, DEF_BAD_SYMSTRING,
					    offs + s->offs);
		return 0;
	}
	if (!mem && f->op != OP_IMM && f->op != OP_COMM && f->op != OP_TEXT)
		return fetch__error(c, DEF_BAD_STRING, offs + s->offs);
	return 0;
}

/* Counts the steps, so that what is too long for the kernel is so for us. */
static int fetch__store_steps(struct fetch_ctx *c, struct fetch *f,
			      const struct type_spec *s, bool bits, size_t offs)
{
	bool mem = f->op == OP_DEREF || f->op == OP_UDEREF;
	bool symstr = strcmp(s->type->name, "symstr") == 0;

	if ((!mem || (s->type->is_string && (s->count || symstr))) &&
	    fetch__step(c, f, offs))
		return -EINVAL;
	if (bits && fetch__step(c, f, offs))
		return -EINVAL;
	if (!s->count)
		return 0;
	if (symstr || !(f->op == OP_DEREF || s->type->is_string))
		return fetch__error(c, DEF_BAD_STRING, offs + s->offs);
	return fetch__step(c, f, offs);
}

/* The address of a string, of element i where it is an array. */
static void fetch__emit_string(struct fetch *f, const struct type_spec *s,
			       struct buf *out)
{
	bool words = s->count || strcmp(s->type->name, "symstr") == 0;
	bool mem = f->op == OP_DEREF || f->op == OP_UDEREF;

	if (words && mem)
		buf__addf(out, "%s(&err, ",
			  f->op == OP_DEREF ? "kp_deref" : "kp_deref_user");
	fetch__add_address(f, out);
	if (s->count)
		buf__addf(out, " + i * 8");
	if (words && mem)
		buf__addn(out, ")", 1);
}

static void fetch__emit_value(struct fetch *f, const struct fetch_type *type,
			      unsigned int count, struct buf *out)
{
	if (f->op != OP_DEREF && f->op != OP_UDEREF) {
		buf__addn(out, f->base.data ? f->base.data : "", f->base.len);
		return;
	}
	buf__addf(out, "kp_read_%s%s(&err, ", type->ctype,
		  f->op == OP_UDEREF ? "_user" : "");
	fetch__add_address(f, out);
	if (count && type->size == 1)
		buf__addf(out, " + i");
	else if (count)
		buf__addf(out, " + i * %u", type->size);
	buf__addn(out, ")", 1);
}

static void fetch__emit_bits(const char *value, unsigned int width,
			     unsigned int shift, bool is_signed,
			     struct buf *out)
{
	uint64_t mask = width >= 64 ? UINT64_MAX : (1ULL << width) - 1;

	if (is_signed) {
		buf__addf(out, "kp_sext(%s >> %u, %u)", value, shift, width);
		return;
	}
	if (shift)
		buf__addf(out, "(%s >> %u)", value, shift);
	else
		buf__addf(out, "%s", value);
	buf__addf(out, " & 0x%" PRIx64 "%s", mask,
		  mask > UINT32_MAX ? "UL" : "");
}

/*
 * A member that is a bitfield is read in the unit of its declared type; a
 * packed one may cross that, and is read in eight bytes from its first one.
 */
static const struct fetch_type *fetch__bit_unit(struct fetch *f,
						const struct fetch_type *type,
						unsigned int *shift)
{
	uint32_t unit = type->size * 8;

	*shift = f->bit_off % unit;
	f->off = f->bit_off / unit * type->size;
	if (*shift + f->bit_size <= unit)
		return type;
	*shift = f->bit_off % 8;
	f->off = f->bit_off / 8;
	return fetch_type__find("u64");
}

static int fetch__emit(struct fetch_ctx *c, struct fetch *f,
		       const struct type_spec *s, struct buf *out, size_t offs)
{
	bool member_bits = f->type_id && !s->name && f->bit_size &&
			   f->op == OP_DEREF;
	bool bits = s->name && *s->name == 'b';
	const struct fetch_type *load = s->type;
	unsigned int width = f->bit_size, shift = 0;
	struct buf value = { 0 };

	if (s->type->is_string && fetch__check_string(c, f, s, offs))
		return -EINVAL;
	if (bits &&
	    fetch_type__bitfield(s->name, s->type->size, &width, &shift))
		return fetch__error(c, DEF_BAD_BITFIELD, offs + s->offs);
	if (fetch__store_steps(c, f, s, bits || member_bits, offs))
		return -EINVAL;
	if (s->type->is_string) {
		fetch__emit_string(f, s, out);
		return 0;
	}
	if (member_bits)
		load = fetch__bit_unit(f, s->type, &shift);
	fetch__emit_value(f, load, s->count, &value);
	if (bits || member_bits)
		fetch__emit_bits(value.data ? value.data : "", width, shift,
				 member_bits && s->type->ctype[0] == 's', out);
	else
		buf__addn(out, value.data ? value.data : "", value.len);
	buf__free(&value);
	return 0;
}

/* %pd and %pD: the kernel writes them as dereferences down to the name. */
static int fetch__finish_path(struct fetch_ctx *c, struct fetch *f,
			      const struct type_spec *s, struct def_arg *arg,
			      size_t offs)
{
	int i;

	if (f->op == OP_COMM || f->op == OP_TEXT)
		return fetch__error(c, DEF_COMM_CANT_DEREF, offs);
	for (i = 0; i < s->path_steps + 1; i++)
		if (fetch__step(c, f, offs))
			return -EINVAL;
	fetch__load_word(f);
	arg->kind = s->path_steps == 1 ? "dentry" : "file";
	arg->ctype = "str";
	arg->format = fetch_type__find("string")->format;
	arg->expr = buf__take(&f->base);
	return arg->expr ? 0 : error__set(c->err, DEF_NOMEM, 0);
}

static void fetch__set_kind(const struct fetch *f, const struct type_spec *s,
			    struct def_arg *arg)
{
	arg->ctype = s->type->ctype;
	arg->kind = s->type->kind;
	arg->format = s->type->format;
	arg->count = s->count;
	if (f->op == OP_COMM)
		arg->kind = "comm";
	else if (f->op == OP_TEXT)
		arg->kind = "text";
	else if (s->type->is_string && f->op == OP_UDEREF && !s->count)
		arg->kind = "ustring";
	else if (s->name && *s->name == 'b')
		arg->kind = "bitfield";
	else if (f->type_id && !s->name && f->bit_size)
		arg->kind = "bitfield";
}

static int fetch__finish(struct fetch_ctx *c, struct fetch *f,
			 struct type_spec *s, struct def_arg *arg, size_t offs)
{
	struct buf out = { 0 };
	uint32_t id = f->type_id;
	const struct btf_type *t;

	if (s->path_steps)
		return fetch__finish_path(c, f, s, arg, offs);
	if (f->type_id && !s->name) {
		t = btf_type__skip(f->btf, &id);
		s->type = t ? fetch_type__of_btf(f->btf, t) : s->type;
	} else if (f->type_id && strstr(s->name, "string") &&
		   fetch__btf_string(c, f, s, offs)) {
		return -EINVAL;
	} else if (!f->type_id && s->type->is_string && f->op == OP_REG &&
		   c->p->syscall && f->base.data &&
		   strstr(f->base.data, "kp_sysarg") &&
		   fetch__deref(c, f, OP_DEREF, 0, offs)) {
		return -EINVAL;
	}
	fetch__set_kind(f, s, arg);
	if (f->param && !s->name)
		auto__set_declared(arg, f->param);
	if (fetch__emit(c, f, s, &out, offs)) {
		buf__free(&out);
		return -EINVAL;
	}
	arg->expr = buf__take(&out);
	return arg->expr ? 0 : error__set(c->err, DEF_NOMEM, 0);
}

static void fetch__decl(struct fetch_ctx *c, struct fetch *f, const char *name,
			struct def_arg *arg)
{
	struct buf out = { 0 };

	if (!f->type_id)
		return;
	if (f->member)
		name = f->member;
	if (btf_src__decl(c->env->btf, f->btf, f->type_id, name, &out))
		buf__free(&out);
	else
		arg->decl = buf__take(&out);
}

static int fetch__parse_body(struct fetch_ctx *c, const char *body, size_t offs,
			     struct def_arg *arg)
{
	struct type_spec spec = { 0 };
	struct fetch f = { 0 };
	char text[MAX_ARGSTR_LEN + 1];
	size_t len = strlen(body);
	int err;

	if (len > MAX_ARGSTR_LEN)
		return fetch__error(c, DEF_ARG_TOO_LONG, offs);
	if (!len)
		return fetch__error(c, DEF_NO_ARG_BODY, offs);
	memcpy(text, body, len + 1);
	err = fetch__parse_type(c, &spec, text, offs);
	if (!err)
		err = fetch__parse(c, &f, text, offs);
	if (!err)
		fetch__decl(c, &f, arg->name, arg);
	if (!err)
		err = fetch__finish(c, &f, &spec, arg, offs);
	if (f.base.failed)
		err = error__set(c->err, DEF_NOMEM, 0);
	if (!err && !probe__fits(c->p))
		err = fetch__error(c, DEF_EVENT_TOO_BIG, offs);
	buf__free(&f.base);
	return err;
}

/* Names: NAME=, a bare parameter's own, or argN. */

static const char *const reserved[] = {
	"common_type",	  "common_flags", "common_preempt_count",
	"common_pid",	  "common_tgid",  "__probe_ip",
	"__probe_ret_ip", "__probe_func", NULL,
};

static int fetch__name(struct fetch_ctx *c, const char *text, char **name,
		       size_t *body)
{
	const char *eq = strchr(text, '=');
	struct buf out = { 0 };
	size_t len;

	*body = eq ? (size_t)(eq - text) + 1 : 0;
	len = eq ? *body - 1 : strcspn(text, ":");
	if (eq && len > MAX_ARG_NAME_LEN)
		return fetch__error(c, DEF_ARG_NAME_TOO_LONG, 0);
	if (eq && !len)
		return fetch__error(c, DEF_NO_ARG_NAME, 0);
	buf__addn(&out, text, len);
	if (!eq && out.data && !str__is_name(out.data)) {
		buf__free(&out);
		buf__addf(&out, "arg%zu", c->p->nargs + 1);
	}
	*name = buf__take(&out);
	if (!*name)
		return error__set(c->err, DEF_NOMEM, 0);
	if (!str__is_name(*name) || str__is_foreign(*name))
		return fetch__error(c, DEF_BAD_ARG_NAME, 0);
	if (str__in(*name, reserved) || probe__has_arg(c->p, *name))
		return fetch__error(c, DEF_USED_ARG_NAME, 0);
	return 0;
}

/* The name of parameter n from 1, "" if it has none, NULL: no such one. */
static const char *fetch__param_name(const struct def_probe *p, uint64_t n)
{
	const struct btf_func *fn = &p->func;
	int i = (int)n - 1;

	if (p->is_sys)
		return n && n <= (uint64_t)sysdesc__nparams(p->syscall) ?
			       sysdesc__param_name(p->syscall->params[i]) :
			       NULL;
	if (!n || n > btf_vlen(fn->proto))
		return NULL;
	return btf__name_by_offset(fn->btf, btf_params(fn->proto)[i].name_off);
}

/*
 * A bare $argN[:TYPE] on kernels with BTF arguments is the parameter itself,
 * traceprobe_expand_meta_args(). *expanded: the text to compile, to be freed.
 */
static int fetch__expand_argn(struct fetch_ctx *c, const char *text,
			      char **expanded)
{
	const char *end, *name = "";
	struct buf out = { 0 };
	uint64_t n = 0;

	if (c->env->btf_args && str__has_prefix(text, "$arg"))
		n = str__simple_ull(text + 4, &end);
	if (n && (!*end || *end == ':') &&
	    (c->p->is_sys || !probe__func(c->p, c->env)))
		name = fetch__param_name(c->p, n);
	if (!name && !c->p->is_sys)
		return fetch__no_param(c, DEF_NO_BTFARG, 0);
	if (name && *name) {
		buf__addf(&out, "%s%s", name, end);
		c->name_len = strlen(name);
		c->argn_len = (size_t)(end - text);
	} else {
		buf__addn(&out, text, strlen(text));
	}
	*expanded = buf__take(&out);
	return *expanded ? 0 : error__set(c->err, DEF_NOMEM, 0);
}

int fetch__compile(struct def_probe *p, const struct def_env *env,
		   const char *text, size_t col, bool at_return,
		   struct def_error *err)
{
	struct fetch_ctx c = {
		.p = p,
		.env = env,
		.err = err,
		.col = col,
		.at_return = at_return,
	};
	char *expanded = NULL, *name = NULL;
	struct def_arg *arg;
	size_t body;
	int ret;

	ret = fetch__expand_argn(&c, text, &expanded);
	if (ret)
		return ret;
	ret = fetch__name(&c, expanded, &name, &body);
	if (ret)
		goto out;
	arg = probe__add_arg(p);
	if (!arg) {
		ret = error__set(err, DEF_NOMEM, 0);
		goto out;
	}
	arg->name = name;
	arg->at_return = at_return;
	name = NULL;
	ret = fetch__parse_body(&c, expanded + body, body, arg);
out:
	free(expanded);
	free(name);
	return ret;
}

int fetch__compile_all(struct def_probe *p, const struct def_env *env,
		       size_t col, bool at_return, struct def_error *err)
{
	struct fetch_ctx c = {
		.p = p,
		.env = env,
		.err = err,
		.col = col,
		.at_return = at_return,
	};
	char nameless[16];
	const char *name;
	uint64_t n;
	int ret = 0;

	if (p->offset)
		return fetch__error(&c, DEF_NOFENTRY_ARGS, 0);
	if (!p->is_sys && fetch__btf_func(&c, 0))
		return -EINVAL;
	if (!fetch__param_name(p, 1))
		return fetch__no_param(&c, DEF_NO_BTFARG, 0);
	for (n = 1; !ret && (name = fetch__param_name(p, n)); n++) {
		/* the "..." of a variadic function */
		if (!p->is_sys && !btf_params(p->func.proto)[n - 1].type)
			continue;
		snprintf(nameless, sizeof(nameless), "$arg%u", (unsigned int)n);
		name = *name ? name : nameless;
		ret = fetch__compile(p, env, name, col, at_return, err);
	}
	return ret;
}
