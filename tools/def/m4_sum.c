// SPDX-License-Identifier: GPL-2.0-only
/* m4_sum.c - facts of what is added up in the kernel */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "m4.h"

#define TASK_COMM_LEN 16

int m4__parse_sum(struct m4_options *opt, const char *text)
{
	static const char *const keys[] = { "comm", "ret", "stack", NULL };

	if (strcmp(text, "count") == 0) {
		opt->mode = M4_COUNT;
		return 0;
	}
	if (str__has_prefix(text, "hist:") && text[strlen("hist:")]) {
		opt->mode = M4_HIST;
		opt->by = text + strlen("hist:");
		return 0;
	}
	if (!str__has_prefix(text, "keys:") ||
	    !str__in(text + strlen("keys:"), keys))
		return -EINVAL;
	opt->mode = M4_KEYS;
	opt->by = text + strlen("keys:");
	return 0;
}

static unsigned int key__len(const char *by)
{
	if (strcmp(by, "comm") == 0)
		return TASK_COMM_LEN;
	return strcmp(by, "stack") ? 8 : 8 * M4_STACK_DEPTH;
}

/* Each probe has a table of its own: of one histogram, a page is enough. */
void m4__area(const struct m4_module *m, struct buf *out)
{
	const char *each = m->n > 1 ? "KP_PROBES * " : "";

	if (m->opt.mode == M4_EVENTS)
		buf__addf(out, "kp_ring_size()");
	else if (m->opt.mode == M4_KEYS)
		buf__addf(out, "%sKP_SLOTS * %u", each,
			  8 + key__len(m->opt.by));
	else if (m->opt.mode == M4_HIST && *each)
		buf__addf(out, "%sKP_HIST_LEN * sizeof(u64)", each);
	else
		buf__addf(out, "PAGE_SIZE");
}

static int sum__no_number(const struct m4_module *m, const struct def_probe *p)
{
	const char *by = m->opt.by;
	size_t i;

	fprintf(stderr,
		"kp_load: error: option --%s=%s: no number of that name is among the arguments:",
		m->opt.mode == M4_HIST ? "hist" : "count", by);
	for (i = 0; i < p->nargs; i++)
		fprintf(stderr, " %s", p->args[i].name);
	fprintf(stderr, "%s\n", p->nargs ? "" : " there are none");
	if (strcmp(by, "ret") == 0)
		fprintf(stderr,
			"kp_load: hint: a function that returns nothing has none; in a definition it is ret=$retval\n");
	else
		fprintf(stderr,
			"kp_load: hint: add --arg=%s, or --arg=%s=FETCHARG where there is no BTF\n",
			by, by);
	return DEF_USAGE;
}

static int sum__find(const struct m4_module *m, const struct def_probe *p,
		     size_t *n)
{
	for (*n = 0; *n < p->nargs; ++*n)
		if (strcmp(p->args[*n].name, m->opt.by) == 0 &&
		    m4__is_number(&p->args[*n]))
			return DEF_OK;
	return sum__no_number(m, p);
}

static int sum__hist(struct m4_module *m, struct m4_probe *mp)
{
	const char *by = m->opt.by;
	size_t n;

	if (strcmp(by, "duration") == 0) {
		mp->timed = true;
		buf__addf(
			&mp->sum,
			"TPL_LINE(<|kp_hist_add(cpu, TPL_NUMBER, kp_clock_ns(r->duration));|>)");
		buf__addf(
			&mp->sum_facts,
			"TPL_LINE(<|kp_fact(text, \"hist\\t<||>TPL_NUMBER\\tduration\\n\");|>)");
		return DEF_OK;
	}
	if (sum__find(m, mp->p, &n))
		return DEF_USAGE;
	mp->hist_arg = true;
	buf__addf(&mp->sum,
		  "TPL_LINE(<|kp_hist_add(cpu, TPL_NUMBER, r->a_%s);|>)", by);
	buf__addf(
		&mp->sum_facts,
		"TPL_LINE(<|kp_fact_fields(text, TPL_NUMBER, kp_fields_P, ARRAY_SIZE(kp_fields_P));|>)"
		"TPL_LINE(<|kp_fact(text, \"hist\\t<||>TPL_NUMBER\\t%zu\\n\");|>)",
		n);
	return DEF_OK;
}

static int sum__keys(struct m4_module *m, struct m4_probe *mp)
{
	const char *by = m->opt.by;
	size_t n;

	if (strcmp(by, "comm") == 0) {
		buf__addf(
			&mp->sum,
			"TPL_LINE(<|kp_keys_add(cpu, TPL_NUMBER, current->comm, TASK_COMM_LEN);|>)");
	} else if (strcmp(by, "stack") == 0) {
		buf__addf(
			&mp->sum,
			"TPL_LINE(<|kp_stack_save(stack, hit->regs);|>)"
			"TPL_LINE(<|kp_keys_add(cpu, TPL_NUMBER, stack, sizeof(stack));|>)");
	} else {
		if (sum__find(m, mp->p, &n))
			return DEF_USAGE;
		buf__addf(
			&mp->sum,
			"TPL_LINE(<|kp_keys_add_value(cpu, TPL_NUMBER, r->a_%s);|>)",
			by);
	}
	buf__addf(
		&mp->sum_facts,
		"TPL_LINE(<|kp_fact(text, \"keys\\t%s\\t%u\\t%%u\\n\", KP_SLOTS);|>)",
		by, key__len(by));
	return DEF_OK;
}

int m4__add_sum(struct m4_module *m, struct m4_probe *mp)
{
	int ret = DEF_OK;

	if (m->opt.mode == M4_COUNT)
		buf__addf(&mp->sum,
			  "TPL_LINE(<|KP_COUNT(cpu, TPL_NUMBER, shown);|>)");
	else if (m->opt.mode == M4_HIST)
		ret = sum__hist(m, mp);
	else
		ret = sum__keys(m, mp);
	if (ret || !(buf__has(&mp->entry, "TPL_STRING") ||
		     buf__has(&mp->back, "TPL_STRING")))
		return ret;
	fprintf(stderr,
		"kp_load: error: options --count, --hist: they cannot look at strings\n"
		"kp_load: hint: leave out --args and what is a string, or filter by --comm\n");
	return DEF_USAGE;
}
