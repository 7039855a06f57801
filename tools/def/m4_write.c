// SPDX-License-Identifier: GPL-2.0-only
/*
 * m4_write.c - the files of a module's facts, into a directory
 *
 *	probe.0.m4 ...	of each probe, for its part
 *	frame.m4	of all of them
 *	summary		what the shell reads, a line for each, words by a blank:
 *
 *	  log, ring or sum: where its hits go
 *	  sha256 of all facts, and of what was given by --with and --state
 *	  p or r of each probe
 *	  its event's name
 *	  the module that it names, or -
 *	  its function
 *	  its offset
 *	  1 where only a kprobe can do it, or 0
 *	  the symbols whose addresses the module is given
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "m4.h"

#define MAXACTIVE 256 /* of a return probe that does not say */

static void m4__define(struct buf *out, const char *name,
		       const struct buf *text)
{
	buf__addf(out, "m4_define(<|TPL_%s|>, <|%s|>)m4_dnl\n", name,
		  text->data ? text->data : "");
}

static void m4__define_word(struct buf *out, const char *name, const char *word)
{
	buf__addf(out, "m4_define(<|TPL_%s|>, <|%s|>)m4_dnl\n", name, word);
}

static void m4__define_number(struct buf *out, const char *name, size_t number)
{
	buf__addf(out, "m4_define(<|TPL_%s|>, <|%zu|>)m4_dnl\n", name, number);
}

/* What a record has room for beside its fields. */
static const char *probe__room(const struct m4_probe *mp)
{
	if (buf__has(&mp->entry, "TPL_STRING") ||
	    buf__has(&mp->back, "TPL_STRING"))
		return mp->p->is_return ? "KP_RETURN_DATA_LEN" : "KP_DATA_LEN";
	return mp->has_data ? "KP_DATA_TAIL" : "0";
}

/* What the template has for it, or leaves out. */
static void probe__flags(const struct m4_module *m, const struct m4_probe *mp,
			 struct buf *out)
{
	bool entry = mp->entry.len || mp->has_data, back = mp->back.len;
	bool filter = mp->p->filter, args = mp->p->nargs;
	bool record = mp->timed || filter || args;
	const struct {
		const char *name;
		bool value;
	} flags[] = {
		{ "HASARGS", args },
		{ "HASDATA", mp->has_data },
		{ "HASFILTER", filter },
		{ "FILTERCTX", mp->filter_ctx },
		{ "HASENTRY", entry },
		{ "HASRETURN", back },
		{ "HASRECORD", record },
		{ "PLAINDATA", record && !mp->has_data },
		{ "ATENTRY", mp->timed || entry },
		{ "ATRETURN", mp->timed || filter || back },
		{ "SUMVARS", m4__has_vars(m, mp) },
		{ "VARIES", mp->has_data || m->opt.showstack },
		{ "HISTARG", mp->hist_arg },
		{ "TIMED", mp->timed },
	};
	size_t i;

	for (i = 0; i < sizeof(flags) / sizeof(flags[0]); i++)
		m4__define_number(out, flags[i].name, flags[i].value);
}

static void probe__text(const struct m4_module *m, const struct m4_probe *mp,
			struct buf *out)
{
	unsigned int maxactive = mp->p->maxactive;

	m4__define(out, "FIELDS", &mp->fields);
	m4__define(out, "CAPTURES_ENTRY", &mp->entry);
	m4__define(out, "CAPTURES_RETURN", &mp->back);
	m4__define(out, "SHOWS", &mp->shows);
	m4__define(out, "ENUMS", &mp->enums);
	m4__define(out, "DESCS", &mp->descs);
	m4__define(out, "FACTS", &mp->facts);
	if (mp->p->filter)
		m4__define(out, "FILTER", &mp->filter);
	else
		m4__define_word(out, "FILTER", "true");
	m4__define(out, "SUM", &mp->sum);
	m4__define(out, "SUMFACTS", &mp->sum_facts);
	m4__define_word(out, "ROOM", probe__room(mp));
	m4__define_word(out, "RETURNS", mp->returns);
	m4__define_number(out, "MAXACTIVE", maxactive ? maxactive : MAXACTIVE);
	probe__flags(m, mp, out);
}

/* The names of symbols are in the C, their addresses are not: KASLR moves them. */
static void frame__syms(const struct m4_module *m, struct buf *out)
{
	struct buf names = { 0 }, text = { 0 };
	size_t i;

	for (i = 0; i < m->nsyms; i++) {
		buf__addf(&names, "%s%s", i ? " " : "", m->syms[i]);
		buf__addf(&text, "%s%s", i ? ", " : "", m->syms[i]);
	}
	m4__define_number(out, "HASSYMS", m->nsyms > 0);
	m4__define(out, "SYMNAMES", &names);
	if (m->nsyms)
		buf__addf(
			out,
			"m4_define(<|TPL_SYMS|>, <|TPL_TOP(<|static unsigned long syms[%zu];|>)"
			"TPL_TOP(<|module_param_array(syms, ulong, NULL, 0400);|>)"
			"TPL_TOP(<|MODULE_PARM_DESC(syms, \"addresses of: %s\");|>)"
			"TPL_TOP(<||>)|>)m4_dnl\n",
			m->nsyms, text.data ? text.data : "");
	else
		m4__define_word(out, "SYMS", "");
	buf__free(&names);
	buf__free(&text);
}

/* A hit by ftrace, of several probes: of which one it is. */
static void frame__hits(const struct m4_module *m, struct buf *out)
{
	struct buf hits = { 0 };
	size_t i;

	for (i = 0; i < m->n; i++)
		if (!m->probes[i].p->is_return)
			buf__addf(
				&hits,
				"TPL_LINE(<|if (hit->ip == kp_target%zu.where)|>)"
				"TPL_LINE(<|\tworked |= kp_entry%zu(cpu, hit);|>)",
				i, i);
	m4__define(out, "HITS", &hits);
	buf__free(&hits);
}

static void frame__text(const struct m4_module *m, struct buf *out)
{
	static const char *const modes[] = { "events", "count", "hist",
					     "keys" };
	struct buf area = { 0 };
	bool back = false;
	size_t i;

	for (i = 0; i < m->n; i++)
		back |= m->probes[i].p->is_return;
	m4__area(m, &area);
	m4__define(out, "AREA", &area);
	buf__free(&area);
	m4__define_number(out, "DEFINED", 1);
	m4__define_number(out, "RETURN", back);
	m4__define_number(out, "STRUCTS", m->structs);
	m4__define_number(out, "SUMS", m->opt.mode != M4_EVENTS);
	m4__define_number(out, "SUMSTACK", m4__is_by_stack(m));
	m4__define_number(out, "STACK", m->opt.showstack || m4__is_by_stack(m));
	m4__define_word(out, "MODE", modes[m->opt.mode]);
	m4__define_word(out, "FTRACEFLAGS",
			m->all_regs ? "KP_FTRACE_FLAGS_ALL" :
				      "KP_FTRACE_FLAGS");
	m4__define_number(out, "CONTEXT", m->context);
	m4__define_number(out, "GUARD", m->guard);
	frame__syms(m, out);
	frame__hits(m, out);
}

enum column {
	KIND,
	EVENT,
	MODULE,
	FUNCTION,
	OFFSET,
	KPROBE,
	COLUMNS,
};

static void summary__word(const struct m4_probe *mp, enum column column,
			  struct buf *out)
{
	const struct def_probe *p = mp->p;

	if (column == OFFSET)
		buf__addf(out, "%u ", p->offset);
	else
		buf__addf(out, "%s ",
			  column == KIND     ? p->is_return ? "r" : "p" :
			  column == EVENT    ? p->name :
			  column == MODULE   ? p->module ? p->module : "-" :
			  column == FUNCTION ? p->symbol :
			  mp->needs_kprobe   ? "1" :
					       "0");
}

static void summary__text(const struct m4_module *m, const char *key,
			  struct buf *out)
{
	static const char *const sinks[] = { "log", "ring", "sum" };
	bool is_sum = m->opt.mode != M4_EVENTS;
	enum column column;
	size_t i;

	buf__addf(out, "%s\n%s\n", sinks[is_sum ? 2 : m->opt.follow], key);
	for (column = KIND; column < COLUMNS; column++) {
		for (i = 0; i < m->n; i++)
			summary__word(&m->probes[i], column, out);
		buf__addf(out, "\n");
	}
	for (i = 0; i < m->nsyms; i++)
		buf__addf(out, "%s ", m->syms[i]);
	buf__addf(out, "\n");
}

static int dir__failed(const char *dir, int err)
{
	fprintf(stderr,
		"kp_load: error: facts %s: %s\n"
		"kp_load: hint: is the disk full? see df %s\n",
		dir, strerror(err), dir);
	return DEF_BUILD;
}

/* Writes the text, adds it to the sum if there is one, and frees it. */
static int dir__add(const char *dir, const char *name, struct buf *text,
		    struct sha256 *sum)
{
	char path[4096];
	bool failed;
	FILE *f;

	if ((size_t)snprintf(path, sizeof(path), "%s/%s", dir, name) >=
	    sizeof(path))
		return dir__failed(dir, ENAMETOOLONG);
	if (text->failed)
		return dir__failed(dir, ENOMEM);
	f = fopen(path, "we");
	if (!f)
		return dir__failed(dir, errno);
	failed = fwrite(text->data, text->len, 1, f) != 1;
	failed |= fclose(f) != 0;
	if (failed)
		return dir__failed(dir, errno);
	if (sum) {
		sha256__add(sum, name, strlen(name) + 1);
		sha256__add(sum, text->data, text->len + 1);
	}
	buf__free(text);
	return DEF_OK;
}

int m4__write(const struct m4_module *m, const char *dir, struct sha256 *sum)
{
	struct buf text = { 0 };
	char name[40], key[SHA256_HEX];
	int ret = DEF_OK;
	size_t i;

	if (m->failed)
		return dir__failed(dir, ENOMEM);
	if (mkdir(dir, 0700) && errno != EEXIST)
		return dir__failed(dir, errno);
	for (i = 0; !ret && i < m->n; i++) {
		snprintf(name, sizeof(name), "probe.%zu.m4", i);
		probe__text(m, &m->probes[i], &text);
		ret = dir__add(dir, name, &text, sum);
	}
	if (!ret) {
		frame__text(m, &text);
		ret = dir__add(dir, "frame.m4", &text, sum);
	}
	if (!ret) {
		sha256__end(sum, key);
		summary__text(m, key, &text);
		ret = dir__add(dir, "summary", &text, NULL);
	}
	buf__free(&text);
	return ret;
}
