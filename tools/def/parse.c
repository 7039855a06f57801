// SPDX-License-Identifier: GPL-2.0-only
/*
 * parse.c - definitions: "p[:[GRP/]NAME] [MOD:]SYM[+OFF] ARGS"
 *
 *	p:opens/myopen do_sys_openat2 dfd=%di file=+0(%si):ustring
 *	r64:myret vfs_read $retval
 *
 * In the order of the kernel's __trace_kprobe_create(), so that of two
 * mistakes the same one is told. A single word is our own short form: the
 * place alone, the event named after it.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "chr.h"
#include "fetch.h"
#include "parse.h"

void line__free(struct line *l)
{
	size_t i;

	for (i = 0; i < l->n; i++)
		free(l->word[i]);
	free(l->word);
	free(l->col);
	free(l->text);
}

static int line__add_word(struct line *l, const char *s, size_t len,
			  struct buf *text)
{
	char **word = realloc(l->word, (l->n + 1) * sizeof(*word));
	size_t *col;

	if (!word)
		return -ENOMEM;
	l->word = word;
	col = realloc(l->col, (l->n + 1) * sizeof(*col));
	if (!col)
		return -ENOMEM;
	l->col = col;
	word[l->n] = strndup(s, len);
	if (!word[l->n])
		return -ENOMEM;
	if (l->n)
		buf__addn(text, " ", 1);
	col[l->n++] = text->len;
	buf__addn(text, s, len);
	return 0;
}

/* The kernel cuts comments at '#' first. */
int line__split(struct line *l, const char *s)
{
	const char *end = s + strcspn(s, "#");
	struct buf text = { 0 };
	size_t len;
	int err = 0;

	memset(l, 0, sizeof(*l));
	while (!err && s < end) {
		for (len = 0; s + len < end && !chr__is_blank(s[len]); len++)
			;
		if (len)
			err = line__add_word(l, s, len, &text);
		s += len ? len : 1;
	}
	l->text = buf__take(&text);
	return err || !l->text ? -ENOMEM : 0;
}

static int line__check_chars(const struct line *l, struct def_error *err)
{
	size_t i;

	for (i = 0; l->text[i]; i++)
		if (l->text[i] < ' ' || l->text[i] > '~')
			return error__set(err, DEF_BAD_CHAR, i);
	return 0;
}

/* The first word: p, r, r64, each with ":[GRP/]NAME". */

static int probe__parse_maxactive(struct def_probe *p, const char *word,
				  struct def_error *err)
{
	const char *colon = strchr(word, ':');
	size_t len = colon ? (size_t)(colon - word) - 1 : strlen(word) - 1;
	char num[MAX_EVENT_NAME_LEN];
	uint64_t v;

	if (word[1] < '0' || word[1] > '9')
		return 0;
	if (!p->is_return)
		return error__set(err, DEF_MAXACT_NO_KPROBE, 1);
	if (len >= sizeof(num))
		return error__set(err, DEF_BAD_MAXACT, 1);
	memcpy(num, word + 1, len);
	num[len] = '\0';
	if (str__to_ull(num, 0, &v) || !v || v > UINT32_MAX)
		return error__set(err, DEF_BAD_MAXACT, 1);
	if (v > MAX_MAXACTIVE)
		return error__set(err, DEF_MAXACT_TOO_BIG, 1);
	p->maxactive = (unsigned int)v;
	return 0;
}

/* False: the group is given, the name is not, and the kernel makes one. */
static int probe__parse_event(struct def_probe *p, const char *event,
			      size_t col, struct def_error *err)
{
	const char *slash = strchr(event, '/');
	size_t len;

	if (!slash)
		slash = strchr(event, '.');
	if (slash) {
		len = (size_t)(slash - event);
		if (!len)
			return error__set(err, DEF_NO_GROUP_NAME, col);
		if (len >= MAX_EVENT_NAME_LEN)
			return error__set(err, DEF_GROUP_TOO_LONG, col);
		memcpy(p->group, event, len);
		p->group[len] = '\0';
		if (!str__is_name(p->group) || str__is_foreign(p->group))
			return error__set(err, DEF_BAD_GROUP_NAME, col);
		event = slash + 1;
		col += len + 1;
	}
	len = strlen(event);
	if (!len)
		return slash ? 0 : error__set(err, DEF_NO_EVENT_NAME, col);
	if (len >= MAX_EVENT_NAME_LEN)
		return error__set(err, DEF_EVENT_TOO_LONG, col);
	if (!str__is_name(event) || str__is_foreign(event))
		return error__set(err, DEF_BAD_EVENT_NAME, col);
	memcpy(p->name, event, len + 1);
	return 0;
}

/* The second word: [MOD:]SYM[+OFF][%return] */

static int probe__set_symbol(struct def_probe *p, char *place, size_t col,
			     const struct def_env *env, struct def_error *err)
{
	char *colon = strchr(place, ':');
	const char *sym = colon ? colon + 1 : place;
	struct buf full = { 0 };

	if (colon)
		*colon = '\0';
	if (!str__is_symbol(sym) || strlen(sym) > KSYM_NAME_MAX ||
	    str__is_foreign(sym) ||
	    (colon && (!str__is_symbol(place) || strlen(place) > 55 ||
		       str__is_foreign(place))))
		return error__set(err, DEF_BAD_PROBE_ADDR, col);
	if (!colon && str__has_prefix(sym, "sys_") &&
	    sysdesc__find(sym + strlen("sys_"))) {
		p->syscall = sysdesc__find(sym + strlen("sys_"));
		p->is_sys = true;
		buf__addf(&full, "%s", env->arch->sys_prefix);
		sym += strlen("sys_");
	} else if (str__has_prefix(sym, env->arch->sys_prefix)) {
		p->syscall = sysdesc__find(sym + strlen(env->arch->sys_prefix));
	}
	buf__addf(&full, "%s", sym);
	p->symbol = buf__take(&full);
	p->module = colon ? strdup(place) : NULL;
	p->symbol_col = col + (colon ? (size_t)(colon + 1 - place) : 0);
	if (!p->symbol || (colon && !p->module))
		return error__set(err, DEF_NOMEM, 0);
	return 0;
}

static int probe__parse_place(struct def_probe *p, char *place, size_t col,
			      const struct def_env *env, struct def_error *err)
{
	char *suffix = strchr(place, '%'), *sep;
	int64_t off = 0;

	if (suffix && strcmp(suffix, "%return"))
		return error__set(err, DEF_BAD_ADDR_SUFFIX,
				  col + (size_t)(suffix - place));
	if (suffix) {
		*suffix = '\0';
		p->is_return = true;
	}
	sep = strpbrk(place, "+-");
	if (sep && (str__to_ll(sep, 0, &off) || off < 0 || off > UINT32_MAX))
		return error__set(err, DEF_BAD_PROBE_ADDR, col);
	if (sep)
		*sep = '\0';
	if (*place >= '0' && *place <= '9')
		error__hint(
			err,
			"an address is never guessed: write SYMBOL+OFFSET (_stext+OFFSET reaches any)");
	if (probe__set_symbol(p, place, col, env, err))
		return -EINVAL;
	p->offset = (uint32_t)off;
	if (p->is_return && p->offset)
		return error__set(err, DEF_BAD_RETPROBE, col);
	return 0;
}

/* "p_vfs_read_0", "r_ext4_ext4_file_open_0"; ours: the function's name. */
static int probe__make_name(struct def_probe *p, const char *place,
			    bool short_form, struct def_error *err)
{
	struct buf out = { 0 };
	size_t i;

	if (!short_form)
		buf__addf(&out, "%c_%s%s%s_%u", p->is_return ? 'r' : 'p',
			  p->module ? p->module : "", p->module ? ":" : "",
			  place, p->offset);
	else if (p->offset)
		buf__addf(&out, "%s_%u", place, p->offset);
	else
		buf__addf(&out, "%s", place);
	for (i = 0; out.data && i < out.len && i < sizeof(p->name) - 1; i++)
		p->name[i] = out.data[i] == '.' || out.data[i] == ':' ?
				     '_' :
				     out.data[i];
	buf__free(&out);
	if (str__is_foreign(p->name)) /* "m4.x" became "m4_x" */
		return error__set(err, DEF_BAD_PROBE_ADDR, p->symbol_col);
	return p->name[0] ? 0 : error__set(err, DEF_NOMEM, 0);
}

static int probe__parse_head(struct def_probe *p, struct line *l,
			     const struct def_env *env, struct def_error *err)
{
	const char *word = l->word[0], *colon = strchr(word, ':');
	const char *sym;
	int ret;

	if (*word != 'p' && *word != 'r')
		return error__set(err, DEF_BAD_PROBE_TYPE, 0);
	p->is_return = *word == 'r';
	if (word[1] && word[1] != ':' && (word[1] < '0' || word[1] > '9'))
		return error__set(err, DEF_BAD_PROBE_TYPE, 1);
	ret = probe__parse_maxactive(p, word, err);
	if (!ret)
		ret = probe__parse_place(p, l->word[1], l->col[1], env, err);
	if (!ret && colon)
		ret = probe__parse_event(p, colon + 1,
					 (size_t)(colon + 1 - word), err);
	if (ret || p->name[0])
		return ret;
	sym = strchr(l->word[1], '\0');
	sym = p->module ? sym + 1 : l->word[1];
	return probe__make_name(p, sym, false, err);
}

static int probe__parse_short(struct def_probe *p, struct line *l,
			      const struct def_env *env, struct def_error *err)
{
	char *word = l->word[0];
	int ret;

	if ((*word == 'p' || *word == 'r') &&
	    word[1 + strspn(word + 1, "0123456789")] == ':')
		return error__set(err, DEF_NO_PROBE_POINT, strlen(word));
	ret = probe__parse_place(p, word, 0, env, err);
	if (ret)
		return ret;
	return probe__make_name(p, p->module ? strchr(word, '\0') + 1 : word,
				true, err);
}

static int probe__parse_args(struct def_probe *p, struct line *l,
			     const struct def_env *env, struct def_error *err)
{
	size_t i, all = 0;
	int ret = 0;

	if (l->n > MAX_TRACE_ARGS + 2)
		return error__set(err, DEF_TOO_MANY_ARGS, l->col[2]);
	for (i = 2; i < l->n; i++) {
		if (strcmp(l->word[i], "$arg*"))
			continue;
		if (all)
			return error__set(err, DEF_DOUBLE_ARGS, l->col[i]);
		all = i;
	}
	for (i = 2; !ret && i < l->n; i++)
		ret = i == all ? fetch__compile_all(p, env, l->col[i],
						    p->is_return, err) :
				 fetch__compile(p, env, l->word[i], l->col[i],
						p->is_return, err);
	return ret;
}

int probe__parse(struct def_probe *p, struct line *l, const struct def_env *env,
		 struct def_error *err)
{
	int ret;

	if (!l->n)
		return error__set(err, DEF_NO_PROBE_POINT, 0);
	strcpy(p->group, "kprobes");
	if (line__check_chars(l, err))
		return -EINVAL;
	if (l->n == 1)
		return probe__parse_short(p, l, env, err);
	ret = probe__parse_head(p, l, env, err);
	return ret ? ret : probe__parse_args(p, l, env, err);
}
