// SPDX-License-Identifier: GPL-2.0-only
/*
 * facts.c - compiled definitions as lines for the generator
 *
 * One fact a line, fields separated by one TAB, none empty:
 *
 *   probe   INDEX p|r GROUP NAME MODULE|- SYMBOL OFFSET MAXACTIVE
 *   returns INDEX short|int|long|none  the type of what a return probe returns,
 *                              as far as errors go: none has no room for one
 *   save    INDEX N            the entry handler keeps kp_arg(regs, N)
 *   sym     INDEX SYMBOL       an EXPR contains kp_sym("SYMBOL")
 *   arg     INDEX entry|return NAME CTYPE KIND EXPR COUNT FORMAT DECL|-
 *   enum    INDEX NAME VALUE TEXT
 *   filter  INDEX CEXPR
 *
 * The order is probe, returns, save, sym, arg (each followed by its enum lines),
 * filter; INDEX counts definitions from 0. MAXACTIVE 0: the generator's choice.
 *
 * CTYPE is the field of the record: u8 u16 u32 u64 s8 s16 s32 s64, or str.
 * COUNT 0 is one value; otherwise the field is an array, and EXPR, evaluated
 * for i = 0 .. COUNT - 1, gives element i.
 *
 * KIND says what EXPR is and what becomes of it:
 *   value bitfield bool enum errno errptr gfp dev pointer symbol char
 *             the value itself, an unsigned long or narrower, to be cut to
 *             CTYPE by the assignment
 *   string    the address of a string: kernel, or user where it is a user
 *             address (as the kernel does where the two do not overlap)
 *   ustring   the address of a string in user memory
 *   autostring as string: a char * parameter
 *   symstr    an address to be shown as SYMBOL+OFF/LEN, as a string
 *   comm      current->comm
 *   text      a C string literal
 *   dentry file        struct pointer: the last component of its name
 *   dentry_path file_path  struct pointer: up to four components
 *   task      struct task_struct pointer: COMM:PID
 *   sockaddr  struct sockaddr pointer, kernel or user: address and port
 *   sockaddr_len  as sockaddr; EXPR is two, "ADDRESS, LENGTH"
 *   bio       struct bio pointer: MAJOR,MINOR:OPERATION:SECTOR+SECTORS
 * The pointers of the last ten (from string on) may be anything: the runtime
 * copies before it looks, and CTYPE is str.
 *
 * EXPR is C over these words, all of type unsigned long unless said:
 *   kp_reg(regs, FIELD)        a member of struct pt_regs: di, regs[0]
 *   kp_arg(regs, N)            argument word N from 0: register, then stack
 *   kp_entry_arg(ri, N)        at the return: what the entry saved of it
 *   kp_sysarg(regs, N)         argument N of the system call whose wrapper
 *                              was entered, out of the user's pt_regs
 *   kp_sysarg_of(PTR, N)       the same, the user's pt_regs given
 *   kp_retval(regs)
 *   kp_stack(regs, N)          word N of the kernel stack
 *   kp_stack_addr(regs)
 *   kp_sym("SYMBOL")           its address
 *   kp_deref(&err, ADDR)       the word at ADDR; ADDR as in string above
 *   kp_deref_user(&err, ADDR)  the word at ADDR in user memory
 *   kp_read_u8(&err, ADDR) .. u64, s8 .. s64, each with _user
 *                              the value at ADDR, in that type
 *   kp_sext(VALUE, BITS)       sign extension of the low BITS bits
 *   current->comm
 * and constants, + - * >> & and the index i. "int err = 0" is declared before
 * each argument (each element of an array): a read that fails sets it, reads
 * after that do nothing and yield 0, and the argument is shown as (fault).
 *
 * CEXPR is a condition over the finished record: r->NAME, with kp_streq(S, "T")
 * and kp_glob(S, "PATTERN") for its strings (the kernel's glob_match()), and
 *   kp_cur_pid() kp_cur_cpu() current->comm     of the context
 *   kp_cur_flags() kp_cur_preempt()             common_flags, _preempt_count
 *   kp_probe_ip() kp_probe_ret_ip()             __probe_ip, __probe_ret_ip
 *
 * FORMAT is the inside of a C string literal: the kernel's conversion. DECL is
 * a C declaration for a comment.
 *
 * Whitelist: nothing is printed unless every field passes. Names are
 * [A-Za-z_][A-Za-z0-9_]*, words of C and macros of the kernel's too: it is the
 * generator that gives each field a name of its own. Symbols may have dots;
 * CTYPE, KIND and FORMAT come from the tables below; EXPR and CEXPR consist of
 * the words above, numbers, the operators shown, parentheses that match, and
 * literals of
 * [A-Za-z0-9_ .*?/:,=+@-] and octal escapes, without comment marks; DECL of
 * [A-Za-z0-9_ *()[],]. No field contains a name of m4's (TPL_, m4_).
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "auto.h"
#include "facts.h"
#include "kp_kind.h"

#define DECL_MAX 200
#define EXPR_MAX 8192
#define MAX_ENUM 256

static const char *const ctypes[] = { "u8",  "u16", "u32", "u64", "s8",
				      "s16", "s32", "s64", "str", NULL };

static const char *const kinds[] = {
#define X(name, shown) name,
	KP_KINDS(X)
#undef X
		NULL,
};

static const char *const formats[] = {
	"%u",	"%d",	 "%llu",   "%lld",	 "0x%x",  "0x%llx",
	"'%c'", "%pS",	 "0%o",	   "%pGg",	 "%u:%u", "%pD4",
	"%pd4", "%s:%d", "%pISpc", "\\\"%s\\\"", "%s",	  NULL,
};

static const char *const words[] = {
	"regs",
	"ri",
	"i",
	"err",
	"r",
	"current",
	"comm",
	"UL",
	"ULL",
	"U",
	"LL",
	"kp_reg",
	"kp_arg",
	"kp_entry_arg",
	"kp_sysarg",
	"kp_sysarg_of",
	"kp_retval",
	"kp_stack",
	"kp_stack_addr",
	"kp_sym",
	"kp_deref",
	"kp_deref_user",
	"kp_sext",
	"kp_glob",
	"kp_streq",
	"kp_cur_pid",
	"kp_cur_cpu",
	"kp_cur_flags",
	"kp_cur_preempt",
	"kp_probe_ip",
	"kp_probe_ret_ip",
	NULL,
};

static bool chr__is_word(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       (c >= '0' && c <= '9') || c == '_';
}

/* kp_read_u8, kp_read_s64_user */
static bool fact__is_read(const char *word)
{
	char type[4] = "";
	const char *end;
	size_t len;

	if (!str__has_prefix(word, "kp_read_"))
		return false;
	word += strlen("kp_read_");
	end = strchr(word, '_');
	len = end ? (size_t)(end - word) : strlen(word);
	if (len >= sizeof(type) || (end && strcmp(end, "_user")))
		return false;
	memcpy(type, word, len);
	return str__in(type, ctypes) && strcmp(type, "str");
}

static bool fact__is_number(const char *word)
{
	size_t len;

	if (str__has_prefix(word, "0x"))
		word += 2;
	len = strspn(word, "0123456789abcdef");
	return len && (!word[len] || str__in(word + len, words));
}

static bool fact__is_register(const struct arch *arch, const char *word)
{
	const struct arch_reg *r;

	for (r = arch->regs; r->name; r++)
		if (strcmp(r->field, word) == 0)
			return true;
	return false;
}

/* One word of C. prev is what stands before it. */
static bool fact__check_word(const char *s, size_t len, const char *prev,
			     const struct def_probe *p,
			     const struct def_env *env)
{
	char word[80];

	if (len >= sizeof(word)) /* a parameter's name may be long */
		return prev && str__has_prefix(prev, "r->");
	memcpy(word, s, len);
	word[len] = '\0';
	if (prev && str__has_prefix(prev, "r->"))
		return probe__has_arg(p, word);
	if (word[0] >= '0' && word[0] <= '9')
		return fact__is_number(word);
	return str__in(word, words) || fact__is_read(word) ||
	       fact__is_register(env->arch, word);
}

/* "text": returns its length, 0 when it is not one. */
static size_t fact__literal(const char *s)
{
	size_t i = 1;

	while (s[i] && s[i] != '"') {
		if (s[i] == '\\') {
			if (strspn(s + i + 1, "01234567") < 3)
				return 0;
			i += 4;
		} else if (strchr("*?/", s[i]) && strchr("*?/", s[i - 1])) {
			return 0;
		} else if (chr__is_word(s[i]) || strchr(STR_HARMLESS, s[i])) {
			i++;
		} else {
			return 0;
		}
	}
	return s[i] == '"' ? i + 1 : 0;
}

static bool fact__check_expr(const char *expr, const struct def_probe *p,
			     const struct def_env *env)
{
	const char *s = expr;
	int depth = 0;
	size_t len;

	while (*s && depth >= 0) {
		if (*s == '"') {
			len = fact__literal(s);
		} else if (chr__is_word(*s)) {
			for (len = 1; chr__is_word(s[len]); len++)
				;
			if (!fact__check_word(s, len,
					      s - expr >= 3 ? s - 3 : NULL, p,
					      env))
				return false;
		} else {
			len = strchr(" ()+-*&|!<>=,[]", *s) ? 1 : 0;
			depth += *s == '(' ? 1 : *s == ')' ? -1 : 0;
		}
		if (!len)
			return false;
		s += len;
	}
	return !depth && s != expr && s - expr < EXPR_MAX &&
	       !str__is_foreign(expr);
}

static bool fact__check_decl(const char *decl)
{
	return *decl && strlen(decl) < DECL_MAX && !str__is_foreign(decl) &&
	       !decl[strspn(decl, "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				  "abcdefghijklmnopqrstuvwxyz"
				  "0123456789_ *()[],")];
}

static bool fact__check_name(const char *name)
{
	return str__is_name(name) && !str__is_foreign(name);
}

static const char *fact__check_probe(const struct def_probe *p)
{
	if (!fact__check_name(p->group))
		return "group";
	if (!fact__check_name(p->name))
		return "name";
	if (p->module &&
	    (!str__is_symbol(p->module) || str__is_foreign(p->module)))
		return "module";
	if (!str__is_symbol(p->symbol) || str__is_foreign(p->symbol))
		return "symbol";
	return NULL;
}

static const char *fact__check_arg(const struct def_arg *arg,
				   const struct def_probe *p,
				   const struct def_env *env)
{
	if (!fact__check_name(arg->name))
		return "argument name";
	if (!str__in(arg->ctype, ctypes))
		return "ctype";
	if (!str__in(arg->kind, kinds))
		return "kind";
	if (!str__in(arg->format, formats))
		return "format";
	if (!fact__check_expr(arg->expr, p, env))
		return "expression";
	return NULL;
}

/* BTF's 32-bit values are signed unless the enum says otherwise. */
static int64_t enum__value(const struct btf_type *t, uint32_t i)
{
	if (btf_is_enum64(t))
		return (int64_t)btf_enum64_value(btf_enum64(t) + i);
	return btf_kflag(t) || btf_enum(t)[i].val < 0 ?
		       btf_enum(t)[i].val :
		       (int64_t)(uint32_t)btf_enum(t)[i].val;
}

static const char *facts__add_enum(struct buf *out, const struct def_arg *arg,
				   unsigned int index)
{
	const struct btf_type *t;
	const char *text;
	uint32_t i, off;

	if (!arg->enum_btf)
		return NULL;
	t = btf__type_by_id(arg->enum_btf, arg->enum_id);
	for (i = 0; i < btf_vlen(t) && i < MAX_ENUM; i++) {
		off = btf_is_enum64(t) ? btf_enum64(t)[i].name_off :
					 btf_enum(t)[i].name_off;
		text = btf__name_by_offset(arg->enum_btf, off);
		if (!text || !fact__check_name(text))
			return "enum";
		buf__addf(out, "enum\t%u\t%s\t%" PRId64 "\t%s\n", index,
			  arg->name, enum__value(t, i), text);
	}
	return NULL;
}

static const char *facts__add_arg(struct buf *out, const struct def_arg *arg,
				  unsigned int index, const struct def_probe *p,
				  const struct def_env *env)
{
	const char *why = fact__check_arg(arg, p, env);
	bool decl = arg->decl && fact__check_decl(arg->decl);

	if (why)
		return why;
	buf__addf(out, "arg\t%u\t%s\t%s\t%s\t%s\t%s\t%u\t%s\t%s\n", index,
		  arg->at_return ? "return" : "entry", arg->name, arg->ctype,
		  arg->kind, arg->expr, arg->count, arg->format,
		  decl ? arg->decl : "-");
	return facts__add_enum(out, arg, index);
}

/* The symbols an expression asks for, each once a probe. */
static void facts__add_syms(struct buf *out, const struct def_probe *p,
			    unsigned int index)
{
	static const char word[] = "kp_sym(\"";
	const char *s, *end;
	struct buf line = { 0 };
	size_t i, start = out->len;

	for (i = 0; i < p->nargs; i++) {
		s = strstr(p->args[i].expr, word);
		if (!s)
			continue;
		s += strlen(word);
		end = strchr(s, '"');
		buf__addf(&line, "sym\t%u\t%.*s\n", index, (int)(end - s), s);
		if (line.data && (out->len == start ||
				  !strstr(out->data + start, line.data)))
			buf__addn(out, line.data, line.len);
		buf__free(&line);
	}
}

int facts__add(struct buf *out, const struct def_probe *p, unsigned int index,
	       const struct def_env *env, const char **why)
{
	size_t i;

	*why = fact__check_probe(p);
	if (*why)
		return -EBADMSG;
	buf__addf(out, "probe\t%u\t%c\t%s\t%s\t%s\t%s\t%" PRIu32 "\t%u\n",
		  index, p->is_return ? 'r' : 'p', p->group, p->name,
		  p->module ? p->module : "-", p->symbol, p->offset,
		  p->maxactive);
	if (p->is_return)
		buf__addf(out, "returns\t%u\t%s\n", index,
			  auto__returns((struct def_probe *)p, env));
	for (i = 0; i < 64; i++)
		if (p->saved >> i & 1)
			buf__addf(out, "save\t%u\t%zu\n", index, i);
	facts__add_syms(out, p, index);
	for (i = 0; i < p->nargs && !*why; i++)
		*why = facts__add_arg(out, &p->args[i], index, p, env);
	if (!*why && p->filter) {
		if (fact__check_expr(p->filter, p, env))
			buf__addf(out, "filter\t%u\t%s\n", index, p->filter);
		else
			*why = "filter";
	}
	if (*why)
		return -EBADMSG;
	return out->failed ? -ENOMEM : 0;
}
