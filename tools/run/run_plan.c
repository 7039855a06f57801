// SPDX-License-Identifier: GPL-2.0-only
/* run_plan.c - see run_plan.h */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "run_kernel.h"
#include "run_log.h"
#include "run_plan.h"

#define NAME_ROOM 4 /* for _999 */

static const char plan__many[] = "too many of them";
static const char plan__no_probe[] = "no probe before it";

/* Each takes a line's text, and returns what is wrong with it, or NULL. */

static const char *plan__add(const char **list, size_t *n, size_t max,
			     const char *text)
{
	if (*n == max)
		return plan__many;
	list[(*n)++] = text;
	return NULL;
}

static const char *plan__take_param(struct plan *p, char *text)
{
	return plan__add(p->param, &p->nparams, PLAN_PARAMS_MAX, text);
}

static const char *plan__take_view(struct plan *p, char *text)
{
	return plan__add(p->view, &p->nview, PLAN_VIEW_MAX, text);
}

static const char *plan__take_note(struct plan *p, char *text)
{
	return plan__add(p->note, &p->nnotes, PLAN_NOTES_MAX, text);
}

/* mdio /lib/modules/6.1.0-56-amd64/kernel/drivers/net/mdio.ko */
static const char *plan__take_module(struct plan_module *m, char *text)
{
	char *blank = strchr(text, ' ');

	if (!blank || blank[1] != '/')
		return "not a name and a file's path";
	*blank = '\0';
	if (!kernel__is_name(text))
		return "not a module's name";
	m->name = text;
	m->file = blank + 1;
	return NULL;
}

static const char *plan__take_bring(struct plan *p, char *text)
{
	return p->nbring == PLAN_BRING_MAX ?
		       plan__many :
		       plan__take_module(&p->bring[p->nbring++], text);
}

static const char *plan__take_target(struct plan *p, char *text)
{
	return p->target.name ? plan__many :
				plan__take_module(&p->target, text);
}

static const char *plan__take_probe(struct plan *p, char *text)
{
	char *blank = strchr(text, ' ');

	if (!blank || !blank[1])
		return "not a kind and a function";
	if (p->nprobes == PLAN_PROBES_MAX)
		return plan__many;
	*blank = '\0';
	p->probe[p->nprobes].kind = text;
	p->probe[p->nprobes++].shown = blank + 1;
	return NULL;
}

/* Of the last probe. */
static const char *plan__take_name(struct plan *p, size_t offset, char *text)
{
	const char **place;

	if (!p->nprobes)
		return plan__no_probe;
	place = (const char **)((char *)&p->probe[p->nprobes - 1] + offset);
	if (*place)
		return "twice";
	*place = text;
	return NULL;
}

static const char *plan__take_funcname(struct plan *p, char *text)
{
	return plan__take_name(p, offsetof(struct plan_probe, funcname), text);
}

static const char *plan__take_event(struct plan *p, char *text)
{
	return plan__take_name(p, offsetof(struct plan_probe, event), text);
}

static const char *plan__take_listed(struct plan *p, char *text)
{
	return plan__take_name(p, offsetof(struct plan_probe, listed), text);
}

#define ONE(field) #field, offsetof(struct plan, field), NULL

static const struct plan_word {
	const char *word;
	size_t offset; /* of the one text that there is, or */
	const char *(*take)(struct plan *p, char *text);
} plan__words[] = {
	{ ONE(engine) },
	{ ONE(name) },
	{ ONE(shape) },
	{ ONE(fallback) },
	{ ONE(verify) },
	{ ONE(viewer) },
	{ ONE(pilot) },
	{ "probe", 0, plan__take_probe },
	{ "funcname", 0, plan__take_funcname },
	{ "event", 0, plan__take_event },
	{ "listed", 0, plan__take_listed },
	{ "param", 0, plan__take_param },
	{ "bring", 0, plan__take_bring },
	{ "target", 0, plan__take_target },
	{ "note", 0, plan__take_note },
	{ "view", 0, plan__take_view },
};

static const char *plan__take(struct plan *p, const char *word, char *text)
{
	const char **place;
	size_t i;

	for (i = 0; i < sizeof(plan__words) / sizeof(plan__words[0]); i++) {
		const struct plan_word *w = &plan__words[i];

		if (strcmp(w->word, word))
			continue;
		if (w->take)
			return w->take(p, text);
		place = (const char **)((char *)p + w->offset);
		if (*place)
			return "twice";
		*place = text;
		return NULL;
	}
	return "not a word of a plan";
}

static int plan__refuse(const char *path, size_t line, const char *word,
			const char *why)
{
	log__err("plan %s: line %zu, %.40s: %s", path, line, word, why);
	return EX_USAGE;
}

static int plan__parse(struct plan *p, const char *path)
{
	char *line = p->text, *end, *text;
	const char *why;
	size_t n;

	for (n = 1; *line; n++, line = end + 1) {
		end = strchr(line, '\n');
		if (!end)
			return plan__refuse(path, n, line, "it is cut off");
		*end = '\0';
		if (n == 1) {
			if (strcmp(line, PLAN_VERSION))
				break;
			continue;
		}
		text = strchr(line, ' ');
		if (!text || !text[1])
			return plan__refuse(path, n, line, "without a text");
		*text++ = '\0';
		why = plan__take(p, line, text);
		if (why)
			return plan__refuse(path, n, line, why);
	}
	if (n > 1)
		return 0;
	log__err("plan %s: not one of this version of kp_run (%s)", path,
		 PLAN_VERSION);
	return EX_USAGE;
}

/* What only all of it can tell. */
static const char *plan__check(const struct plan *p)
{
	size_t i;

	if (!p->engine || !p->name)
		return "without an engine and a name";
	if (!kernel__is_name(p->name) || strncmp(p->name, "kp_", 3) ||
	    strlen(p->name) > KERNEL_NAME_MAX - NAME_ROOM)
		return "its name is not one of ours";
	if (!p->nprobes)
		return "without a probe";
	for (i = 0; i < p->nprobes; i++)
		if (!p->probe[i].funcname || !p->probe[i].event)
			return "a probe without its funcname and event";
	if (p->pilot && p->pilot[strspn(p->pilot, "0123456789")])
		return "its pilot is no number of nanoseconds";
	if (!p->viewer && (p->pilot || p->nview))
		return "options of a viewer, and none";
	if (p->viewer && (*p->viewer != '/' || p->nnotes > 1))
		return "a viewer without its path, or with many notes";
	return NULL;
}

static char *plan__load(int fd, const struct stat *st)
{
	size_t size = (size_t)st->st_size;
	char *text = NULL;

	if (st->st_size <= PLAN_BYTES_MAX)
		text = malloc(size + 1);
	if (text && read(fd, text, size) == (ssize_t)size &&
	    !memchr(text, '\0', size)) {
		text[size] = '\0';
		return text;
	}
	free(text);
	return NULL;
}

int plan__read(struct plan *p, struct trust *t, const char *path)
{
	const char *why;
	struct stat st;
	int fd, ret;

	memset(p, 0, sizeof(*p));
	fd = trust__open(t, path, &st);
	if (fd < 0) {
		log__err("plan %s: %s", path, t->why);
		return EX_MACHINE;
	}
	p->text = plan__load(fd, &st);
	close(fd);
	if (!p->text) {
		log__err("plan %s: longer than %d bytes, or not a text", path,
			 PLAN_BYTES_MAX);
		return EX_USAGE;
	}
	ret = plan__parse(p, path);
	why = ret ? NULL : plan__check(p);
	if (why) {
		log__err("plan %s: %s", path, why);
		ret = EX_USAGE;
	}
	return ret;
}

void plan__free(struct plan *p)
{
	free(p->text);
}

char *plan__fill(const char *text, const char *name)
{
	size_t len = strlen(name), n = 0;
	const char *at = text;
	char *filled, *to;

	while ((at = strstr(at, "%n"))) {
		at += 2;
		n++;
	}
	filled = to = malloc(strlen(text) + n * len + 1);
	while (filled && (at = strstr(text, "%n"))) {
		to = mempcpy(to, text, (size_t)(at - text));
		to = mempcpy(to, name, len);
		text = at + 2;
	}
	if (filled)
		strcpy(to, text);
	return filled;
}

char *plan__shown(const struct plan *p)
{
	size_t len = 1, i;
	char *shown, *to;

	for (i = 0; i < p->nprobes; i++)
		len += strlen(p->probe[i].shown) + 1;
	shown = to = malloc(len);
	if (!shown)
		return NULL;
	*to = '\0';
	for (i = 0; i < p->nprobes; i++) {
		if (i)
			*to++ = ',';
		to = stpcpy(to, p->probe[i].shown);
	}
	return shown;
}
