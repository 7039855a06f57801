// SPDX-License-Identifier: GPL-2.0-only
/*
 * test_m4.c - what definitions become for m4, as TAP
 *
 * The kinds of values are made by hand: no definition asks for each of them
 * without the BTF of a real kernel.
 */
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "compile.h"
#include "kp_kind.h"
#include "m4.h"
#include "sample_btf.h"

static int tests, failures;

static void tap__is(const char *title, const char *got, const char *want)
{
	bool ok = got && strcmp(got, want) == 0;

	tests++;
	failures += !ok;
	printf("%s %d - %s\n", ok ? "ok" : "not ok", tests, title);
	if (!ok)
		printf("# expected: %s\n# got:      %s\n", want,
		       got ? got : "nothing");
}

static void tap__ok(const char *title, bool ok)
{
	tap__is(title, ok ? "yes" : "no", "yes");
}

static const char *text(const struct buf *b)
{
	return b->data ? b->data : "";
}

/* A probe with what it was made into; the options are those of m4. */
struct made {
	struct def_env env;
	struct def_probe p;
	struct m4_module m;
	int status;
};

static void made__free(struct made *made)
{
	m4__free(&made->m);
	probe__free(&made->p);
	btf_src__free(made->env.btf);
}

static void make(struct made *made, const char *definition, const char *filter,
		 const char *sum)
{
	struct def_error err = { 0 };
	const char *what;
	char *shown;

	memset(made, 0, sizeof(*made));
	made->env.arch = arch__find("x86_64");
	made->env.btf = btf_src__new(sample__path(), NULL, NULL);
	made->env.filter = filter;
	made->env.args = strcmp(definition, "p:o t_all") == 0;
	made->m.opt.follow = sum;
	if (sum && *sum && m4__parse_sum(&made->m.opt, sum))
		abort();
	if (probe__compile(&made->p, &made->env, definition, &err, &what,
			   &shown))
		abort();
	free(shown);
	made->status = m4__add(&made->m, &made->p, &made->env);
}

#define FIRST(made) ((made).m.probes[0])

static void test__values(void)
{
	struct made made;

	make(&made, "p:o f dfd=$arg1:s32 a=+0(%di):x8[4] s=+0(%si):ustring",
	     NULL, NULL);
	tap__is("a value is a field, so is an array, so is a string",
		text(&FIRST(made).fields),
		"TPL_FIELD(<|s32|>, <|a_dfd|>, <|0|>, <|-|>)"
		"TPL_FIELD(<|u8|>, <|a_a|>, <|4|>, <|-|>)"
		"TPL_FIELD(<|str|>, <|a_s|>, <|0|>, <|-|>)");
	tap__is("each is captured as it deserves", text(&FIRST(made).entry),
		"TPL_SET(<|a_dfd|>, <|kp_arg(regs, 0)|>)"
		"TPL_VALUE(<|1|>, <|a_a|>, <|4|>, <|kp_read_u8(&err, kp_reg(regs, di) + i)|>)"
		"TPL_STRING(<|2|>, <|a_s|>, <|0|>, <|kp_reg(regs, si)|>, <|kp_str_get, true|>)");
	tap__is("and shown", text(&FIRST(made).shows),
		"TPL_SHOW(<|0|>, <|dfd|>, <|0|>, <|%d|>, <|r->a_dfd|>, <|a_dfd|>)"
		"TPL_SHOW(<|1|>, <|a|>, <|4|>, <|0x%x|>, <|r->a_a[i]|>, <|a_a|>)"
		"TPL_LINE(<|kp_show_str(line, &r->data, 2, \"s\", r->a_s, true);|>)");
	tap__is("nothing is taken at a return that is not probed",
		text(&FIRST(made).back), "");
	made__free(&made);
	make(&made, "p:o f s=+0(%di):ustring[2]", NULL, NULL);
	tap__is("an array of strings shows texts", text(&FIRST(made).shows),
		"TPL_SHOW(<|0|>, <|s|>, <|2|>, <|\\\"%s\\\"|>, <|kp_text(&r->data, r->a_s[i])|>, <|a_s|>)");
	made__free(&made);
	make(&made, "p:o f", NULL, NULL);
	tap__ok("without arguments there are none",
		!FIRST(made).fields.len && !FIRST(made).shows.len &&
			!FIRST(made).entry.len && !FIRST(made).filter.len);
	made__free(&made);
}

static void test__return(void)
{
	struct made made;

	make(&made, "r:o f $retval a=$arg1 c=$arg3", NULL, NULL);
	tap__is("what an entry saves has one field", text(&FIRST(made).fields),
		"TPL_LINE(<|unsigned long saved[KP_SAVED_MAX]; /* arguments, at the entry */|>)"
		"TPL_FIELD(<|u64|>, <|a_arg1|>, <|0|>, <|-|>)"
		"TPL_FIELD(<|u64|>, <|a_a|>, <|0|>, <|-|>)"
		"TPL_FIELD(<|u64|>, <|a_c|>, <|0|>, <|-|>)");
	tap__is("and a line each", text(&FIRST(made).entry),
		"TPL_LINE(<|r->saved[0] = kp_arg(regs, 0);|>)"
		"TPL_LINE(<|r->saved[2] = kp_arg(regs, 2);|>)");
	tap__is("what may be an error is a long", FIRST(made).returns, "long");
	made__free(&made);
	memset(&made, 0, sizeof(made));
	make(&made, "r:o t_void", NULL, NULL);
	tap__is("also where nothing is returned", FIRST(made).returns, "long");
	made.m.opt.errors = true;
	tap__ok("but errors alone are refused there",
		m4__add(&made.m, &made.p, &made.env) == DEF_USAGE);
	made__free(&made);
}

static void test__symbols(void)
{
	struct made made;
	struct buf out = { 0 };

	make(&made,
	     "p:o f a=@foo.1+8:u8 b=+0(@jiffies):string c=@foo.1-1:u64 d=@foo:u8",
	     NULL, "");
	tap__is("a symbol is a place in a parameter", text(&FIRST(made).entry),
		"TPL_VALUE(<|0|>, <|a_a|>, <|0|>, <|kp_read_u8(&err, kp_sym(&err, syms[0]) + 8)|>)"
		"TPL_STRING(<|1|>, <|a_b|>, <|0|>, <|kp_deref(&err, kp_sym(&err, syms[1]))|>, <|kp_str_get, false|>)"
		"TPL_VALUE(<|2|>, <|a_c|>, <|0|>, <|kp_read_u64(&err, kp_sym(&err, syms[0]) - 1)|>)"
		"TPL_VALUE(<|3|>, <|a_d|>, <|0|>, <|kp_read_u8(&err, kp_sym(&err, syms[2]))|>)");
	buf__addf(&out, "%zu", made.m.nsyms);
	for (size_t i = 0; i < made.m.nsyms; i++)
		buf__addf(&out, " %s", made.m.syms[i]);
	tap__is("each once, in order", text(&out), "3 foo.1 jiffies foo");
	buf__free(&out);
	made__free(&made);
}

static void test__filter(void)
{
	static const char *const rows[][2] = {
		{ "dfd == -100", "r->a_dfd == -100" },
		{ "f ~ \"*.c\"",
		  "kp_glob(kp_text(&r->data, r->a_f), \"*.c\")" },
		{ "f != \"r->f, x\" && dfd & 3",
		  "!kp_streq(kp_text(&r->data, r->a_f), \"r-\\076f, x\") && (r->a_dfd & 3) != 0" },
		{ "comm == \"kp_probe_ip\" && common_pid == 1",
		  "kp_streq(current->comm, \"kp_probe_ip\") && kp_cur_pid() == 1" },
		{ "common_flags == 1", "kp_cur_flags(ctx) == 1" },
		{ "common_preempt_count == 1", "kp_cur_preempt(ctx) == 1" },
		{ "__probe_ip == 1", "kp_probe_ip(ctx) == 1" },
	};
	struct made made;
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		make(&made, "p:o f dfd=%di:s32 f=+0(%si):string", rows[i][0],
		     "");
		tap__is(rows[i][0], text(&FIRST(made).filter), rows[i][1]);
		tap__ok("it is given the context where it asks for that",
			FIRST(made).filter_ctx == (i >= 4));
		made__free(&made);
	}
}

/* An argument x of each kind, a number or a text, one or several. */
static void kind__make(struct m4_module *m, struct m4_probe *mp,
		       struct def_probe *p, const char *kind, const char *ctype,
		       unsigned int count)
{
	struct def_arg *arg;

	memset(m, 0, sizeof(*m));
	memset(mp, 0, sizeof(*mp));
	memset(p, 0, sizeof(*p));
	arg = probe__add_arg(p);
	arg->name = strdup("x");
	arg->expr = strdup("kp_reg(regs, di)");
	arg->kind = kind;
	arg->ctype = ctype;
	arg->format = "%u";
	arg->count = count;
	mp->p = p;
	m4__add_arg(m, mp, 0);
}

static void kind__free(struct m4_probe *mp, struct def_probe *p)
{
	struct m4_module m = { .n = 1 };

	m.probes = malloc(sizeof(*mp));
	*m.probes = *mp;
	m4__free(&m);
	probe__free(p);
}

static void test__kind(const char *kind, const char *getter, bool is_struct,
		       bool quoted)
{
	struct buf want = { 0 };
	struct m4_module m;
	struct m4_probe mp;
	struct def_probe p;

	kind__make(&m, &mp, &p, kind, getter ? "str" : "u64", 0);
	tap__ok(kind,
		m4__is_number(&p.args[0]) == !getter && m.structs == is_struct);
	if (getter) {
		buf__addf(
			&want,
			"TPL_STRING(<|0|>, <|a_x|>, <|0|>, <|kp_reg(regs, di)|>, <|%s|>)",
			getter);
		tap__is("it has its getter", text(&mp.entry), text(&want));
		buf__free(&want);
		buf__addf(
			&want,
			"TPL_LINE(<|kp_show_str(line, &r->data, 0, \"x\", r->a_x, %s);|>)",
			quoted ? "true" : "false");
		tap__is("it is quoted where the viewer quotes it",
			text(&mp.shows), text(&want));
		buf__free(&want);
	} else {
		tap__is("it is in its field", text(&mp.entry),
			"TPL_SET(<|a_x|>, <|kp_reg(regs, di)|>)");
	}
	kind__free(&mp, &p);
}

static void test__kinds(void)
{
	enum { NUMBER, TEXT, STRUCT };
	enum {
		VALUE,
		BOOL,
		CHAR,
		ENUM,
		ERRNO,
		ERRPTR,
		GFP,
		DEV,
		POINTER,
		SYMBOL,
		BARE,
		STRING,
	};
#define X(name, kept, getter, shown) \
	test__kind(name, getter, kept == STRUCT, shown == STRING);
	KP_KINDS(X)
#undef X
}

static void test__shows(void)
{
	static const char *const rows[][3] = {
		{ "value", "%u", "r->a_x" },
		{ "pointer", "%u", "r->a_x" },
		{ "symbol", "%u", "(void *)(unsigned long)r->a_x" },
		{ "gfp", "%u", "(gfp_t *)&r->a_x" },
		{ "dev", "%u", "MAJOR(r->a_x), MINOR(r->a_x)" },
		{ "bool", "%s", "r->a_x ? \"true\" : \"false\"" },
	};
	struct buf want = { 0 };
	struct m4_module m;
	struct m4_probe mp;
	struct def_probe p;
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		kind__make(&m, &mp, &p, rows[i][0], "u64", 0);
		buf__addf(
			&want,
			"TPL_SHOW(<|0|>, <|x|>, <|0|>, <|%s|>, <|%s|>, <|a_x|>)",
			rows[i][1], rows[i][2]);
		tap__is(rows[i][0], text(&mp.shows), text(&want));
		buf__free(&want);
		kind__free(&mp, &p);
	}
	kind__make(&m, &mp, &p, "errno", "s64", 0);
	tap__is("errno", text(&mp.shows),
		"TPL_LINE(<|kp_show_errno(line, \"x\", r->a_x);|>)");
	kind__free(&mp, &p);
	kind__make(&m, &mp, &p, "errptr", "u64", 0);
	tap__is("errptr", text(&mp.shows),
		"TPL_LINE(<|kp_show_errptr(line, \"x\", r->a_x);|>)");
	kind__free(&mp, &p);
	kind__make(&m, &mp, &p, "enum", "u32", 3);
	tap__is("an array of an enum shows numbers", text(&mp.shows),
		"TPL_SHOW(<|0|>, <|x|>, <|3|>, <|%u|>, <|r->a_x[i]|>, <|a_x|>)");
	tap__is("and leaves no function that nothing uses", text(&mp.enums),
		"");
	kind__free(&mp, &p);
}

/* A program's string that the entry could not read is tried again. */
static void test__again(void)
{
	static const char *const rows[][2] = {
		{ "ustring", "TPL_LINE(<|KP_AGAIN_STR(r, 0, a_x, true);|>)" },
		{ "string", "TPL_LINE(<|KP_AGAIN_STR(r, 0, a_x, false);|>)" },
		{ "autostring",
		  "TPL_LINE(<|KP_AGAIN_STR(r, 0, a_x, false);|>)" },
		{ "comm", "" },
		{ "file", "" },
	};
	struct m4_module m;
	struct m4_probe mp, at_return;
	struct def_probe p;
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		kind__make(&m, &mp, &p, rows[i][0], "str", 0);
		tap__is("not where no return is probed", text(&mp.back), "");
		p.is_return = true;
		memset(&at_return, 0, sizeof(at_return));
		at_return.p = &p;
		m4__add_arg(&m, &at_return, 0);
		tap__is(rows[i][0], text(&at_return.back), rows[i][1]);
		kind__free(&at_return, &(struct def_probe){ 0 });
		kind__free(&mp, &p);
	}
}

static void test__enum(void)
{
	struct made made;

	make(&made, "p:o t_all", NULL, "");
	tap__is("an enum becomes a switch", text(&FIRST(made).enums),
		"TPL_TOP(<|static const char *kp_enum_c_P(s64 value)|>)TPL_TOP(<|{|>)TPL_LINE(<|switch (value) {|>)"
		"TPL_LINE(<|case 0:|>)TPL_LINE(<|\treturn \"RED\";|>)"
		"TPL_LINE(<|case 7:|>)TPL_LINE(<|\treturn \"GREEN\";|>)"
		"TPL_LINE(<|}|>)TPL_LINE(<|return NULL;|>)TPL_TOP(<|}|>)TPL_TOP(<||>)");
	tap__ok("and the viewer is told its names",
		strstr(text(&FIRST(made).facts),
		       "kp_fact_enum(text, TPL_NUMBER, 4, 7, \"GREEN\");"));
	made__free(&made);
}

static void test__registers(void)
{
	static const char *const plain[] = {
		"di", "si", "dx", "cx", "r8", "r9"
	};
	static const char *const beyond[] = { "ax",  "bx", "bp", "sp",	 "ip",
					      "r10", "ss", "cs", "flags" };
	char definition[40];
	struct made made;
	size_t i;

	for (i = 0; i < sizeof(plain) / sizeof(plain[0]); i++) {
		snprintf(definition, sizeof(definition), "p:o f a=%%%s",
			 plain[i]);
		make(&made, definition, NULL, "");
		tap__ok(plain[i], !made.m.all_regs);
		made__free(&made);
	}
	for (i = 0; i < sizeof(beyond) / sizeof(beyond[0]); i++) {
		snprintf(definition, sizeof(definition), "p:o f a=%%%s",
			 beyond[i]);
		make(&made, definition, NULL, "");
		tap__ok(beyond[i],
			made.m.all_regs && FIRST(made).needs_kprobe ==
						   !strcmp(beyond[i], "ip"));
		made__free(&made);
	}
	make(&made, "p:o f", NULL, "keys:stack");
	tap__ok("the unwinder begins from all", made.m.all_regs);
	made__free(&made);
}

/* Only a mere count calls nothing, and only events tell their context. */
static void test__guard(void)
{
	static const struct {
		const char *definition, *filter, *sum;
		bool guard, context;
	} rows[] = {
		{ "p:o f", NULL, "", true, true },
		{ "p:o f", NULL, "keys:comm", true, false },
		{ "p:o f", "common_pid == 1", "count", true, false },
		{ "p:o f", "common_flags == 1", "count", true, true },
		{ "p:o f", NULL, "count", false, false },
		{ "p:o f a=%di", NULL, "count", true, false },
		{ "r:o f", NULL, "count", false, false },
	};
	struct made made;
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		make(&made, rows[i].definition, rows[i].filter, rows[i].sum);
		tap__ok(rows[i].definition,
			made.m.guard == rows[i].guard &&
				made.m.context == rows[i].context);
		made__free(&made);
	}
}

static void test__area(const char *definition, const char *sum, const char *one,
		       const char *several)
{
	struct buf out = { 0 };
	struct made made;

	make(&made, definition, NULL, sum);
	m4__area(&made.m, &out);
	tap__is(sum, text(&out), one);
	buf__free(&out);
	m4__add(&made.m, &made.p, &made.env);
	m4__area(&made.m, &out);
	tap__is("each of several has a table of its own", text(&out), several);
	buf__free(&out);
	made__free(&made);
}

static void test__sums(void)
{
	struct made made;

	test__area("p:o f", "", "kp_ring_size()", "kp_ring_size()");
	test__area("p:o f", "count", "PAGE_SIZE", "PAGE_SIZE");
	test__area("p:o f", "keys:comm", "KP_SLOTS * 24",
		   "KP_PROBES * KP_SLOTS * 24");
	test__area("p:o f", "keys:stack", "KP_SLOTS * 136",
		   "KP_PROBES * KP_SLOTS * 136");
	test__area("r:o f ret=$retval", "keys:ret", "KP_SLOTS * 16",
		   "KP_PROBES * KP_SLOTS * 16");
	test__area("p:o f n=%di", "hist:n", "PAGE_SIZE",
		   "KP_PROBES * KP_HIST_LEN * sizeof(u64)");
	make(&made, "p:o f a=%si n=%di", NULL, "hist:n");
	tap__is("the viewer is told which argument a histogram is of",
		text(&FIRST(made).sum_facts),
		"TPL_LINE(<|kp_fact_fields(text, TPL_NUMBER, kp_fields_P, ARRAY_SIZE(kp_fields_P));|>)"
		"TPL_LINE(<|kp_fact(text, \"hist\\t<||>TPL_NUMBER\\t1\\n\");|>)");
	made__free(&made);
	make(&made, "r:o f", NULL, "hist:duration");
	tap__ok("a duration is timed", FIRST(made).timed);
	made__free(&made);
}

int main(void)
{
	test__values();
	test__return();
	test__symbols();
	test__filter();
	test__kinds();
	test__shows();
	test__again();
	test__enum();
	test__registers();
	test__guard();
	test__sums();
	printf("1..%d\n", tests);
	return failures != 0;
}
