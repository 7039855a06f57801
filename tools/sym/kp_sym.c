// SPDX-License-Identifier: GPL-2.0-only
/*
 * kp_sym.c - which functions are meant, and whether they may be probed: all
 * probes of a run in one call. lib/symbols.sh, which asks, tells what the
 * answers mean.
 *
 *	kp_sym [--OPTION=VALUE]... WORD...
 *
 * A word is [MOD:]FUNC[#N][+OFFSET], [MOD:]GLOB, or @SYMBOL for an address.
 * --use=count,print,return says what the probes of the words after it do.
 *
 *	--proc=DIR --sys=DIR	of the running kernel
 *	--cache=DIR		where the index of its symbols is kept
 *	--symbols=FILE		these instead: kallsyms, System.map, or nm's
 *	--unseen		none at all: the words are believed
 *	--forbidden=FILE	the kernel's blacklist
 *	--denied=FILE		ours; --force only warns of it
 *	--traced=FILE		what ftrace can trace: a pattern takes nothing else
 *	--max=N			more functions are too many
 *
 * Answers are fields that end with '|', in columns that end with ';':
 *
 *	N HIDDEN GLOBS		functions, 1 if addresses are, patterns
 *	WORD*N; STATE*N; ...	see enum column
 *	ASK TOTAL OVER BEFORE FORBIDDEN DENIED SHARED UNTRACED COPY ALIAS
 *				of each pattern: number of the word, functions,
 *				1 if too many, functions before; and left out
 *	N,CLASS,...		details, of function N; see sym_answer.c
 *	end
 *
 * Status 0: all is well, and nothing to tell of it. 3: there is. 4: our list,
 * 5: the symbols cannot be read, with the reason in place of answers.
 */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sym_answer.h"
#include "sym_glob.h"

enum { EXIT_USAGE = 2, EXIT_TOLD = 3, EXIT_DENIED = 4, EXIT_SYMBOLS = 5 };

/* A word of the command line. */
struct ask {
	const char *word;
	unsigned int uses;
};

struct pattern {
	unsigned int ask;
	uint32_t total;
	uint32_t before;
	bool is_over;
	uint32_t left[GLOB_WHYS];
};

struct run {
	struct sym_paths paths;
	const char *denied_path;
	const char *traced;
	unsigned long max;
	struct rules rules;
	struct sym_table table;
	struct ask *asks;
	unsigned int n_asks;
	struct answer *answers;
	unsigned int n;
	struct pattern *patterns;
	unsigned int n_patterns;
	bool is_stopped; /* by a pattern of nothing, or of too much */
	struct text details;
};

static bool is_pattern(const char *word)
{
	return word[0] != '@' && word[strcspn(word, "*?[")];
}

static void run__add(struct run *run, const struct answer *a)
{
	run->answers =
		mem__grow(run->answers, (run->n + 1) * sizeof(*run->answers));
	run->answers[run->n++] = *a;
}

/* What is asked for by its name, too, is one probe. */
static bool run__has(const struct run *run, const char *word)
{
	unsigned int i;

	for (i = 0; i < run->n_asks; i++)
		if (strcmp(run->asks[i].word, word) == 0)
			return true;
	for (i = 0; i < run->n; i++)
		if (run->answers[i].is_of_glob &&
		    strcmp(run->answers[i].word, word) == 0)
			return true;
	return false;
}

static void run__add_taken(struct run *run, const struct glob *g,
			   unsigned int ask)
{
	struct answer a = { .uses = g->uses, .ask = ask, .is_of_glob = true };
	const char *module;
	struct text word;
	uint32_t i;

	for (i = 0; i < g->taken.n; i++) {
		word = (struct text){ 0 };
		module = *g->module ? g->module :
				      ref__module(&g->taken.list[i]);
		text__add(&word, "%s%s%s", module, *module ? ":" : "",
			  ref__name(&g->taken.list[i]));
		if (run__has(run, word.s)) {
			text__free(&word);
			continue;
		}
		a.word = word.s;
		run__add(run, &a);
	}
}

static void run__expand(struct run *run, unsigned int ask)
{
	const char *word = run->asks[ask].word, *colon = strchr(word, ':');
	char *module = mem__copy(word, colon ? colon - word : 0), *c;
	struct glob g = {
		.pattern = colon ? colon + 1 : word,
		.module = module,
		.uses = run->asks[ask].uses,
		.denied = run->rules.is_forced ? NULL : run->rules.denied,
		.is_forbidden_asked = run->rules.is_forbidden_asked,
		.traced = run->traced,
	};
	struct pattern p = { .ask = ask, .before = run->n };

	for (c = module; *c; c++)
		*c = *c == '-' ? '_' : *c;
	glob__expand(&g, &run->table);
	/* So many are not listed; who asked for fewer is told how many. */
	p.is_over = run->max && g.total > run->max + run->n_asks + run->n;
	if (!p.is_over)
		run__add_taken(run, &g, ask);
	if (run->max && run->n > run->max)
		p.is_over = true;
	p.total = g.total;
	memcpy(p.left, g.left, sizeof(p.left));
	run->patterns = mem__grow(
		run->patterns, (run->n_patterns + 1) * sizeof(*run->patterns));
	run->patterns[run->n_patterns++] = p;
	run->is_stopped = !p.total || p.is_over;
	free(g.taken.list);
	free(module);
}

static void run__drop_answers(struct run *run)
{
	unsigned int i;

	for (i = 0; i < run->n; i++) {
		answer__free(&run->answers[i]);
		if (run->answers[i].is_of_glob)
			free((char *)run->answers[i].word);
	}
	free(run->answers);
	run->answers = NULL;
	run->n = 0;
}

static void run__clear(struct run *run)
{
	run__drop_answers(run);
	free(run->patterns);
	text__free(&run->details);
	run->patterns = NULL;
	run->n_patterns = 0;
	run->is_stopped = false;
}

static void run__answer(struct run *run)
{
	struct answer a;
	unsigned int i;

	run__clear(run);
	for (i = 0; i < run->n_asks && !run->is_stopped; i++) {
		if (is_pattern(run->asks[i].word)) {
			run__expand(run, i);
			continue;
		}
		a = (struct answer){ .word = run->asks[i].word,
				     .uses = run->asks[i].uses,
				     .ask = i };
		run__add(run, &a);
	}
	if (run->is_stopped)
		run__drop_answers(run);
	for (i = 0; i < run->n; i++)
		answer__find(&run->answers[i], &run->rules, i, &run->details);
}

/* An index may not have what came since, or comes and goes. */
static bool run__is_in_doubt(const struct run *run)
{
	unsigned int i;

	if (run->table.is_complete)
		return false;
	for (i = 0; i < run->n; i++)
		if (run->answers[i].state == STATE_ABSENT)
			return true;
	return run->n_patterns && !run->patterns[run->n_patterns - 1].total;
}

static bool run__ask(struct run *run)
{
	if (!table__open(&run->table, &run->paths, false))
		return false;
	run__answer(run);
	if (table__is_damaged(&run->table)) {
		table__close(&run->table);
		table__drop_index(&run->paths);
		if (!table__open(&run->table, &run->paths, false))
			return false;
		run__answer(run);
	}
	if (run__is_in_doubt(run)) {
		run__clear(run);
		table__close(&run->table);
		if (!table__open(&run->table, &run->paths, true))
			return false;
		run__answer(run);
	}
	return true;
}

enum column {
	COLUMN_WORD,
	COLUMN_STATE,
	COLUMN_SYMBOL,
	COLUMN_MODULE,
	COLUMN_ADDRESS,
	COLUMN_TYPE,
	COLUMN_SIZE,
	COLUMN_OFFSET,
	COLUMN_COUNT,
	COLUMN_INDEX,
	COLUMN_ALIASES,
	COLUMN_PLANT, /* kprobe's symbol_name+0xoffset */
	COLUMN_TARGET, /* as people write it: [MOD:]FUNC[+0xOFF] */
	COLUMN_PLAIN, /* for names of events and modules: FUNC[_0xOFF] */
	COLUMN_PLACE, /* where the kernel's list of kprobes has it */
	COLUMN_ASK, /* number of the word that it stands for */
	COLUMNS
};

static void put_found(const struct answer *a, unsigned int digits,
		      struct text *column)
{
	unsigned long long addr = a->addr, at = addr + a->offset;

	text__add(&column[COLUMN_WORD], "%s|", a->word);
	text__add(&column[COLUMN_STATE], "%s|", state_names[a->state]);
	text__add(&column[COLUMN_SYMBOL], "%s|", a->func);
	text__add_name(&column[COLUMN_MODULE], a->in);
	text__add(&column[COLUMN_MODULE], "|");
	if (a->has_addr)
		text__add(&column[COLUMN_ADDRESS], "%0*llx", digits, addr);
	text__add(&column[COLUMN_ADDRESS], "|");
	text__add(&column[COLUMN_TYPE], "%c|", a->type ? a->type : '?');
	if (a->has_size)
		text__add(&column[COLUMN_SIZE], "%llu",
			  (unsigned long long)a->size);
	text__add(&column[COLUMN_SIZE], "|");
	/* At an address, or its entry behind ENDBR; or by its name. */
	if (a->has_addr)
		text__add(&column[COLUMN_PLACE], "%0*llx/%0*llx|", digits, at,
			  digits, at + 4);
	else
		text__add(&column[COLUMN_PLACE], "%s+|", a->func);
	text__add(&column[COLUMN_COUNT], "%u|", a->count);
	text__add(&column[COLUMN_INDEX], "%u|", a->index);
	text__add(&column[COLUMN_ASK], "%u|", a->ask);
}

static void put_names(const struct answer *a, struct text *column)
{
	struct text *plain = &column[COLUMN_PLAIN];
	struct text *target = &column[COLUMN_TARGET];
	unsigned long long offset = a->offset;
	size_t from = plain->len;

	text__add(&column[COLUMN_OFFSET], "%llu|", offset);
	text__add(&column[COLUMN_ALIASES], "%s|",
		  a->aliases.s ? a->aliases.s : "");
	text__add(&column[COLUMN_PLANT], "%s|", a->plant.s ? a->plant.s : "");
	text__add_name(target, a->in);
	text__add(target, "%s%s", *a->in ? ":" : "", a->func);
	text__add(plain, "%s", a->func);
	for (; from < plain->len; from++)
		if (strchr(".$:-", plain->s[from]))
			plain->s[from] = '_';
	if (offset) {
		text__add(target, "+0x%llx", offset);
		text__add(plain, "_0x%llx", offset);
	}
	text__add(target, "|");
	text__add(plain, "|");
}

static void run__put_columns(const struct run *run, struct text *out)
{
	unsigned int digits = run->table.image[SYM_KERNEL].h->digits, i;
	struct text column[COLUMNS] = { 0 };

	for (i = 0; i < run->n; i++) {
		put_found(&run->answers[i], digits, column);
		put_names(&run->answers[i], column);
	}
	for (i = 0; i < COLUMNS; i++) {
		text__add(out, "%s;", column[i].s ? column[i].s : "");
		text__free(&column[i]);
	}
}

static bool run__is_told(const struct run *run)
{
	unsigned int i;

	for (i = 0; i < run->n; i++)
		if (run->answers[i].is_told)
			return true;
	return run->is_stopped || run->table.is_hidden;
}

static int run__put(struct run *run)
{
	const struct pattern *p;
	struct text out = { 0 };
	bool is_put;
	unsigned int i;
	int why;

	text__add(&out, "%u|%d|%u|;", run->n, run->table.is_hidden,
		  run->n_patterns);
	run__put_columns(run, &out);
	for (i = 0; i < run->n_patterns; i++) {
		p = &run->patterns[i];
		text__add(&out, "%u|%u|%d|%u|", p->ask, p->total, p->is_over,
			  p->before);
		for (why = 0; why < GLOB_WHYS; why++)
			text__add(&out, "%u|", p->left[why]);
	}
	text__add(&out, ";%s;end\n", run->details.s ? run->details.s : "");
	is_put = fwrite(out.s, 1, out.len, stdout) == out.len &&
		 fflush(stdout) == 0;
	text__free(&out);
	if (!is_put)
		return EXIT_FAILURE;
	return run__is_told(run) ? EXIT_TOLD : EXIT_SUCCESS;
}

static unsigned int parse_uses(const char *s)
{
	unsigned int uses = 0;
	int i;

	for (i = 0; i < SYM_USES; i++)
		if (strstr(s, sym_use_names[i]))
			uses |= 1u << i;
	return uses;
}

enum option_id {
	OPT_PROC = 256,
	OPT_SYS,
	OPT_CACHE,
	OPT_SYMBOLS,
	OPT_UNSEEN,
	OPT_FORBIDDEN,
	OPT_DENIED,
	OPT_FORCE,
	OPT_TRACED,
	OPT_MAX,
	OPT_USE
};

static const struct option options[] = {
	{ "proc", required_argument, NULL, OPT_PROC },
	{ "sys", required_argument, NULL, OPT_SYS },
	{ "cache", required_argument, NULL, OPT_CACHE },
	{ "symbols", required_argument, NULL, OPT_SYMBOLS },
	{ "unseen", no_argument, NULL, OPT_UNSEEN },
	{ "forbidden", required_argument, NULL, OPT_FORBIDDEN },
	{ "denied", required_argument, NULL, OPT_DENIED },
	{ "force", no_argument, NULL, OPT_FORCE },
	{ "traced", required_argument, NULL, OPT_TRACED },
	{ "max", required_argument, NULL, OPT_MAX },
	{ "use", required_argument, NULL, OPT_USE },
	{ 0 }
};

static void run__set(struct run *run, int option, const char *value)
{
	switch (option) {
	case OPT_PROC:
		run->paths.proc = value;
		break;
	case OPT_SYS:
		run->paths.sys = value;
		break;
	case OPT_CACHE:
		run->paths.cache = value;
		break;
	case OPT_SYMBOLS:
		run->paths.symbols = value;
		break;
	case OPT_UNSEEN:
		run->rules.is_unseen = true;
		run->paths.symbols = "";
		break;
	case OPT_FORBIDDEN:
		run->paths.forbidden = value;
		run->rules.is_forbidden_asked = true;
		break;
	case OPT_DENIED:
		run->denied_path = value;
		break;
	case OPT_FORCE:
		run->rules.is_forced = true;
		break;
	case OPT_TRACED:
		run->traced = value;
		break;
	case OPT_MAX:
		run->max = strtoul(value, NULL, 10);
		break;
	}
}

/* Words and --use as they come: with '-' getopt tells a word as option 1. */
static bool run__parse(struct run *run, int argc, char **argv)
{
	unsigned int uses = SYM_USE_COUNT;
	int option;

	run->asks = mem__new(argc * sizeof(*run->asks));
	while ((option = getopt_long(argc, argv, "-", options, NULL)) != -1) {
		if (option == '?')
			return false;
		if (option == OPT_USE)
			uses = parse_uses(optarg);
		else if (option == 1)
			run->asks[run->n_asks++] =
				(struct ask){ .word = optarg, .uses = uses };
		else
			run__set(run, option, optarg);
	}
	return optind == argc && run->n_asks;
}

static int run__run(struct run *run)
{
	struct deny_list *denied = NULL;
	int status = EXIT_SYMBOLS;

	if (run->denied_path) {
		denied = deny_list__read(run->denied_path);
		if (!denied) {
			printf("%s\n", strerror(errno));
			return EXIT_DENIED;
		}
	}
	run->rules.table = &run->table;
	run->rules.denied = denied;
	if (run__ask(run))
		status = run__put(run);
	else
		printf("%s\n", strerror(errno));
	run->n_patterns = 0;
	run__clear(run);
	table__close(&run->table);
	text__free(&run->table.text);
	deny_list__free(denied);
	return status;
}

int main(int argc, char **argv)
{
	struct run run = { .paths = { .proc = "/proc", .sys = "/sys" } };
	int status = EXIT_USAGE;

	if (run__parse(&run, argc, argv))
		status = run__run(&run);
	else
		fprintf(stderr, "usage: kp_sym [--OPTION=VALUE]... WORD...\n");
	free(run.asks);
	return status;
}
