// SPDX-License-Identifier: GPL-2.0-only
/*
 * m4_arg.c - an argument as facts: its field, how it is captured, how it is
 * shown, and what the viewer is told of it
 */
#include <inttypes.h>
#include <string.h>

#include "check.h"
#include "kp_kind.h"
#include "m4.h"

/* No word of C, field of ours or macro of the kernel's begins so. */
#define FIELD "a_%s"

enum kept {
	NUMBER,
	TEXT,
	STRUCT,
};

enum shown {
	SHOW_VALUE,
	SHOW_BOOL,
	SHOW_CHAR,
	SHOW_ENUM,
	SHOW_ERRNO,
	SHOW_ERRPTR,
	SHOW_GFP,
	SHOW_DEV,
	SHOW_POINTER,
	SHOW_SYMBOL,
	SHOW_STRING,
	SHOW_BARE,
};

static const struct kind {
	const char *name;
	enum kept kept;
	const char *getter;
	enum shown shown;
} kinds[] = {
#define X(name, kept, getter, shown) { name, kept, getter, SHOW_##shown },
	KP_KINDS(X)
#undef X
};

/* Every kind that passed the whitelist is there. */
static const struct kind *kind__find(const char *name)
{
	size_t i = 0;

	while (strcmp(kinds[i].name, name))
		i++;
	return &kinds[i];
}

bool m4__is_number(const struct def_arg *arg)
{
	return !arg->count && kind__find(arg->kind)->kept == NUMBER;
}

/* kp_sym("NAME") is a place in the parameter that takes addresses. */
static void arg__expr(struct m4_module *m, const char *expr, struct buf *out)
{
	static const char word[] = "kp_sym(\"";
	const char *at, *end;

	while ((at = strstr(expr, word)) &&
	       (end = strchr(at + strlen(word), '"'))) {
		buf__addn(out, expr, (size_t)(at - expr));
		at += strlen(word);
		buf__addf(out, "kp_sym(&err, syms[%zu]",
			  m4__sym(m, at, (size_t)(end - at)));
		expr = end + 1;
	}
	buf__addf(out, "%s", expr);
}

static void arg__capture(struct m4_probe *mp, const struct def_arg *arg,
			 size_t n, const struct kind *kind, const char *expr)
{
	/* Reading may fail, of memory or of a system call's registers. */
	bool reads = strstr(expr, "&err") || strstr(expr, "kp_sysarg");
	struct buf *out = arg->at_return ? &mp->back : &mp->entry;

	mp->has_data |= kind->getter || arg->count || reads;
	if (kind->getter)
		buf__addf(out,
			  "TPL_STRING(<|%zu|>, <|" FIELD
			  "|>, <|%u|>, <|%s|>, <|%s|>)",
			  n, arg->name, arg->count, expr, kind->getter);
	else if (!arg->count && !reads)
		buf__addf(out, "TPL_SET(<|" FIELD "|>, <|%s|>)", arg->name,
			  expr);
	else
		buf__addf(out,
			  "TPL_VALUE(<|%zu|>, <|" FIELD "|>, <|%u|>, <|%s|>)",
			  n, arg->name, arg->count, expr);
}

/* A program's string that was not there at the entry may be at the return. */
static void arg__capture_again(struct m4_probe *mp, const struct def_arg *arg,
			       size_t n, const struct kind *kind)
{
	size_t len = strlen(arg->kind);

	if (mp->p->is_return && !arg->at_return && len >= strlen("string") &&
	    !strcmp(arg->kind + len - strlen("string"), "string"))
		buf__addf(&mp->back,
			  "TPL_LINE(<|KP_AGAIN_STR(r, %zu, " FIELD ", %s);|>)",
			  n, arg->name, strchr(kind->getter, ' ') + 1);
}

/* The value as printk() is to have it: of an array, that of one element. */
static void arg__value(const struct def_arg *arg, const struct kind *kind,
		       struct buf *out)
{
	static const char *const around[][2] = {
		[SHOW_SYMBOL] = { "(void *)(unsigned long)", "" },
		[SHOW_GFP] = { "(gfp_t *)&", "" },
		[SHOW_STRING] = { "kp_text(&r->data, ", ")" },
		[SHOW_BARE] = { "kp_text(&r->data, ", ")" },
		[SHOW_BOOL] = { "", " ? \"true\" : \"false\"" },
	};
	const char *const *a = around[kind->shown];
	const char *i = arg->count ? "[i]" : "";

	if (kind->shown == SHOW_DEV)
		buf__addf(out, "MAJOR(r->" FIELD "%s), MINOR(r->" FIELD "%s)",
			  arg->name, i, arg->name, i);
	else
		buf__addf(out, "%sr->" FIELD "%s%s", a[0] ? a[0] : "",
			  arg->name, i, a[0] ? a[1] : "");
}

static void arg__show(struct m4_probe *mp, const struct def_arg *arg, size_t n,
		      const struct kind *kind)
{
	const char *format = kind->shown == SHOW_BOOL ? "%s" :
			     kind->getter	      ? "\\\"%s\\\"" :
							arg->format;
	struct buf *out = &mp->shows;

	buf__addf(out, "TPL_SHOW(<|%zu|>, <|%s|>, <|%u|>, <|%s|>, <|", n,
		  arg->name, arg->count, format);
	arg__value(arg, kind, out);
	buf__addf(out, "|>, <|" FIELD "|>)", arg->name);
}

/* False: it has no function of its own that shows it. */
static bool arg__show_by_function(struct m4_probe *mp,
				  const struct def_arg *arg, size_t n,
				  const struct kind *kind)
{
	struct buf *out = &mp->shows;
	const char *name = arg->name;

	if (arg->count)
		return false;
	if (kind->getter)
		buf__addf(
			out,
			"TPL_LINE(<|kp_show_str(line, &r->data, %zu, \"%s\", r->" FIELD
			", %s);|>)",
			n, name, name,
			kind->shown == SHOW_STRING ? "true" : "false");
	else if (kind->shown == SHOW_ENUM)
		buf__addf(
			out,
			"TPL_LINE(<|kp_show_enum(line, \"%s\", kp_enum_%s_P(r->" FIELD
			"), r->" FIELD ");|>)",
			name, name, name, name);
	else if (kind->shown == SHOW_ERRNO || kind->shown == SHOW_ERRPTR)
		buf__addf(out,
			  "TPL_LINE(<|kp_show_%s(line, \"%s\", r->" FIELD
			  ");|>)",
			  arg->kind, name, name);
	else
		return false;
	return true;
}

/* A value may have several names: the first is told. */
static bool arg__is_first(const struct def_arg *arg, uint32_t n, int64_t value)
{
	const char *text;
	int64_t other;
	uint32_t i;

	for (i = 0; i < n && arg__enumerator(arg, i, &other, &text); i++)
		if (other == value)
			return false;
	return true;
}

/* An array shows its elements as numbers. */
static void arg__enum(struct m4_probe *mp, const struct def_arg *arg, size_t n)
{
	const char *text;
	int64_t value;
	uint32_t i;

	buf__addf(
		&mp->enums,
		"TPL_TOP(<|static const char *kp_enum_%s_P(s64 value)|>)TPL_TOP(<|{|>)TPL_LINE(<|switch (value) {|>)",
		arg->name);
	for (i = 0; arg__enumerator(arg, i, &value, &text); i++) {
		if (!arg__is_first(arg, i, value))
			continue;
		buf__addf(
			&mp->facts,
			"TPL_LINE(<|kp_fact_enum(text, TPL_NUMBER, %zu, %" PRId64
			", \"%s\");|>)",
			n, value, text);
		buf__addf(&mp->enums,
			  "TPL_LINE(<|case %" PRId64
			  ":|>)TPL_LINE(<|\treturn \"%s\";|>)",
			  value, text);
	}
	buf__addf(
		&mp->enums,
		"TPL_LINE(<|}|>)TPL_LINE(<|return NULL;|>)TPL_TOP(<|}|>)TPL_TOP(<||>)");
}

void m4__add_arg(struct m4_module *m, struct m4_probe *mp, size_t n)
{
	const struct def_arg *arg = &mp->p->args[n];
	const struct kind *kind = kind__find(arg->kind);
	struct buf expr = { 0 };

	m->structs |= kind->kept == STRUCT;
	arg__expr(m, arg->expr, &expr);
	m->failed |= expr.failed || !expr.data;
	buf__addf(&mp->descs,
		  "TPL_DESC(<|%s|>, <|%s|>, <|%s|>, <|%u|>, <|%s|>, <|" FIELD
		  "|>)",
		  arg->name, arg->kind, arg->ctype, arg->count, arg->format,
		  arg->name);
	buf__addf(&mp->fields,
		  "TPL_FIELD(<|%s|>, <|" FIELD "|>, <|%u|>, <|%s|>)",
		  arg->ctype, arg->name, arg->count, check__decl(arg));
	if (kind->shown == SHOW_GFP)
		buf__addf(&mp->facts, "TPL_LINE(<|kp_fact_gfp(text);|>)");
	arg__capture(mp, arg, n, kind, expr.data ? expr.data : "");
	arg__capture_again(mp, arg, n, kind);
	if (!arg__show_by_function(mp, arg, n, kind))
		arg__show(mp, arg, n, kind);
	if (kind->shown == SHOW_ENUM && !arg->count)
		arg__enum(mp, arg, n);
	buf__free(&expr);
}
