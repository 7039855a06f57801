// SPDX-License-Identifier: GPL-2.0-only
/*
 * check.c - see check.h
 *
 * Names are [A-Za-z_][A-Za-z0-9_]*, words of C and macros of the kernel's too:
 * each field gets a name of its own. Symbols may have dots; CTYPE, KIND and
 * FORMAT come from the tables below; EXPR and CEXPR consist of the words below,
 * numbers, the operators shown, parentheses that match, and literals of
 * [A-Za-z0-9_ .*?/:,=+@-] and octal escapes, without comment marks; DECL of
 * [A-Za-z0-9_ *()[],]. No field contains a name of m4's (TPL_, m4_).
 */
#include <stdio.h>
#include <string.h>

#include "check.h"
#include "chr.h"
#include "kp_kind.h"

#define DECL_MAX 200
#define EXPR_MAX 8192

static const char *const ctypes[] = { "u8",  "u16", "u32", "u64", "s8",
				      "s16", "s32", "s64", "str", NULL };

static const char *const kinds[] = {
#define X(name, kept, getter, shown) name,
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
	       !str__is_foreign(expr) && !strstr(expr, "<|") &&
	       !strstr(expr, "|>");
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

static const char *fact__check_enum(const struct def_arg *arg)
{
	const char *text;
	int64_t value;
	uint32_t i;

	for (i = 0; arg__enumerator(arg, i, &value, &text); i++)
		if (!text || !fact__check_name(text))
			return "enum";
	return NULL;
}

const char *check__probe(const struct def_probe *p, const struct def_env *env)
{
	const char *why = fact__check_probe(p);
	size_t i;

	for (i = 0; i < p->nargs && !why; i++) {
		why = fact__check_arg(&p->args[i], p, env);
		why = why ? why : fact__check_enum(&p->args[i]);
	}
	if (!why && p->filter && !fact__check_expr(p->filter, p, env))
		why = "filter";
	return why;
}

const char *check__decl(const struct def_arg *arg)
{
	return arg->decl && fact__check_decl(arg->decl) ? arg->decl : "-";
}
