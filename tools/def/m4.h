/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * m4.h - compiled definitions as the facts of m4
 *
 * A fact is the definition of a macro, TPL_NAME, whose text is C in the calls of
 * templates/tpl.m4. Each probe has a file of them, probe.N.m4, for the template
 * of its own C (a part); what they have in common is in frame.m4, for the one
 * around them. What the shell wants to know is in "summary": see m4_write.c.
 */
#ifndef DEF_M4_H
#define DEF_M4_H

#include "probe.h"
#include "sha256.h"

/* Ours, as in helper_ring.c.in: a record has a bit for each argument. */
#define M4_ARGS_MAX 64
#define M4_STACK_DEPTH 16
/* What is added up lies on the kernel's stack: bytes of its arguments. */
#define M4_SUM_MAX 1024

/* What becomes of the hits of a probe that is followed. */
enum m4_mode {
	M4_EVENTS,
	M4_COUNT,
	M4_HIST,
	M4_KEYS,
};

struct m4_options {
	bool follow;
	bool showstack;
	bool errors;
	enum m4_mode mode;
	const char *by; /* what the histogram or the keys are of */
};

/* The facts of one probe. */
struct m4_probe {
	const struct def_probe *p;
	struct buf fields, entry, back, shows, enums, descs, facts;
	struct buf filter, sum, sum_facts;
	const char *returns;
	bool has_data; /* text, or what could not be read */
	bool filter_ctx;
	bool hist_arg;
	bool timed;
	bool needs_kprobe;
};

struct m4_module {
	struct m4_options opt;
	struct m4_probe *probes;
	size_t n;
	char **syms; /* symbols whose addresses it is given, in order */
	size_t nsyms;
	bool structs; /* shows what kp_struct.h reads */
	bool guard; /* what handles a hit by ftrace may be what it hits */
	bool context; /* it needs the context of the probed code, too */
	bool all_regs; /* beyond those that ftrace always saves */
	bool failed; /* for want of memory */
};

/* "count", "hist:FIELD", "keys:comm", "keys:ret", "keys:stack": 0 or -EINVAL */
int m4__parse_sum(struct m4_options *opt, const char *text);

/* Adds a probe, which is to stay until the end. Result: an exit status, told. */
int m4__add(struct m4_module *m, const struct def_probe *p,
	    const struct def_env *env);
/* Writes the files; what the key depends on besides them is in sum already. */
int m4__write(const struct m4_module *m, const char *dir, struct sha256 *sum);
void m4__free(struct m4_module *m);

/* Of m4.c, m4_arg.c and m4_sum.c. */

/* The place of a symbol in the module's parameter. */
size_t m4__sym(struct m4_module *m, const char *name, size_t len);
bool buf__has(const struct buf *b, const char *text);
bool m4__is_by_stack(const struct m4_module *m);
bool m4__has_vars(const struct m4_module *m, const struct m4_probe *mp);
void m4__add_arg(struct m4_module *m, struct m4_probe *mp, size_t n);
/* Is it in the field itself, and alone? */
bool m4__is_number(const struct def_arg *arg);
/* DEF_OK or DEF_USAGE, told. */
int m4__add_sum(struct m4_module *m, struct m4_probe *mp);
/* The expression for the bytes that a CPU's area has. */
void m4__area(const struct m4_module *m, struct buf *out);

#endif
