// SPDX-License-Identifier: GPL-2.0-only
/* probe.c - see probe.h */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "probe.h"

void probe__free(struct def_probe *p)
{
	size_t i;

	for (i = 0; i < p->nargs; i++) {
		free(p->args[i].name);
		free(p->args[i].expr);
		free(p->args[i].decl);
	}
	free(p->args);
	free(p->module);
	free(p->symbol);
	free(p->filter);
	memset(p, 0, sizeof(*p));
}

struct def_arg *probe__add_arg(struct def_probe *p)
{
	struct def_arg *args;

	args = realloc(p->args, (p->nargs + 1) * sizeof(*args));
	if (!args)
		return NULL;
	p->args = args;
	args += p->nargs++;
	memset(args, 0, sizeof(*args));
	return args;
}

const struct def_arg *probe__arg(const struct def_probe *p, const char *name)
{
	size_t i;

	for (i = 0; i < p->nargs; i++)
		if (p->args[i].name && strcmp(p->args[i].name, name) == 0)
			return &p->args[i];
	return NULL;
}

bool probe__has_arg(const struct def_probe *p, const char *name)
{
	return probe__arg(p, name);
}

#define MAX_ENUM 256

/* BTF's 32-bit values are signed unless the enum says otherwise. */
static int64_t enum__value(const struct btf_type *t, uint32_t i)
{
	if (btf_is_enum64(t))
		return (int64_t)btf_enum64_value(btf_enum64(t) + i);
	return btf_kflag(t) || btf_enum(t)[i].val < 0 ?
		       btf_enum(t)[i].val :
		       (int64_t)(uint32_t)btf_enum(t)[i].val;
}

bool arg__enumerator(const struct def_arg *arg, uint32_t i, int64_t *value,
		     const char **text)
{
	const struct btf_type *t;

	if (!arg->enum_btf || i >= MAX_ENUM)
		return false;
	t = btf__type_by_id(arg->enum_btf, arg->enum_id);
	if (i >= btf_vlen(t))
		return false;
	*value = enum__value(t, i);
	*text = btf__name_by_offset(
		arg->enum_btf, btf_is_enum64(t) ? btf_enum64(t)[i].name_off :
						  btf_enum(t)[i].name_off);
	return true;
}

/* "str" has no digits. */
size_t arg__bytes(const struct def_arg *arg)
{
	return strtoul(arg->ctype + 1, NULL, 10) / 8;
}

/* A string takes four bytes of the kernel's event, and 16 of our record. */
bool probe__fits(const struct def_probe *p)
{
	size_t event = 0, call = p->saved ? DEF_SAVED_MAX * 8 : 0;
	size_t i, n, bytes;

	for (i = 0; i < p->nargs; i++) {
		n = p->args[i].count ? p->args[i].count : 1;
		bytes = arg__bytes(&p->args[i]);
		event += n * (bytes ? bytes : 4);
		bytes = bytes ? bytes : 16;
		call = (call + bytes - 1) / bytes * bytes + n * bytes;
	}
	return event <= MAX_PROBE_EVENT_SIZE &&
	       (!p->is_return || call <= MAX_CALL_SIZE);
}

/* "foo.isra.0" is foo to BTF, but its arguments are not foo's. */
bool probe__is_clone(const struct def_probe *p)
{
	return strstr(p->symbol, ".isra.") ||
	       strstr(p->symbol, ".constprop.") ||
	       strstr(p->symbol, ".part.") || strstr(p->symbol, ".cold");
}

int probe__func(struct def_probe *p, const struct def_env *env)
{
	size_t len = strcspn(p->symbol, ".");
	char *name;

	if (p->func_err != 1)
		return p->func_err;
	name = strndup(p->symbol, len);
	if (!name)
		return -ENOMEM;
	p->func_err = btf_src__find_func(env->btf, p->module, name, &p->func);
	free(name);
	return p->func_err;
}

int probe__no_func(const struct def_probe *p, const struct def_env *env,
		   struct def_error *err, size_t col)
{
	if (p->func_err == -ENOMEM)
		return error__set(err, DEF_NOMEM, col);
	if (p->func_err == -ENOENT) {
		error__hint(
			err,
			"BTF has no function %.80s%s: write $arg1, $arg2 or a register instead of a name",
			p->symbol, p->module ? " in that module" : "");
		return error__set(err, DEF_NO_BTF_ENTRY, col);
	}
	error__hint(err, "%s", btf_src__why(env->btf));
	error__hint(
		err,
		"without BTF write $arg1, $arg2 for parameters and +OFFSET($arg1) for members");
	return error__set(err, DEF_NOSUP_BTFARG, col);
}
