// SPDX-License-Identifier: GPL-2.0-only
/* m4.c - see m4.h */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "auto.h"
#include "check.h"
#include "m4.h"

bool buf__has(const struct buf *b, const char *text)
{
	return b->data && strstr(b->data, text);
}

static bool buf__ends(const struct buf *b, const char *text)
{
	size_t len = strlen(text);

	return b->len >= len && !memcmp(b->data + b->len - len, text, len);
}

/* Symbols are few. */
size_t m4__sym(struct m4_module *m, const char *name, size_t len)
{
	char **syms;
	size_t i;

	for (i = 0; i < m->nsyms; i++)
		if (strncmp(m->syms[i], name, len) == 0 && !m->syms[i][len])
			return i;
	syms = realloc(m->syms, (m->nsyms + 1) * sizeof(*syms));
	m->syms = syms ? syms : m->syms;
	name = syms ? strndup(name, len) : NULL;
	if (!name) {
		m->failed = true;
		return 0;
	}
	syms[m->nsyms++] = (char *)name;
	return i;
}

/* r->NAME, of a string its text; what is copied already tells which it is. */
static size_t filter__field(const char *s, struct buf *out)
{
	size_t len = strlen("r->");
	int name = (int)strspn(s + len, "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
					"abcdefghijklmnopqrstuvwxyz"
					"0123456789_");
	bool text = buf__ends(out, "kp_glob(") || buf__ends(out, "kp_streq(");

	buf__addf(out, text ? "kp_text(&r->data, r->a_%.*s)" : "r->a_%.*s",
		  name, s + len);
	return len + (size_t)name;
}

/* What is of the context is given it: its length, 0 for anything else. */
static size_t filter__context(const char *s, struct buf *out)
{
	static const char *const words[] = { "kp_cur_flags()",
					     "kp_cur_preempt()",
					     "kp_probe_ip()",
					     "kp_probe_ret_ip()" };
	size_t i, len;

	for (i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (!str__has_prefix(s, words[i]))
			continue;
		len = strlen(words[i]);
		buf__addf(out, "%.*s(ctx)", (int)len - 2, s);
		return len;
	}
	return 0;
}

/* What text is compared with may look like anything, and stays as it is. */
static void m4__filter(struct m4_probe *mp, const char *s)
{
	struct buf *out = &mp->filter;
	size_t len;

	while (*s) {
		if (*s == '"') {
			len = strcspn(s + 1, "\"") + 2;
			buf__addn(out, s, len);
		} else if (str__has_prefix(s, "r->")) {
			len = filter__field(s, out);
		} else {
			len = filter__context(s, out);
			mp->filter_ctx |= len;
			if (!len)
				buf__addn(out, s, len = 1);
		}
		s += len;
	}
}

/* What may be an error, where only errors are asked for. */
static int m4__returns(struct m4_module *m, struct m4_probe *mp,
		       const struct def_env *env)
{
	const char *type = "long";

	if (mp->p->is_return)
		type = auto__returns((struct def_probe *)mp->p, env);
	mp->returns = strcmp(type, "none") ? type : "long";
	if (strcmp(type, "none") || !m->opt.errors)
		return DEF_OK;
	fprintf(stderr,
		"kp_load: error: option --errors: what %s returns cannot be an error\n"
		"kp_load: hint: kp_load.sh --check --probe=%s shows its prototype\n",
		mp->p->symbol, mp->p->symbol);
	return DEF_USAGE;
}

/* A record has a bit for each, and what is added up lies on the stack. */
static int m4__fits(const struct m4_module *m, const struct def_probe *p)
{
	size_t i, bytes = 0;

	if (p->nargs > M4_ARGS_MAX) {
		fprintf(stderr,
			"kp_load: error: event %s: %zu arguments: at most %d can be followed\n"
			"kp_load: hint: leave some out, or plant it without following: the log takes %d\n",
			p->name, p->nargs, M4_ARGS_MAX, MAX_TRACE_ARGS);
		return DEF_USAGE;
	}
	for (i = 0; i < p->nargs; i++)
		bytes += arg__bytes(&p->args[i]) *
			 (p->args[i].count ? p->args[i].count : 1);
	if (m->opt.mode == M4_EVENTS || bytes <= M4_SUM_MAX)
		return DEF_OK;
	fprintf(stderr,
		"kp_load: error: options --count, --hist: %zu bytes of arguments: at most %d can be looked at\n"
		"kp_load: hint: leave out what is not added up or filtered by\n",
		bytes, M4_SUM_MAX);
	return DEF_USAGE;
}

static void m4__add_saved(struct m4_probe *mp)
{
	unsigned int i;

	if (mp->p->saved)
		buf__addf(
			&mp->fields,
			"TPL_LINE(<|unsigned long saved[KP_SAVED_MAX]; /* arguments, at the entry */|>)");
	for (i = 0; i < DEF_SAVED_MAX; i++)
		if (mp->p->saved >> i & 1)
			buf__addf(
				&mp->entry,
				"TPL_LINE(<|r->saved[%u] = kp_arg(regs, %u);|>)",
				i, i);
}

/* Registers that ftrace saves at each entry: those of arguments. */
static bool m4__is_beyond(const char *entry)
{
	static const char word[] = "kp_reg(regs, ";
	const char *r = entry;

	if (strstr(entry, "kp_stack"))
		return true;
	while ((r = strstr(r, word))) {
		r += strlen(word);
		if (!strchr("dscr", *r) || str__has_prefix(r, "sp") ||
		    str__has_prefix(r, "ss") || str__has_prefix(r, "cs") ||
		    str__has_prefix(r, "r1"))
			return true;
	}
	return false;
}

bool m4__is_by_stack(const struct m4_module *m)
{
	return m->opt.mode == M4_KEYS && strcmp(m->opt.by, "stack") == 0;
}

/* Has what adds up a hit anything to keep meanwhile? */
bool m4__has_vars(const struct m4_module *m, const struct m4_probe *mp)
{
	bool kept = mp->timed || mp->p->filter;

	kept |= mp->p->is_return ? mp->back.len > 0 : mp->p->nargs > 0;
	return kept || mp->filter_ctx || m4__is_by_stack(m);
}

static void m4__add_follow(struct m4_module *m, struct m4_probe *mp)
{
	const char *entry = mp->entry.data ? mp->entry.data : "";

	/* What only counts calls nothing, and so cannot run into itself. */
	if (m->opt.mode != M4_COUNT || m4__has_vars(m, mp))
		m->guard = true;
	if (m->opt.showstack || m4__is_by_stack(m) || m4__is_beyond(entry))
		m->all_regs = true;
	/* %ip at a kprobe is not what it is in ftrace. */
	mp->needs_kprobe = !mp->p->is_return &&
			   strstr(entry, "kp_reg(regs, ip)");
	m->context |= m->opt.mode == M4_EVENTS || mp->filter_ctx;
}

static struct m4_probe *m4__new(struct m4_module *m, const struct def_probe *p)
{
	struct m4_probe *probes;

	probes = realloc(m->probes, (m->n + 1) * sizeof(*probes));
	if (!probes)
		return NULL;
	m->probes = probes;
	probes += m->n++;
	memset(probes, 0, sizeof(*probes));
	probes->p = p;
	return probes;
}

static int m4__refuse(const char *why)
{
	fprintf(stderr,
		"kp_load: internal error: kp_def: %s is not printable\n", why);
	return DEF_INTERNAL;
}

int m4__add(struct m4_module *m, const struct def_probe *p,
	    const struct def_env *env)
{
	const char *why = check__probe(p, env);
	struct m4_probe *mp;
	int ret;
	size_t i;

	if (why)
		return m4__refuse(why);
	mp = m4__new(m, p);
	if (!mp)
		return m4__refuse("memory for a fact");
	m4__add_saved(mp);
	for (i = 0; i < p->nargs; i++)
		m4__add_arg(m, mp, i);
	if (p->filter)
		m4__filter(mp, p->filter);
	ret = m4__returns(m, mp, env);
	if (ret || !m->opt.follow)
		return ret;
	ret = m4__fits(m, p);
	if (!ret && m->opt.mode != M4_EVENTS)
		ret = m4__add_sum(m, mp);
	m4__add_follow(m, mp);
	return ret;
}

void m4__free(struct m4_module *m)
{
	struct m4_probe *mp;
	size_t i;

	for (i = 0; i < m->n; i++) {
		mp = &m->probes[i];
		buf__free(&mp->fields);
		buf__free(&mp->entry);
		buf__free(&mp->back);
		buf__free(&mp->shows);
		buf__free(&mp->enums);
		buf__free(&mp->descs);
		buf__free(&mp->facts);
		buf__free(&mp->filter);
		buf__free(&mp->sum);
		buf__free(&mp->sum_facts);
	}
	for (i = 0; i < m->nsyms; i++)
		free(m->syms[i]);
	free(m->syms);
	free(m->probes);
	memset(m, 0, sizeof(*m));
}
