// SPDX-License-Identifier: GPL-2.0-only
/* auto.c - see auto.h */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "array.h"
#include "auto.h"
#include "fetch.h"
#include "type.h"

/* How a value is recorded and shown; words above 1: an array of words. */
struct form {
	const char *kind;
	const char *ctype;
	const char *format;
	/* Read this member of the structure pointed to instead. */
	bool has_field;
	bool in_place; /* the member is the string, it does not point to it */
	uint32_t byte_off;
	const struct btf *enum_btf;
	uint32_t enum_id;
};

#define STRING "\\\"%s\\\""
#define FORM(k, c, f)                              \
	{                                          \
		.kind = k, .ctype = c, .format = f \
	}

static const struct form form_hex = FORM("pointer", "u64", "0x%llx");
static const struct form form_func = FORM("symbol", "u64", "%pS");
static const struct form form_autostring = FORM("autostring", "str", STRING);

/* Typedefs whose values have a form of their own. */
static const struct {
	const char *name;
	struct form form;
} typedef_forms[] = {
	{ "gfp_t", FORM("gfp", "u32", "%pGg") },
	{ "dev_t", FORM("dev", "u32", "%u:%u") },
	{ "umode_t", FORM("value", "u16", "0%o") },
	{ "bool", FORM("bool", "u8", "%u") },
};

/* Structures shown by what they point to or contain. */
static const struct {
	const char *name;
	struct form form;
} pointer_forms[] = {
	{ "file", FORM("file_path", "str", "%pD4") },
	{ "dentry", FORM("dentry_path", "str", "%pd4") },
	{ "task_struct", FORM("task", "str", "%s:%d") },
	{ "sockaddr", FORM("sockaddr", "str", "%pISpc") },
	{ "sockaddr_in", FORM("sockaddr", "str", "%pISpc") },
	{ "sockaddr_in6", FORM("sockaddr", "str", "%pISpc") },
	{ "sockaddr_storage", FORM("sockaddr", "str", "%pISpc") },
	{ "__kernel_sockaddr_storage", FORM("sockaddr", "str", "%pISpc") },
	{ "bio", FORM("bio", "str", "%s") },
};

/* Structures shown by one member, found in BTF. */
static const struct {
	const char *name;
	const char *member;
	struct form form;
	bool in_place;
} member_forms[] = {
	{ "filename", "name", FORM("string", "str", STRING), false },
	{ "qstr", "name", FORM("string", "str", STRING), false },
	{ "kmem_cache", "name", FORM("string", "str", STRING), false },
	{ "file_system_type", "name", FORM("string", "str", STRING), false },
	{ "linux_binprm", "filename", FORM("string", "str", STRING), false },
	{ "module", "name", FORM("string", "str", STRING), true },
	{ "net_device", "name", FORM("string", "str", STRING), true },
	{ "path", "dentry", FORM("dentry_path", "str", "%pd4"), false },
};

static bool form__of_member(struct form *f, const struct btf *btf,
			    const struct btf_type *t, uint32_t id)
{
	const char *name = btf_type__name(btf, t);
	struct btf_field field;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(member_forms); i++) {
		if (strcmp(member_forms[i].name, name))
			continue;
		if (btf_type__field(btf, id, member_forms[i].member, &field))
			return false;
		*f = member_forms[i].form;
		f->has_field = true;
		f->in_place = member_forms[i].in_place;
		f->byte_off = field.bit_off / 8;
		return true;
	}
	return false;
}

static bool form__of_pointer(struct form *f, const struct btf *btf,
			     uint32_t target)
{
	const struct btf_type *t = btf_type__skip(btf, &target);
	const char *name;
	size_t i;

	*f = form_hex;
	if (!t)
		return true;
	if (btf_is_func_proto(t)) {
		*f = form_func;
		return true;
	}
	name = btf_type__name(btf, t);
	if (btf_is_int(t) && strcmp(name, "char") == 0)
		*f = form_autostring;
	if (!btf_is_struct(t) && !btf_is_fwd(t))
		return true;
	for (i = 0; i < ARRAY_SIZE(pointer_forms); i++)
		if (strcmp(pointer_forms[i].name, name) == 0)
			*f = pointer_forms[i].form;
	form__of_member(f, btf, t, target);
	return true;
}

static bool form__of_typedef(struct form *f, const struct btf *btf, uint32_t id)
{
	const struct btf_type *t = btf__type_by_id(btf, id);
	const char *name;
	size_t i;
	int depth;

	for (depth = 0; t && depth < 32; depth++) {
		if (!btf_is_typedef(t) && !btf_is_mod(t))
			return false;
		name = btf_type__name(btf, t);
		for (i = 0; i < ARRAY_SIZE(typedef_forms); i++) {
			if (strcmp(typedef_forms[i].name, name))
				continue;
			*f = typedef_forms[i].form;
			return true;
		}
		t = btf__type_by_id(btf, t->type);
	}
	return false;
}

static void form__of_type(struct form *f, const struct fetch_type *type)
{
	memset(f, 0, sizeof(*f));
	f->kind = type->kind;
	f->ctype = type->ctype;
	f->format = type->format;
}

static void form__of_btf(struct form *f, const struct btf *btf, uint32_t id)
{
	const struct btf_type *t;

	if (form__of_typedef(f, btf, id))
		return;
	t = btf_type__skip(btf, &id);
	if (t && btf_is_ptr(t)) {
		form__of_pointer(f, btf, t->type);
		return;
	}
	form__of_type(f,
		      t ? fetch_type__of_btf(btf, t) : fetch_type__find("x64"));
	if (t && btf_is_any_enum(t) && btf_vlen(t)) {
		f->kind = "enum";
		f->enum_btf = btf;
		f->enum_id = id;
	} else if (t && btf_is_int(t) && (btf_int_encoding(t) & BTF_INT_BOOL)) {
		f->kind = "bool";
	}
}

/*
 * "char *buf, size_t count" is data of a known length, not a string. The
 * names are those the kernel's own functions use.
 */
static const char *const data_lens[] = {
	"count",  "len", "size",    "n",   "nbytes",   "buflen",  "length",
	"bufsiz", "nr",	 "bufsize", "max", "buf_size", "buf_len", NULL,
};

/* "struct sockaddr *uaddr, int addr_len": a socket's name may end there. */
static const char *const addr_lens[] = {
	"addr_len", "addrlen", "alen", "len", "sockaddr_len", NULL,
};

/* Is the next parameter one of these lengths? */
static bool param__is_counted(const struct btf *btf,
			      const struct btf_param *param, int left,
			      const char *const *lens)
{
	const struct btf_type *t;
	uint32_t id;

	if (left < 2)
		return false;
	id = param[1].type;
	t = btf_type__skip(btf, &id);
	return t && btf_is_int(t) &&
	       str__in(btf__name_by_offset(btf, param[1].name_off), lens);
}

/* Appends an argument with a free name: NAME, else NAME_, NAME__ ... */
static struct def_arg *auto__new_arg(struct def_probe *p, const char *name)
{
	struct buf out = { 0 };
	struct def_arg *arg;

	if (*name)
		buf__addf(&out, "%s", name);
	else
		buf__addf(&out, "arg%zu", p->nargs + 1);
	while (!out.failed && probe__has_arg(p, out.data))
		buf__addn(&out, "_", 1);
	arg = out.failed ? NULL : probe__add_arg(p);
	if (arg)
		arg->name = buf__take(&out);
	buf__free(&out);
	return arg && arg->name ? arg : NULL;
}

/* len: the word that holds the length of what word points to, or "" */
static int auto__set(struct def_arg *arg, const struct form *f,
		     const char *word, const char *len)
{
	struct buf out = { 0 };
	bool load = f->has_field && !f->in_place;

	arg->kind = f->kind;
	arg->ctype = f->ctype;
	arg->format = f->format;
	arg->enum_btf = f->enum_btf;
	arg->enum_id = f->enum_id;
	if (load)
		buf__addf(&out, "kp_deref(&err, ");
	buf__addf(&out, "%s", word);
	if (f->has_field && f->byte_off)
		buf__addf(&out, " + %u", f->byte_off);
	if (load)
		buf__addf(&out, ")");
	if (*len)
		buf__addf(&out, ", %s", len);
	arg->expr = buf__take(&out);
	return arg->expr ? 0 : -ENOMEM;
}

static void auto__set_decl(const struct def_env *env, struct def_arg *arg,
			   const struct btf *btf, uint32_t id)
{
	struct buf out = { 0 };

	if (btf_src__decl(env->btf, btf, id, arg->name, &out))
		buf__free(&out);
	else
		arg->decl = buf__take(&out);
}

/* A socket's address whose length is the next parameter, at that cursor. */
static void form__add_len(struct form *f, const struct def_env *env,
			  struct arch_cursor next, char *len, size_t size)
{
	unsigned int words;

	*f = (struct form)FORM("sockaddr_len", "str", "%pISpc");
	snprintf(len, size, "kp_arg(regs, %u)",
		 arch__place(env->arch, &next, sizeof(int), &words));
}

static int auto__add_param(struct def_probe *p, const struct def_env *env,
			   const struct btf_param *param, int left,
			   struct arch_cursor *cursor)
{
	const struct btf *btf = p->func.btf;
	int64_t size = btf__resolve_size(btf, param->type);
	unsigned int at, words;
	struct def_arg *arg;
	struct form form;
	char word[48], len[48] = "";

	at = arch__place(env->arch, cursor, size > 0 ? (size_t)size : 8,
			 &words);
	form__of_btf(&form, btf, param->type);
	if (strcmp(form.kind, "autostring") == 0 &&
	    param__is_counted(btf, param, left, data_lens))
		form = form_hex;
	if (strcmp(form.kind, "sockaddr") == 0 &&
	    param__is_counted(btf, param, left, addr_lens))
		form__add_len(&form, env, *cursor, len, sizeof(len));
	arg = auto__new_arg(p, btf__name_by_offset(btf, param->name_off));
	if (!arg)
		return -ENOMEM;
	if (words == 1)
		snprintf(word, sizeof(word), "kp_arg(regs, %u)", at);
	else if (at)
		snprintf(word, sizeof(word), "kp_arg(regs, %u + i)", at);
	else
		snprintf(word, sizeof(word), "kp_arg(regs, i)");
	if (words > 1) {
		form__of_type(&form, fetch_type__find("x64"));
		arg->count = words < MAX_ARRAY_LEN ? words : MAX_ARRAY_LEN;
	}
	auto__set_decl(env, arg, btf, param->type);
	return auto__set(arg, &form, word, len);
}

/* System calls: declarations as text, "const char __user *filename". */

static const struct {
	const char *type;
	const char *fetch;
} text_types[] = {
	{ "int ", "s32" },
	{ "pid_t ", "s32" },
	{ "key_serial_t ", "s32" },
	{ "clockid_t ", "s32" },
	{ "const clockid_t ", "s32" },
	{ "timer_t ", "s32" },
	{ "long ", "s64" },
	{ "off_t ", "s64" },
	{ "loff_t ", "s64" },
	{ "s32 ", "s32" },
	{ "__s32 ", "s32" },
	{ "mqd_t ", "s32" },
	{ "unsigned int ", "u32" },
	{ "unsigned ", "u32" },
	{ "u32 ", "u32" },
	{ "__u32 ", "u32" },
	{ "uid_t ", "u32" },
	{ "gid_t ", "u32" },
	{ "qid_t ", "u32" },
	{ "rwf_t ", "u32" },
	{ "size_t ", "u64" },
	{ "u64 ", "u64" },
	{ "__u64 ", "u64" },
};

static void form__of_text(struct form *f, const char *param)
{
	size_t i;

	if (strchr(param, '*')) {
		*f = form_hex;
		if (strstr(param, "const char __user *") == param &&
		    !strstr(param, "*buf") && !strstr(param, "__user *const"))
			*f = (struct form)FORM("ustring", "str", STRING);
		else if (strstr(param, "struct sockaddr __user *"))
			*f = (struct form)FORM("sockaddr", "str", "%pISpc");
		return;
	}
	for (i = 0; i < ARRAY_SIZE(typedef_forms); i++) {
		if (!str__has_prefix(param, typedef_forms[i].name))
			continue;
		*f = typedef_forms[i].form;
		return;
	}
	for (i = 0; i < ARRAY_SIZE(text_types); i++) {
		if (!str__has_prefix(param, text_types[i].type))
			continue;
		form__of_type(f, fetch_type__find(text_types[i].fetch));
		return;
	}
	form__of_type(f, fetch_type__find("x64"));
}

void auto__set_declared(struct def_arg *arg, const char *param)
{
	struct form form = form_hex;

	if (!strchr(param, '*'))
		form__of_text(&form, param);
	arg->kind = form.kind;
	arg->ctype = form.ctype;
	arg->format = form.format;
	arg->decl = strdup(param);
}

static bool sysdesc__has_len(const struct sysdesc *d, int i)
{
	return i < SYSCALL_MAX_ARGS && d->params[i] &&
	       str__has_prefix(d->params[i], "int addr") &&
	       str__in(sysdesc__param_name(d->params[i]), addr_lens);
}

static int auto__add_syscall(struct def_probe *p)
{
	const struct sysdesc *d = p->syscall;
	struct buf decl = { 0 };
	struct def_arg *arg;
	struct form form;
	char word[48], len[48];
	int i;

	for (i = 0; i < SYSCALL_MAX_ARGS && d->params[i]; i++) {
		arg = auto__new_arg(p, sysdesc__param_name(d->params[i]));
		if (!arg)
			return -ENOMEM;
		form__of_text(&form, d->params[i]);
		snprintf(word, sizeof(word), "kp_sysarg(regs, %d)", i);
		*len = '\0';
		if (strcmp(form.kind, "sockaddr") == 0 &&
		    sysdesc__has_len(d, i + 1)) {
			form.kind = "sockaddr_len";
			snprintf(len, sizeof(len), "kp_sysarg(regs, %d)",
				 i + 1);
		}
		if (auto__set(arg, &form, word, len))
			return -ENOMEM;
		buf__addf(&decl, "%s", d->params[i]);
		arg->decl = buf__take(&decl);
	}
	return 0;
}

int auto__add_args(struct def_probe *p, const struct def_env *env,
		   struct def_error *err)
{
	struct arch_cursor cursor = { 0 };
	const struct btf_param *param;
	int i, n, ret = 0;

	if (p->offset)
		return error__set(err, DEF_NOFENTRY_ARGS, p->symbol_col);
	if (p->syscall) {
		ret = auto__add_syscall(p);
		return ret ? error__set(err, DEF_NOMEM, 0) : 0;
	}
	if (probe__func(p, env))
		return probe__no_func(p, env, err, p->symbol_col);
	if (probe__is_clone(p))
		return error__set(err, DEF_CLONE_ARGS, p->symbol_col);
	param = btf_params(p->func.proto);
	n = btf_vlen(p->func.proto);
	for (i = 0; !ret && i < n; i++)
		if (param[i].type) /* not the "..." of a variadic function */
			ret = auto__add_param(p, env, &param[i], n - i,
					      &cursor);
	return ret ? error__set(err, DEF_NOMEM, 0) : 0;
}

static void form__of_ret(struct form *f, const struct btf *btf, uint32_t id)
{
	const struct btf_type *t;

	form__of_btf(f, btf, id);
	t = btf_type__skip(btf, &id);
	if (!t)
		return;
	if (btf_is_ptr(t))
		*f = (struct form)FORM("errptr", "u64", "0x%llx");
	else if (btf_is_int(t) && t->size >= 4 && t->size <= 8 &&
		 (btf_int_encoding(t) & BTF_INT_SIGNED))
		f->kind = "errno";
}

/* Without BTF the value is shown, in the kernel's default form. */
int auto__add_ret(struct def_probe *p, const struct def_env *env,
		  struct def_error *err)
{
	struct def_arg *arg;
	struct form form;
	uint32_t id = 0;
	bool known;

	form__of_type(&form, fetch_type__find(p->syscall ? "s64" : NULL));
	if (p->syscall)
		form.kind = "errno";
	known = !p->syscall && !probe__func(p, env);
	if (known) {
		id = p->func.proto->type;
		if (!id)
			return 0;
		form__of_ret(&form, p->func.btf, id);
	}
	arg = auto__new_arg(p, "ret");
	if (!arg || auto__set(arg, &form, "kp_retval(regs)", ""))
		return error__set(err, DEF_NOMEM, 0);
	arg->at_return = true;
	if (known)
		auto__set_decl(env, arg, p->func.btf, id);
	else if (p->syscall)
		arg->decl = strdup("long ret");
	return 0;
}

/* Without BTF a 64-bit value, unless the definition calls it an s32. */
static const char *auto__returns_unknown(const struct def_probe *p)
{
	size_t i;

	for (i = 0; i < p->nargs; i++)
		if (strcmp(p->args[i].expr, "kp_retval(regs)") == 0 &&
		    strcmp(p->args[i].ctype, "s32") == 0)
			return "int";
	return "long";
}

const char *auto__returns(struct def_probe *p, const struct def_env *env)
{
	const struct btf_type *t;
	uint32_t id;

	if (p->syscall)
		return "long";
	if (probe__func(p, env))
		return auto__returns_unknown(p);
	id = p->func.proto->type;
	t = btf_type__skip(p->func.btf, &id);
	if (!id || !t)
		return "none";
	if (btf_is_ptr(t))
		return "long";
	if (!btf_is_int(t) && !btf_is_any_enum(t))
		return "none";
	return t->size == 8 ? "long" :
	       t->size == 4 ? "int" :
	       t->size == 2 ? "short" :
			      "none";
}

static int auto__syscall_prototype(const struct def_probe *p, struct buf *out)
{
	int i;

	buf__addf(out, "long sys_%s(", p->syscall->name);
	for (i = 0; i < SYSCALL_MAX_ARGS && p->syscall->params[i]; i++)
		buf__addf(out, "%s%s", i ? ", " : "", p->syscall->params[i]);
	buf__addf(out, "%s)", i ? "" : "void");
	return 0;
}

int auto__prototype(struct def_probe *p, const struct def_env *env,
		    struct buf *out, struct def_error *err)
{
	if (p->syscall)
		return auto__syscall_prototype(p, out);
	if (probe__func(p, env))
		return probe__no_func(p, env, err, p->symbol_col);
	if (btf_src__decl(env->btf, p->func.btf, p->func.proto_id, p->symbol,
			  out))
		return error__set(err, DEF_NOMEM, 0);
	return 0;
}
