// SPDX-License-Identifier: GPL-2.0-only
/*
 * kp_run - does what a plan says, and undoes it
 *
 * The same the first time and the tenth, in a guest, on a board with nothing but
 * busybox. It reads nothing of its environment. run_plan.h says what a plan is.
 *
 * While it follows, whatever ends it, its viewer or who started it (--parent)
 * ends all of it, and nothing stays loaded. Only SIGKILL of itself leaves the
 * module, which kp_load.sh --list shows and --unload removes; its viewer ends.
 */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "run_engine.h"
#include "run_follow.h"
#include "run_holds.h"
#include "run_image.h"
#include "run_log.h"
#include "run_plan.h"
#include "run_signal.h"

#define KP_RUN_VERSION "0.1"

enum {
	OPT_HELP = 256,
	OPT_VERSION,
	OPT_TRUST,
	OPT_PARENT,
	OPT_TELL,
	OPT_UNDO,
	OPT_STATUS,
	OPT_INSTANCE,
	OPT_HOLDS,
	OPT_NOTE,
	OPT_ASKED,
};

static const struct option options[] = {
	{ "help", no_argument, NULL, OPT_HELP },
	{ "version", no_argument, NULL, OPT_VERSION },
	{ "trust", required_argument, NULL, OPT_TRUST },
	{ "parent", required_argument, NULL, OPT_PARENT },
	{ "tell", no_argument, NULL, OPT_TELL },
	{ "undo", no_argument, NULL, OPT_UNDO },
	{ "status", no_argument, NULL, OPT_STATUS },
	{ "instance", no_argument, NULL, OPT_INSTANCE },
	{ "holds", no_argument, NULL, OPT_HOLDS },
	{ "note", no_argument, NULL, OPT_NOTE },
	{ "asked", required_argument, NULL, OPT_ASKED },
	{ NULL, 0, NULL, 0 },
};

static const char usage[] =
	"usage: kp_run [OPTIONS] PLAN            do it: plant, or plant and follow\n"
	"       kp_run --undo NAME               remove a probe, and what was loaded\n"
	"                                        for it\n"
	"       kp_run --status NAME             print its counts\n"
	"       kp_run --instance PLAN OUT.ko    write its module to a file\n"
	"       kp_run --note FILE               keep how things are; what, on\n"
	"                                        standard input\n"
	"       kp_run --holds FILE              are they still so?\n"
	"\n"
	"  --trust=FILE   files of this one's owner are as good as ours\n"
	"  --parent=PID   end when this process, which started it, is gone\n"
	"  --asked=TEXT   of --note and --holds: both of the same text, or not so\n"
	"  --tell         say \"planted NAME\" on standard output\n"
	"\n"
	"Exit status: 0 done, 2 usage or no plan, 11 this machine cannot do it,\n"
	"12 the module could not be written, 13 load or unload failed, 75 ftrace\n"
	"refused and the plan has a fallback, 128 + N ended by signal N; the\n"
	"viewer's own. --holds and --note: 0 yes, 1 no.\n";

struct run {
	int verb;
	struct trust trust;
	long parent;
	bool is_told;
	const char *asked;
	char **words;
	int nwords;
};

static int run__usage_error(const char *object, const char *why)
{
	log__err("kp_run %s: %s", object, why);
	log__hint("try kp_run --help");
	return EX_USAGE;
}

static int run__print(const char *text)
{
	if (fputs(text, stdout) >= 0 && !fflush(stdout))
		return 0;
	log__err("output: %s", strerror(errno));
	return EX_MACHINE;
}

/* Whom root trusts by running the program that is named. */
static int run__take_trust(struct run *r, const char *file)
{
	struct stat st;

	if (stat(file, &st))
		return run__usage_error("--trust", strerror(errno));
	r->trust.ours = st.st_uid;
	return 0;
}

static int run__take_parent(struct run *r, const char *word)
{
	char *end;

	errno = 0;
	r->parent = strtol(word, &end, 10);
	if (errno || *end || *word < '1' || *word > '9')
		return run__usage_error("--parent", "no number of a process");
	return 0;
}

static int run__take_option(struct run *r, int opt)
{
	switch (opt) {
	case OPT_TRUST:
		return run__take_trust(r, optarg);
	case OPT_PARENT:
		return run__take_parent(r, optarg);
	case OPT_TELL:
		r->is_told = true;
		return 0;
	case OPT_ASKED:
		r->asked = optarg;
		return 0;
	}
	if (r->verb)
		return run__usage_error("options", "one thing at a time");
	r->verb = opt;
	return 0;
}

static int run__parse(struct run *r, int argc, char **argv)
{
	int opt, ret = 0, words;

	opterr = 0;
	while (!ret &&
	       (opt = getopt_long(argc, argv, "+", options, NULL)) != -1)
		ret = opt == '?' ?
			      run__usage_error(
				      argv[optind - 1],
				      "unknown option, or one without its value") :
			      run__take_option(r, opt);
	r->words = argv + optind;
	r->nwords = argc - optind;
	if (ret || r->verb == OPT_HELP || r->verb == OPT_VERSION)
		return ret;
	words = r->verb == OPT_INSTANCE ? 2 : 1;
	return r->nwords == words ?
		       0 :
		       run__usage_error("arguments",
					words == 2 ? "a plan and a file" :
						     "exactly one");
}

/* The notes of a plan that is not followed. */
static int run__tell(const struct run *r, const struct plan *p,
		     const char *name)
{
	char *note;
	size_t i;

	for (i = 0; i < p->nnotes; i++) {
		note = plan__fill(p->note[i], name);
		log__note("%s", note ? note : name);
		free(note);
	}
	if (!r->is_told)
		return 0;
	if (printf("planted %s\n", name) >= 0 && !fflush(stdout))
		return 0;
	log__err("output: %s", strerror(errno));
	return EX_MACHINE;
}

static int run__do(struct run *r, const struct plan *p)
{
	const struct engine *e = engine__named(p->engine);
	struct planted planted;
	int ret, removed = 0;

	ret = e ? e->can(p) : EX_USAGE;
	if (ret)
		return ret;
	signals__hold();
	if (r->parent)
		signals__follow_parent((pid_t)r->parent);
	ret = e->plant(&planted, p, &r->trust);
	if (ret)
		return ret;
	if (p->viewer)
		ret = follow__run(p, &r->trust, planted.name);
	else
		ret = run__tell(r, p, planted.name);
	/* Whoever removed it meanwhile may have been first. */
	if (p->viewer || ret)
		removed = e->remove(planted.name);
	return removed ? removed : ret;
}

static int run__plan(struct run *r)
{
	struct plan plan;
	int ret = plan__read(&plan, &r->trust, r->words[0]);

	if (!ret)
		ret = run__do(r, &plan);
	plan__free(&plan);
	return ret;
}

static int run__instance(struct run *r)
{
	struct plan plan;
	struct image image = { NULL, 0 };
	int ret = plan__read(&plan, &r->trust, r->words[0]);

	if (!ret && !plan.shape)
		ret = module_engine.can(&plan);
	if (!ret)
		ret = image__read(&image, &r->trust, plan.shape);
	if (!ret)
		ret = image__name(&image, &plan, plan.name);
	if (!ret)
		ret = image__write(&image, r->words[1]);
	image__free(&image);
	plan__free(&plan);
	return ret;
}

/* The engine of a probe that is planted; NULL with a status, which was told. */
static const struct engine *run__engine(const char *name, int *ret)
{
	const struct engine *e = NULL;

	*ret = EX_LOAD;
	if (!kernel__is_name(name) || !kernel__is_loaded(name)) {
		log__err("probe %.80s: not loaded", name);
		log__hint("kp_load.sh --list shows what is");
		return NULL;
	}
	e = engine__of(name);
	if (!e) {
		log__err("module %s: not a probe of kp_load's", name);
		log__hint(
			"kp_load.sh --list shows what is; rmmod removes others");
	}
	return e;
}

static int run__undo(struct run *r)
{
	const char *name = r->words[0];
	const struct engine *e;
	int ret;

	/* One that is gone is fine. */
	if (kernel__is_name(name) && !kernel__is_loaded(name))
		return 0;
	e = run__engine(name, &ret);
	if (!e)
		return ret;
	signals__hold();
	return e->remove(name);
}

static int run__status(struct run *r)
{
	const struct engine *e;
	int ret;

	e = run__engine(r->words[0], &ret);
	return e ? e->status(r->words[0]) : ret;
}

static int run__verb(struct run *r)
{
	switch (r->verb) {
	case OPT_HELP:
		return run__print(usage);
	case OPT_VERSION:
		return run__print("kp_run " KP_RUN_VERSION "\n");
	case OPT_UNDO:
		return run__undo(r);
	case OPT_STATUS:
		return run__status(r);
	case OPT_INSTANCE:
		return run__instance(r);
	case OPT_HOLDS:
		return !holds__check(&r->trust, r->words[0], r->asked);
	case OPT_NOTE:
		return !!holds__note(&r->trust, r->words[0], r->asked);
	}
	return run__plan(r);
}

/* What is opened may not become one of them. */
static void run__open_standard(void)
{
	int fd;

	do
		fd = open("/dev/null", O_RDWR);
	while (fd >= 0 && fd <= STDERR_FILENO);
	if (fd >= 0)
		close(fd);
}

int main(int argc, char **argv)
{
	struct run r = { .verb = 0 };
	int ret;

	run__open_standard();
	trust__init(&r.trust);
	ret = run__parse(&r, argc, argv);
	return ret ? ret : run__verb(&r);
}
