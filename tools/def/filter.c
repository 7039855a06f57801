// SPDX-License-Identifier: GPL-2.0-only
/*
 * filter.c - the kernel's event filter language, to C
 *
 *	dfd == -100 && (file ~ "*stat" || !(flags & 0x40))
 *
 * Grammar and meaning are those of kernel/trace/trace_events_filter.c: "&&"
 * binds tighter than "||", "!" negates a term or parentheses, a value is cut
 * to its field's width. Errors point at the word that is wrong; the kernel
 * points behind it.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "chr.h"
#include "filter.h"

#define MAX_FILTER_STR_VAL 256
#define MAX_DEPTH 64

/* How tightly C binds what was written: below its neighbour, parentheses. */
enum filter_level {
	LEVEL_OR,
	LEVEL_AND,
	LEVEL_COMPARE,
	LEVEL_PRIMARY,
};

struct filter {
	const struct def_probe *p;
	struct def_error *err;
	const char *text;
	const char *pos;
	struct buf out;
	int depth;
	enum filter_level level; /* of what was written last */
};

/* A field in C, and what may be asked of it. */
struct filter_field {
	struct buf expr;
	bool is_string;
	bool is_signed;
	unsigned int bits;
};

static const char *const filter_ops[] = { "~",	"!=", "==", "<=", "<",
					  ">=", ">",  "&",  NULL };

/* Fields that every event has; an argument of the same name comes first. */
static const struct {
	const char *name;
	const char *expr;
	unsigned int bits;
	bool is_signed;
	bool is_string;
	char only; /* p or r; 0: both */
} common_fields[] = {
	{ "common_pid", "kp_cur_pid()", 32, true, false, 0 },
	{ "common_flags", "kp_cur_flags()", 8, false, false, 0 },
	{ "common_preempt_count", "kp_cur_preempt()", 8, false, false, 0 },
	{ "CPU", "kp_cur_cpu()", 32, true, false, 0 },
	{ "cpu", "kp_cur_cpu()", 32, true, false, 0 },
	{ "COMM", "current->comm", 0, false, true, 0 },
	{ "comm", "current->comm", 0, false, true, 0 },
	{ "__probe_ip", "kp_probe_ip()", 64, false, false, 'p' },
	{ "__probe_func", "kp_probe_ip()", 64, false, false, 'r' },
	{ "__probe_ret_ip", "kp_probe_ret_ip()", 64, false, false, 'r' },
};

static int filter__error(struct filter *f, enum def_reason reason,
			 const char *at)
{
	return error__set(f->err, reason, (size_t)(at - f->text));
}

static void filter__skip_blanks(struct filter *f)
{
	while (chr__is_blank(*f->pos))
		f->pos++;
}

static bool filter__common_field(struct filter *f, const char *name,
				 struct filter_field *field)
{
	char type = f->p->is_return ? 'r' : 'p';
	size_t i;

	for (i = 0; i < sizeof(common_fields) / sizeof(common_fields[0]); i++) {
		if (strcmp(common_fields[i].name, name))
			continue;
		if (common_fields[i].only && common_fields[i].only != type)
			return false;
		buf__addf(&field->expr, "%s", common_fields[i].expr);
		field->is_string = common_fields[i].is_string;
		field->is_signed = common_fields[i].is_signed;
		field->bits = common_fields[i].bits;
		return true;
	}
	return false;
}

static int filter__arg_field(struct filter *f, const struct def_arg *arg,
			     const char *at, struct filter_field *field)
{
	if (arg->count)
		return filter__error(f, DEF_ILLEGAL_FIELD_OP, at);
	buf__addf(&field->expr, "r->%s", arg->name);
	field->is_string = strcmp(arg->ctype, "str") == 0;
	field->is_signed = arg->ctype[0] == 's' && !field->is_string;
	if (!field->is_string)
		field->bits = (unsigned int)atoi(arg->ctype + 1);
	return 0;
}

static int filter__field(struct filter *f, struct filter_field *field)
{
	const char *at = f->pos;
	const struct def_arg *arg;
	char *name;
	int ret = 0;

	while (chr__is_word(*f->pos))
		f->pos++;
	if (f->pos == at)
		return filter__error(
			f, *at ? DEF_FIELD_NOT_FOUND : DEF_NO_FILTER, at);
	name = strndup(at, (size_t)(f->pos - at));
	if (!name)
		return filter__error(f, DEF_NOMEM, at);
	arg = probe__arg(f->p, name);
	if (arg)
		ret = filter__arg_field(f, arg, at, field);
	else if (!filter__common_field(f, name, field))
		ret = filter__error(f, DEF_FIELD_NOT_FOUND, at);
	free(name);
	return ret;
}

static const char *filter__op(struct filter *f)
{
	int i;

	filter__skip_blanks(f);
	for (i = 0; filter_ops[i]; i++) {
		if (!str__has_prefix(f->pos, filter_ops[i]))
			continue;
		f->pos += strlen(filter_ops[i]);
		return filter_ops[i];
	}
	filter__error(f, DEF_INVALID_OP, f->pos);
	return NULL;
}

/* Is it a pattern? As filter_parse_regex(): not when it starts in a digit. */
static bool filter__is_glob(const char *s, size_t n)
{
	size_t i;

	if (n && *s >= '0' && *s <= '9')
		return false;
	for (i = 0; i < n; i++)
		if (strchr("*[?\\", s[i]))
			return true;
	return false;
}

static int filter__string(struct filter *f, struct filter_field *field,
			  const char *op)
{
	const char *quote = f->pos, *s = f->pos + 1, *end;
	bool glob = *op == '~', negate = strcmp(op, "!=") == 0;
	size_t n;

	if (!glob && !negate && strcmp(op, "=="))
		return filter__error(f, DEF_ILLEGAL_FIELD_OP, quote);
	if (!field->is_string)
		return filter__error(f, DEF_EXPECT_DIGIT, quote);
	end = strchr(s, *quote);
	if (!end)
		return filter__error(f, DEF_MISSING_QUOTE, quote);
	n = (size_t)(end - s);
	if (n >= MAX_FILTER_STR_VAL)
		return filter__error(f, DEF_OPERAND_TOO_LONG, quote);
	f->pos = end + 1;
	if (glob && n && *s == '!') {
		negate = true;
		s++;
		n--;
	}
	buf__addf(&f->out, "%s%s(%s, \"", negate ? "!" : "",
		  glob && filter__is_glob(s, n) ? "kp_glob" : "kp_streq",
		  field->expr.data ? field->expr.data : "");
	buf__add_quoted(&f->out, s, n);
	buf__addf(&f->out, "\")");
	f->level = LEVEL_PRIMARY; /* "!" too */
	return 0;
}

/* A value in its field's type: cut as the kernel's cast cuts it. */
static void filter__add_value(struct filter *f,
			      const struct filter_field *field, uint64_t v)
{
	unsigned int up = 64 - field->bits;
	int64_t s = (int64_t)(v << up) >> up;

	v = v << up >> up;
	if (!field->is_signed)
		buf__addf(&f->out, "%" PRIu64 "%s", v,
			  v > UINT32_MAX ? "ULL" :
			  v > INT32_MAX	 ? "U" :
					   "");
	else if (s == INT64_MIN)
		buf__addf(&f->out, "(-%" PRId64 "LL - 1)", INT64_MAX);
	else
		buf__addf(&f->out, "%" PRId64 "%s", s,
			  s > INT32_MAX || s <= INT32_MIN ? "LL" : "");
}

static int filter__number(struct filter *f, struct filter_field *field,
			  const char *op)
{
	const char *at = f->pos;
	char num[24];
	uint64_t v = 0;
	size_t n;
	int err;

	if (field->is_string)
		return filter__error(f, DEF_EXPECT_STRING, at);
	if (*op == '~')
		return filter__error(f, DEF_ILLEGAL_FIELD_OP, at);
	f->pos += *f->pos == '-';
	while (chr__is_word(*f->pos) && *f->pos != '_')
		f->pos++;
	n = (size_t)(f->pos - at);
	if (n >= sizeof(num))
		return filter__error(f, DEF_OPERAND_TOO_LONG, at);
	memcpy(num, at, n);
	num[n] = '\0';
	err = field->is_signed ? str__to_ll(num, 0, (int64_t *)&v) :
				 str__to_ull(num, 0, &v);
	if (err)
		return filter__error(f, DEF_ILLEGAL_INTVAL, at);
	buf__addf(&f->out, "%s%s %s ", *op == '&' ? "(" : "",
		  field->expr.data ? field->expr.data : "", op);
	filter__add_value(f, field, v);
	buf__addf(&f->out, "%s", *op == '&' ? ") != 0" : "");
	f->level = LEVEL_COMPARE;
	return 0;
}

/* FIELD OP VALUE */
static int filter__predicate(struct filter *f)
{
	struct filter_field field = { 0 };
	const char *op;
	int ret;

	ret = filter__field(f, &field);
	if (ret)
		goto out;
	ret = -1;
	op = filter__op(f);
	if (!op)
		goto out;
	filter__skip_blanks(f);
	if (*f->pos == '"' || *f->pos == '\'')
		ret = filter__string(f, &field, op);
	else if ((*f->pos >= '0' && *f->pos <= '9') || *f->pos == '-')
		ret = filter__number(f, &field, op);
	else
		ret = filter__error(f, DEF_INVALID_VALUE, f->pos);
	f->out.failed |= field.expr.failed;
out:
	buf__free(&field.expr);
	return ret;
}

/* Puts what was written from start on into parentheses, if it needs them. */
static void filter__wrap(struct filter *f, size_t start,
			 enum filter_level level)
{
	struct buf *out = &f->out;

	if (f->level >= level || out->failed)
		return;
	buf__addn(out, "()", 2);
	if (out->failed)
		return;
	memmove(out->data + start + 1, out->data + start, out->len - start - 2);
	out->data[start] = '(';
	f->level = LEVEL_PRIMARY;
}

static int filter__or(struct filter *f);

static int filter__parens(struct filter *f)
{
	const char *open = f->pos++;
	int ret;

	ret = filter__or(f);
	if (ret)
		return ret;
	if (*f->pos != ')')
		return filter__error(f, DEF_TOO_MANY_OPEN, open);
	f->pos++;
	return 0;
}

static int filter__term(struct filter *f);

static int filter__not(struct filter *f)
{
	size_t start;
	int ret;

	f->pos++;
	buf__addn(&f->out, "!", 1);
	start = f->out.len;
	ret = filter__term(f);
	filter__wrap(f, start, LEVEL_PRIMARY);
	f->level = LEVEL_PRIMARY;
	return ret;
}

/* !TERM, (EXPR), FIELD OP VALUE */
static int filter__term(struct filter *f)
{
	int ret;

	filter__skip_blanks(f);
	if (++f->depth > MAX_DEPTH)
		return filter__error(f, DEF_TOO_DEEP, f->pos);
	if (*f->pos == '!')
		ret = filter__not(f);
	else if (*f->pos == '(')
		ret = filter__parens(f);
	else if (*f->pos == ')')
		ret = filter__error(f, DEF_TOO_MANY_CLOSE, f->pos);
	else
		ret = filter__predicate(f);
	f->depth--;
	filter__skip_blanks(f);
	return ret;
}

/*
 * TERM OP TERM OP TERM. Terms that are chains themselves get parentheses, "&&"
 * beside "||" too, or a compiler would warn.
 */
static int filter__chain(struct filter *f, const char *op,
			 int (*term)(struct filter *f), enum filter_level level)
{
	size_t start = f->out.len;
	int ret = term(f);

	if (ret || !str__has_prefix(f->pos, op))
		return ret;
	filter__wrap(f, start, LEVEL_COMPARE);
	while (!ret && str__has_prefix(f->pos, op)) {
		f->pos += strlen(op);
		buf__addf(&f->out, " %s ", op);
		start = f->out.len;
		ret = term(f);
		filter__wrap(f, start, LEVEL_COMPARE);
	}
	f->level = level;
	return ret;
}

static int filter__and(struct filter *f)
{
	return filter__chain(f, "&&", filter__term, LEVEL_AND);
}

static int filter__or(struct filter *f)
{
	int ret = filter__chain(f, "||", filter__and, LEVEL_OR);

	if (!ret && *f->pos && *f->pos != ')')
		return filter__error(f, DEF_TOO_MANY_PREDS, f->pos);
	return ret;
}

int filter__compile(struct def_probe *p, const char *text,
		    struct def_error *err)
{
	struct filter f = { .p = p, .err = err, .text = text, .pos = text };
	const char *s;
	int ret;

	for (s = text; *s; s++)
		if (!chr__is_blank(*s) && (*s < ' ' || *s > '~'))
			return filter__error(&f, DEF_BAD_CHAR, s);
	ret = filter__or(&f);
	if (!ret && *f.pos)
		ret = filter__error(&f, DEF_TOO_MANY_CLOSE, f.pos);
	if (ret) {
		buf__free(&f.out);
		return ret;
	}
	p->filter = buf__take(&f.out);
	return p->filter ? 0 : filter__error(&f, DEF_NOMEM, text);
}
