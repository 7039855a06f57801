// SPDX-License-Identifier: GPL-2.0-only
/* compile.c - see compile.h */
#include <stdlib.h>
#include <string.h>

#include "auto.h"
#include "compile.h"
#include "fetch.h"
#include "filter.h"
#include "parse.h"

/* --arg: at the entry, unless it asks for the return value. */
static int probe__add_extra(struct def_probe *p, const struct def_env *env,
			    const char *arg, struct def_error *err)
{
	bool at_return = p->is_return && strstr(arg, "$retval");
	size_t i;

	for (i = 0; arg[i]; i++)
		if (arg[i] <= ' ' || arg[i] > '~')
			return error__set(err, DEF_BAD_CHAR, i);
	if (strcmp(arg, "$arg*") == 0)
		return fetch__compile_all(p, env, 0, at_return, err);
	return fetch__compile(p, env, arg, 0, at_return, err);
}

static int probe__add_options(struct def_probe *p, const struct def_env *env,
			      struct def_error *err, const char **what,
			      char **text)
{
	size_t i;
	int ret = 0;

	if (env->args)
		ret = auto__add_args(p, env, err);
	for (i = 0; !ret && i < env->nextra; i++) {
		ret = probe__add_extra(p, env, env->extra[i], err);
		if (ret) {
			free(*text);
			*text = strdup(env->extra[i]);
		}
	}
	if (!ret && env->ret)
		ret = auto__add_ret(p, env, err);
	if (!ret && p->nargs > MAX_TRACE_ARGS)
		ret = error__set(err, DEF_TOO_MANY_ARGS, p->symbol_col);
	if (!ret && !probe__fits(p))
		ret = error__set(err, DEF_EVENT_TOO_BIG, p->symbol_col);
	if (!ret && env->filter) {
		ret = filter__compile(p, env->filter, err);
		if (ret) {
			*what = "filter";
			free(*text);
			*text = strdup(env->filter);
		}
	}
	return ret;
}

int probe__compile(struct def_probe *p, const struct def_env *env,
		   const char *definition, struct def_error *err,
		   const char **what, char **text)
{
	struct line l;
	int ret;

	memset(p, 0, sizeof(*p));
	p->func_err = 1;
	*what = "definition";
	*text = NULL;
	ret = line__split(&l, definition);
	if (ret) {
		line__free(&l);
		return error__set(err, DEF_NOMEM, 0);
	}
	*text = strdup(l.text);
	ret = probe__parse(p, &l, env, err);
	if (!ret && env->ret && p->offset)
		ret = error__set(err, DEF_BAD_RETPROBE, l.col[l.n > 1]);
	/* The arguments of "p" stay what they were at the entry. */
	p->is_return |= env->ret;
	if (!ret)
		ret = probe__add_options(p, env, err, what, text);
	line__free(&l);
	if (!*text)
		ret = error__set(err, DEF_NOMEM, 0);
	return ret;
}
