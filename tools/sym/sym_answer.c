// SPDX-License-Identifier: GPL-2.0-only
/* sym_answer.c - see sym_answer.h */
#include <stdlib.h>
#include <string.h>

#include "kallsyms.h"
#include "sym_answer.h"
#include "sym_glob.h"
#include "sym_near.h"

/* Lines shown of a name that several have. */
#define LIST_MAX 30
/* kprobe.offset is an unsigned int. */
#define OFFSET_MAX 0xffffffffull

const char *const state_names[STATES] = {
	[STATE_OK] = "ok",
	[STATE_ABSENT] = "absent",
	[STATE_PADDING] = "padding",
	[STATE_INDEX] = "index",
	[STATE_SEVERAL] = "several",
	[STATE_PAST] = "past",
	[STATE_HIDDEN] = "hidden",
	[STATE_FAR] = "far",
	[STATE_FORBIDDEN] = "forbidden",
	[STATE_DENIED] = "denied",
	[STATE_CPU] = "cpu",
};

/* One answer in the making. */
struct asking {
	struct answer *a;
	const struct rules *rules;
	struct sym_table *t;
	struct sym_found found;
	unsigned int n;
	struct text *details;
};

static void detail(struct asking *q, const char *class)
{
	text__add(q->details, "%u,%s", q->n, class);
	q->a->is_told = true;
}

static void detail_name(struct asking *q, const char *class, const char *name)
{
	detail(q, class);
	text__add(q->details, ",");
	text__add_name(q->details, name);
	text__add(q->details, "|");
}

static void answer__parse(struct answer *a)
{
	const char *p = a->word, *colon = strchr(p, ':');
	char *c;
	size_t len;

	a->module = mem__copy(p, colon ? colon - p : 0);
	for (c = a->module; *c; c++)
		*c = *c == '-' ? '_' : *c;
	p = colon ? colon + 1 : p;
	len = strcspn(p, "#+");
	a->func = mem__copy(p, len);
	p += len;
	if (*p == '#')
		a->index = strtoul(p + 1, (char **)&p, 10);
	if (*p == '+')
		a->offset = strtoull(p + 1, NULL, 0);
	a->in = "";
}

/* Fills before with the function that the next symbol belongs to. */
static const char *before(struct asking *q, const struct sym_ref *r)
{
	struct sym_ref next;
	const char *name;

	if (!ref__next(q->t, r, &next))
		return "";
	name = ref__name(&next);
	return kallsyms__is_padding(name) ? name + 6 : name;
}

static void asking__tell_several(struct asking *q)
{
	const struct sym_refs *all = &q->found.asked;
	unsigned int digits = q->t->image[SYM_KERNEL].h->digits;
	uint32_t i;

	for (i = 0; i < all->n && i < LIST_MAX; i++) {
		detail(q, "text,");
		if (!q->t->is_hidden)
			text__add(q->details, "%0*llx", digits,
				  (unsigned long long)ref__addr(&all->list[i]));
		text__add(q->details, ",");
		text__add_name(q->details, ref__module(&all->list[i]));
		text__add(q->details, ",");
		text__add_name(q->details, before(q, &all->list[i]));
		text__add(q->details, "|");
	}
}

static void asking__tell_variants(struct asking *q)
{
	uint32_t i;

	for (i = 0; i < q->found.variants.n; i++)
		detail_name(q, "variant",
			    ref__name(&q->found.variants.list[i]));
}

static void asking__tell_near(struct asking *q)
{
	struct near near;
	int i;

	near__find(q->t, q->a->func, &near);
	for (i = 0; i < near.n_related; i++)
		detail_name(q, "related", near.related[i]);
	for (i = 0; i < near.n_nearest; i++)
		detail_name(q, "near", near.nearest[i]);
	near__free(&near);
}

static void asking__tell_absent(struct asking *q)
{
	const struct sym_found *f = &q->found;
	char type[2] = { f->data, '\0' };
	uint32_t i;

	for (i = 0; i < f->text.n; i++)
		detail_name(q, "elsewhere", ref__place(&f->text.list[i]));
	if (*q->a->module && find__has_module(q->t, q->a->module))
		detail_name(q, "seen", q->a->module);
	if (f->is_init)
		detail_name(q, "init", "");
	if (f->data)
		detail_name(q, "data", type);
	if (f->pseudo)
		detail_name(q, "pseudo", f->pseudo);
	asking__tell_variants(q);
	if (!f->text.n && !f->is_init && !f->data && !f->pseudo &&
	    !f->variants.n)
		asking__tell_near(q);
}

/* By MOD:FUNC or FUNC the kernel takes the first symbol of the name in there, of
 * whatever type, and never complains; the distance from _stext is exact, and
 * KASLR leaves it as it is.
 */
static enum state asking__plant(struct asking *q, const struct sym_ref *r)
{
	struct answer *a = q->a;
	uint64_t distance = 0, stext;

	if (find__count_same(&q->found, r) <= 1) {
		text__add(&a->plant, "%s%s%s", a->in, *a->in ? ":" : "",
			  a->func);
	} else if (q->t->is_hidden) {
		return STATE_HIDDEN;
	} else {
		if (!table__mark(q->t, SYM_STEXT, &stext) || stext > a->addr ||
		    a->addr - stext > OFFSET_MAX)
			return STATE_FAR;
		distance = a->addr - stext;
		text__add(&a->plant, "_stext");
	}
	if (distance + a->offset)
		text__add(&a->plant, "+0x%llx",
			  (unsigned long long)(distance + a->offset));
	return STATE_OK;
}

static enum state asking__take(struct asking *q, const struct sym_ref *r)
{
	struct answer *a = q->a;
	struct sym_ref next;

	a->in = ref__module(r);
	a->type = ref__type(r);
	a->has_addr = !q->t->is_hidden;
	a->addr = a->has_addr ? ref__addr(r) : 0;
	a->has_size = ref__next(q->t, r, &next);
	if (a->has_size)
		a->size = ref__addr(&next) - a->addr;
	ref__add_aliases(q->t, r, &a->aliases);
	if (a->has_size && a->offset && a->offset >= a->size)
		return STATE_PAST;
	return asking__plant(q, r);
}

static enum state asking__resolve(struct asking *q)
{
	struct answer *a = q->a;

	a->count = q->found.asked.n;
	if (!a->count)
		return STATE_ABSENT;
	if (kallsyms__is_padding(a->func))
		return STATE_PADDING;
	if (a->index > a->count)
		return STATE_INDEX;
	if (!a->index && a->count > 1)
		return STATE_SEVERAL;
	a->index = a->index ? a->index : 1;
	return asking__take(q, &q->found.asked.list[a->index - 1]);
}

static void asking__find(struct asking *q)
{
	struct answer *a = q->a;

	find__name(q->t, a->func, a->module, &q->found);
	a->state = asking__resolve(q);
	if (a->state == STATE_ABSENT)
		asking__tell_absent(q);
	else if (a->state == STATE_SEVERAL)
		asking__tell_several(q);
	else if (a->state == STATE_OK && !a->is_of_glob)
		asking__tell_variants(q);
	if (a->state != STATE_OK || a->aliases.len ||
	    strstr(a->func, ".isra") || strstr(a->func, ".constprop"))
		a->is_told = true;
	find__free(&q->found);
}

/* Another kernel's: as the words have it. */
static void asking__believe(struct asking *q)
{
	struct answer *a = q->a;

	if (strcmp(a->module, "vmlinux") != 0)
		a->in = a->module;
	a->type = 't';
	a->count = a->index = 1;
	text__add(&a->plant, "%s%s%s", a->in, *a->in ? ":" : "", a->func);
	if (a->offset)
		text__add(&a->plant, "+0x%llx", (unsigned long long)a->offset);
}

/* N,list,USE,SEVERITY,PATTERN,USES,COUNT_IS_FREE,REASON; USES parted by + */
static void asking__tell_denied(struct asking *q, const struct deny *d, int use,
				const struct sym_function *f)
{
	const struct deny *of_count = NULL;
	const char *severity = "warn", *p;
	bool is_free;

	if (deny__is_refusal(d))
		severity = q->rules->is_forced ? "forced" : "refuse";
	detail(q, "list,");
	text__add(q->details, "%s,%s,", sym_use_names[use], severity);
	deny__add_pattern(d, q->details);
	text__add(q->details, ",");
	for (p = deny__uses(d); *p; p++)
		text__add(q->details, "%c", *p == ',' ? '+' : *p);
	if (use)
		of_count = deny_list__find(q->rules->denied, f, SYM_USE_COUNT);
	is_free = use && !(of_count && deny__is_refusal(of_count));
	text__add(q->details, ",%d,", is_free);
	for (p = deny__reason(d); *p; p++)
		text__add(q->details, "%c", strchr("|;", *p) ? ',' : *p);
	text__add(q->details, "|");
}

static void asking__check_denied(struct asking *q, const struct sym_function *f)
{
	const struct deny *d;
	int use;

	for (use = 0; use < SYM_USES && q->a->state == STATE_OK; use++) {
		if (!(q->a->uses & 1u << use))
			continue;
		d = deny_list__find(q->rules->denied, f, 1u << use);
		if (!d)
			continue;
		if (deny__is_refusal(d) && !q->rules->is_forced)
			q->a->state = STATE_DENIED;
		asking__tell_denied(q, d, use, f);
	}
}

static void asking__check(struct asking *q)
{
	struct answer *a = q->a;
	struct sym_function f = {
		.symbol = a->func,
		.module = a->in,
		.aliases = a->aliases.s ? a->aliases.s : "",
		.has_addr = a->has_addr,
		.addr = a->addr + a->offset,
		.count = a->count,
	};
	const char *entry;

	if (q->rules->is_forbidden_asked) {
		/* Once is enough. */
		if (!forbidden__is_known(q->t) &&
		    !(q->details->s && strstr(q->details->s, ",nolist,")))
			detail_name(q, "nolist", "");
		entry = forbidden__find(q->t, &f);
		if (entry) {
			a->state = STATE_FORBIDDEN;
			detail_name(q, "forbidden", entry);
			return;
		}
	}
	if (q->rules->denied)
		asking__check_denied(q, &f);
}

/* @SYMBOL: the one address of code or data of that name. */
static void asking__find_address(struct asking *q)
{
	struct answer *a = q->a;
	const struct sym_refs *all;
	uint32_t i, k;

	a->func = mem__copy(a->word + 1, strlen(a->word + 1));
	a->module = mem__copy("", 0);
	a->in = "";
	find__name(q->t, a->func, "", &q->found);
	all = &q->found.same;
	for (i = 0; i < all->n; i++) {
		for (k = 0; k < i; k++)
			if (ref__addr(&all->list[k]) ==
				    ref__addr(&all->list[i]) &&
			    ref__type(&all->list[k]) ==
				    ref__type(&all->list[i]))
				break;
		a->count += k == i;
	}
	if (!all->n) {
		a->state = STATE_ABSENT;
	} else if (q->t->is_hidden) {
		a->state = STATE_HIDDEN;
	} else if (a->count > 1) {
		a->state = STATE_SEVERAL;
	} else {
		a->addr = ref__addr(&all->list[0]);
		a->has_addr = true;
		a->type = ref__type(&all->list[0]);
		if (a->type == 'a' || a->type == 'A')
			a->state = STATE_CPU;
	}
	a->is_told = a->state != STATE_OK;
	find__free(&q->found);
}

void answer__find(struct answer *a, const struct rules *rules, unsigned int n,
		  struct text *details)
{
	struct asking q = {
		.a = a,
		.rules = rules,
		.t = rules->table,
		.n = n,
		.details = details,
	};

	if (a->word[0] == '@') {
		asking__find_address(&q);
		return;
	}
	answer__parse(a);
	if (rules->is_unseen)
		asking__believe(&q);
	else
		asking__find(&q);
	if (a->state == STATE_OK)
		asking__check(&q);
}

void answer__free(struct answer *a)
{
	free(a->func);
	free(a->module);
	text__free(&a->aliases);
	text__free(&a->plant);
}
