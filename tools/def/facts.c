// SPDX-License-Identifier: GPL-2.0-only
/*
 * facts.c - compiled definitions as lines for people, and for tests
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
 */
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "auto.h"
#include "check.h"
#include "facts.h"

static void facts__add_arg(struct buf *out, const struct def_arg *arg,
			   unsigned int index)
{
	const char *text;
	int64_t value;
	uint32_t i;

	buf__addf(out, "arg\t%u\t%s\t%s\t%s\t%s\t%s\t%u\t%s\t%s\n", index,
		  arg->at_return ? "return" : "entry", arg->name, arg->ctype,
		  arg->kind, arg->expr, arg->count, arg->format,
		  check__decl(arg));
	for (i = 0; arg__enumerator(arg, i, &value, &text); i++)
		buf__addf(out, "enum\t%u\t%s\t%" PRId64 "\t%s\n", index,
			  arg->name, value, text);
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

	*why = check__probe(p, env);
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
	for (i = 0; i < p->nargs; i++)
		facts__add_arg(out, &p->args[i], index);
	if (p->filter)
		buf__addf(out, "filter\t%u\t%s\n", index, p->filter);
	return out->failed ? -ENOMEM : 0;
}
