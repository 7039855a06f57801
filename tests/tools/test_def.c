// SPDX-License-Identifier: GPL-2.0-only
/*
 * test_def.c - tables of what kp_def accepts and refuses, as TAP
 *
 * Refused definitions are written as in the kernel's own
 * kprobe_syntax_errors.tc: the ^ marks the column of the error.
 */
#include <stdbool.h>
#include <string.h>

#include "auto.h"
#include "compile.h"
#include "facts.h"
#include "sample_btf.h"

static int tests, failures;

static void tap__result(bool ok, const char *title)
{
	tests++;
	failures += !ok;
	printf("%s %d - %s\n", ok ? "ok" : "not ok", tests, title);
}

static void tap__diag(const char *what, const char *text)
{
	const char *end;

	printf("# %s:\n", what);
	for (; *text; text = *end ? end + 1 : end) {
		end = strchrnul(text, '\n');
		printf("#   %.*s\n", (int)(end - text), text);
	}
}

/* Letters: a --args, r --ret, b --btf-args, m arm64, n without BTF */
struct input {
	const char *options;
	const char *definition;
	const char *arg;
	const char *filter;
};

struct outcome {
	struct def_error err;
	char *facts;
	char *text;
};

static void input__env(const struct input *in, struct def_env *env)
{
	bool none = strchr(in->options, 'n');

	memset(env, 0, sizeof(*env));
	env->filter = in->filter;
	env->arch = arch__find(strchr(in->options, 'm') ? "arm64" : "x86_64");
	env->args = strchr(in->options, 'a');
	env->ret = strchr(in->options, 'r');
	env->btf_args = strchr(in->options, 'b');
	env->extra = &in->arg;
	env->nextra = in->arg ? 1 : 0;
	env->btf = btf_src__new(none ? "/nonexistent" : sample__path(), NULL,
				NULL);
}

static void input__run(const struct input *in, struct outcome *o)
{
	struct def_env env;
	struct def_probe p;
	struct buf out = { 0 };
	const char *what, *why;
	int ret;

	memset(o, 0, sizeof(*o));
	input__env(in, &env);
	ret = probe__compile(&p, &env, in->definition, &o->err, &what,
			     &o->text);
	if (!ret && facts__add(&out, &p, 0, &env, &why))
		buf__addf(&out, "REFUSED: %s\n", why);
	if (ret)
		buf__addf(&out, "error: %s\n", error__text(o->err.reason));
	o->facts = buf__take(&out);
	probe__free(&p);
	btf_src__free(env.btf);
}

static void outcome__free(struct outcome *o)
{
	free(o->facts);
	free(o->text);
}

/* Accepted: the facts are compared from the second line on. */

struct accept {
	struct input in;
	const char *facts;
};

#define PROBE(type, name, sym, off, max) \
	"probe\t0\t" type "\tkprobes\t" name "\t-\t" sym "\t" off "\t" max "\n"

/* An argument of "p f": phase entry, no declaration */
#define ARG(name, ctype, kind, expr, count, format)                      \
	"arg\t0\tentry\t" name "\t" ctype "\t" kind "\t" expr "\t" count \
	"\t" format "\t-\n"
#define ARGD(name, ctype, kind, expr, format, decl)                \
	"arg\t0\tentry\t" name "\t" ctype "\t" kind "\t" expr "\t" \
	"0\t" format "\t" decl "\n"
#define RETD(name, ctype, kind, expr, format, decl)                 \
	"arg\t0\treturn\t" name "\t" ctype "\t" kind "\t" expr "\t" \
	"0\t" format "\t" decl "\n"
#define P PROBE("p", "p_f_0", "f", "0", "0")
#define R PROBE("r", "r_f_0", "f", "0", "0") RETURNS("long")
#define RETURNS(type) "returns\t0\t" type "\n"
#define STR "\\\"%s\\\""

#include "accept.h"

static void test__accept(const struct accept *a)
{
	struct outcome o;
	bool ok;

	input__run(&a->in, &o);
	ok = o.facts && strcmp(o.facts, a->facts) == 0;
	tap__result(ok, a->in.filter ? a->in.filter :
			a->in.arg    ? a->in.arg :
				       a->in.definition);
	if (!ok) {
		tap__diag("expected", a->facts);
		tap__diag("got", o.facts ? o.facts : "nothing");
	}
	outcome__free(&o);
}

/* Refused: the ^ stands where the error points, in one of the texts. */

struct reject {
	struct input in;
	enum def_reason reason;
};

#include "reject.h"

/* Takes the ^ out of a text. Result: its column, or -1. */
static long text__uncaret(const char *text, char *plain, size_t size)
{
	const char *caret = text ? strchr(text, '^') : NULL;

	if (!caret) {
		snprintf(plain, size, "%s", text ? text : "");
		return -1;
	}
	snprintf(plain, size, "%.*s%s", (int)(caret - text), text, caret + 1);
	return caret - text;
}

static void test__reject(const struct reject *r)
{
	char definition[2000], arg[300], filter[700];
	struct input in = r->in;
	struct outcome o;
	long col = -1, c;
	bool ok;

	c = text__uncaret(in.definition, definition, sizeof(definition));
	col = c > col ? c : col;
	c = text__uncaret(in.arg, arg, sizeof(arg));
	col = c > col ? c : col;
	c = text__uncaret(in.filter, filter, sizeof(filter));
	col = c > col ? c : col;
	in.definition = definition;
	in.arg = in.arg ? arg : NULL;
	in.filter = in.filter ? filter : NULL;
	input__run(&in, &o);
	ok = o.err.reason == r->reason && (long)o.err.col == col;
	tap__result(ok, r->in.filter ? r->in.filter :
			r->in.arg    ? r->in.arg :
				       r->in.definition);
	if (!ok) {
		printf("# expected column %ld: %s\n", col,
		       error__text(r->reason));
		printf("# got column %zu: %s\n", o.err.col,
		       error__text(o.err.reason));
	}
	outcome__free(&o);
}

/* 128 arguments fit, 129 do not; 64 characters are an argument too long. */
static void test__limits(void)
{
	struct buf text = { 0 };
	struct outcome o;
	struct input in = { "", NULL, NULL, NULL };
	int i;

	buf__addf(&text, "p f");
	for (i = 0; i < 128; i++)
		buf__addf(&text, " a%d=%%di", i);
	in.definition = text.data;
	input__run(&in, &o);
	tap__result(!o.err.reason, "128 arguments are accepted");
	outcome__free(&o);
	buf__addf(&text, " a=%%di");
	in.definition = text.data;
	input__run(&in, &o);
	tap__result(o.err.reason == DEF_TOO_MANY_ARGS && o.err.col == 4,
		    "129 arguments are refused");
	outcome__free(&o);
	buf__free(&text);
}

/* start, n times arg and no more of it is what fits into an event. */
static void test__size(const char *start, const char *arg, int n,
		       const char *title)
{
	struct buf text = { 0 };
	struct outcome o;
	struct input in = { "", NULL, NULL, NULL };
	size_t col;
	bool ok;
	int i;

	buf__addf(&text, "%s", start);
	for (i = 0; i < n; i++)
		buf__addf(&text, " %s", arg);
	in.definition = text.data;
	input__run(&in, &o);
	ok = !o.err.reason;
	outcome__free(&o);
	col = text.len + 1;
	buf__addf(&text, " %s", arg);
	in.definition = text.data;
	input__run(&in, &o);
	tap__result(ok && o.err.reason == DEF_EVENT_TOO_BIG && o.err.col == col,
		    title);
	outcome__free(&o);
	buf__free(&text);
}

static void test__sizes(void)
{
	test__size("p f", "+0(%di):x64[64]", 6, "3072 bytes fit into an event");
	test__size("p f +0(%di):x64[64]", "+0(%di):x32[32]", 20,
		   "3072 bytes of other arrays fit into an event");
	test__size("p f", "+0(%di):string[64]", 12,
		   "a string takes four bytes of an event");
	test__size("r f", "+0(%di):x64[64]", 5,
		   "a return's record goes along with its call");
	test__size("r f", "+0(%di):string[32]", 5,
		   "a string takes 16 bytes of a return's record");
	test__size("r f $arg1", "+0(%di):x64[64]", 4,
		   "what an entry keeps takes 512 bytes");
}

static void test__name_length(void)
{
	char text[200] = "p:";
	struct input in = { "", text, NULL, NULL };
	struct outcome o;

	memset(text + 2, 'n', 63);
	strcpy(text + 65, " f");
	input__run(&in, &o);
	tap__result(!o.err.reason, "63 characters name an event");
	outcome__free(&o);
	memset(text + 2, 'n', 64);
	strcpy(text + 66, " f");
	input__run(&in, &o);
	tap__result(o.err.reason == DEF_EVENT_TOO_LONG && o.err.col == 2,
		    "64 characters do not name an event");
	outcome__free(&o);
}

static void test__prototype(void)
{
	struct def_env env = { .arch = arch__find("x86_64") };
	struct def_error err = { 0 };
	struct buf out = { 0 };
	struct def_probe p;
	const char *what;
	char *text;

	env.btf = btf_src__new(sample__path(), NULL, NULL);
	probe__compile(&p, &env, "t_all", &err, &what, &text);
	auto__prototype(&p, &env, &out, &err);
	tap__result(
		out.data &&
			!strcmp(out.data,
				"int t_all(int dfd, unsigned char small, char *s, struct outer *o, enum color c, bool b, gfp_t g, void (*fn)(int), const char *buf, size_t count)"),
		"the prototype is printed as C");
	if (out.data)
		tap__diag("prototype", out.data);
	buf__free(&out);
	free(text);
	probe__free(&p);
	btf_src__free(env.btf);
}

/* "--c": a function for each accepted definition, as a generator would. */

static void emit__arg(const struct def_arg *arg)
{
	bool text = !strcmp(arg->kind, "text") || !strcmp(arg->kind, "comm");
	bool str = !strcmp(arg->ctype, "str");

	printf("\t{\n\t\tint err = 0;\n\n");
	if (arg->count)
		printf("\t\tfor (unsigned int i = 0; i < %u; i++)\n",
		       arg->count);
	if (!strcmp(arg->kind, "sockaddr_len"))
		printf("\t\t\taddress = kp_pair(%s);\n", arg->expr);
	else
		printf("\t\t\t%s%s = %s;\n", str && !text ? "address" : "r->a_",
		       str && !text ? "" : arg->name, arg->expr);
	printf("\t\t(void)err;\n\t}\n");
}

/* Only fields have a "->": in texts it is octal. */
static void emit__filter(const char *filter)
{
	const char *field;

	while ((field = strstr(filter, "r->"))) {
		printf("%.*sa_", (int)(field - filter) + 3, filter);
		filter = field + 3;
	}
	printf("%s", filter);
}

static void emit__probe(const struct def_probe *p, size_t n)
{
	size_t i;

	printf("struct record%zu {\n\tint unused;\n", n);
	for (i = 0; i < p->nargs; i++)
		printf("\t%s a_%s;\n", p->args[i].ctype, p->args[i].name);
	printf("};\nint probe%zu(struct record%zu *r, struct pt_regs *regs);\n"
	       "int probe%zu(struct record%zu *r, struct pt_regs *regs)\n{\n"
	       "\tunsigned long address = 0;\n\n",
	       n, n, n, n);
	for (i = 0; i < p->nargs; i++)
		emit__arg(&p->args[i]);
	printf("\t(void)address;\n\t(void)r;\n\t(void)regs;\n");
	printf("\treturn ");
	emit__filter(p->filter ? p->filter : "1");
	printf(";\n}\n\n");
}

static int emit__c(void)
{
	const struct input *in;
	struct def_probe p;
	struct def_env env;
	struct def_error err = { 0 };
	const char *what;
	char *text;
	size_t i;

	printf("#include \"vocabulary.h\"\n\n");
	for (i = 0; i < sizeof(accepts) / sizeof(accepts[0]); i++) {
		in = &accepts[i].in;
		input__env(in, &env);
		if (!probe__compile(&p, &env, in->definition, &err, &what,
				    &text))
			emit__probe(&p, i);
		free(text);
		probe__free(&p);
		btf_src__free(env.btf);
	}
	return 0;
}

/* "--corpus DIR": the accepted definitions as seeds for fuzz_def. */
static int emit__corpus(const char *dir)
{
	const struct input *in;
	char path[300];
	size_t i;
	FILE *f;

	for (i = 0; i < sizeof(accepts) / sizeof(accepts[0]); i++) {
		in = &accepts[i].in;
		snprintf(path, sizeof(path), "%.250s/%zu", dir, i);
		f = fopen(path, "w");
		if (!f)
			return 1;
		fputc((strchr(in->options, 'm') ? 1 : 0) +
			      (strchr(in->options, 'a') ? 2 : 0) +
			      (strchr(in->options, 'r') ? 4 : 0) +
			      (strchr(in->options, 'b') ? 8 : 0),
		      f);
		fprintf(f, "%s%c%s%c%s", in->definition, 0,
			in->arg ? in->arg : "", 0,
			in->filter ? in->filter : "");
		fclose(f);
	}
	return 0;
}

int main(int argc, char **argv)
{
	size_t i;

	if (argc == 2 && strcmp(argv[1], "--c") == 0)
		return emit__c();
	if (argc == 3 && strcmp(argv[1], "--corpus") == 0)
		return emit__corpus(argv[2]);
	for (i = 0; i < sizeof(accepts) / sizeof(accepts[0]); i++)
		test__accept(&accepts[i]);
	for (i = 0; i < sizeof(rejects) / sizeof(rejects[0]); i++)
		test__reject(&rejects[i]);
	test__limits();
	test__sizes();
	test__name_length();
	test__prototype();
	printf("1..%d\n", tests);
	return failures != 0;
}
