// SPDX-License-Identifier: GPL-2.0-only
/*
 * kp_view - shows what a probe catches, out of its device /dev/kp/NAME
 *
 * The device and its memory are described in templates/include/kp_abi.h.
 */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "follow.h"
#include "pilot.h"

#define KP_VIEW_VERSION "0.1"

#define EX_USAGE 2
#define EX_MACHINE 11
#define EX_LOAD 13

enum {
	OPT_FORMAT = 256,
	OPT_IMAGE,
	OPT_STATS,
	OPT_DURATION,
	OPT_INTERVAL,
	OPT_MAX_HITS,
	OPT_KALLSYMS,
	OPT_PARENT,
	OPT_PILOT,
	OPT_NOTE,
	OPT_HELP,
	OPT_VERSION,
};

static const struct option options[] = {
	{ "format", required_argument, NULL, OPT_FORMAT },
	{ "image", required_argument, NULL, OPT_IMAGE },
	{ "stats", required_argument, NULL, OPT_STATS },
	{ "duration", required_argument, NULL, OPT_DURATION },
	{ "interval", required_argument, NULL, OPT_INTERVAL },
	{ "max-hits", required_argument, NULL, OPT_MAX_HITS },
	{ "kallsyms", required_argument, NULL, OPT_KALLSYMS },
	{ "parent", required_argument, NULL, OPT_PARENT },
	{ "pilot", required_argument, NULL, OPT_PILOT },
	{ "note", required_argument, NULL, OPT_NOTE },
	{ "help", no_argument, NULL, OPT_HELP },
	{ "version", no_argument, NULL, OPT_VERSION },
	{ NULL, 0, NULL, 0 },
};

static const char usage[] =
	"usage: kp_view [OPTIONS] DEVICE        follow a probe: /dev/kp/NAME\n"
	"       kp_view [OPTIONS] --image=FILE  show what is in a file, and end\n"
	"\n"
	"  --format=text|json|csv|folded  folded: stacks, as flamegraph.pl reads\n"
	"  --duration=SEC       end after that time\n"
	"  --max-hits=N         end after that many hits\n"
	"  --interval=SEC       counts and histograms: show them so often\n"
	"  --stats=FILE         the module's counts, for the footer:\n"
	"                       /sys/module/NAME/parameters/stats\n"
	"  --pilot=NS           the probe is off: see how often it is hit, at NS a\n"
	"                       hit, and switch it on; the parameters are beside\n"
	"                       those counts\n"
	"  --note=TEXT          say this when it begins\n"
	"  --kallsyms=FILE      symbols (default: /proc/kallsyms)\n"
	"  --parent=PID         end when this process, which started it, is gone\n"
	"\n"
	"Exit status: 0 done, 2 usage, 11 the device cannot be followed,\n"
	"128 + N ended by signal N; 141 is output that nobody reads any more.\n";

struct run {
	struct follow_options opts;
	const char *image;
	const char *device;
	const char *note;
	uint64_t pilot;
	pid_t parent;
	bool help;
	bool version;
};

static int run__usage_error(const char *object, const char *why)
{
	fprintf(stderr, "kp_view: error: %s: %s\n", object, why);
	fprintf(stderr, "kp_view: hint: try kp_view --help\n");
	return EX_USAGE;
}

static int run__print(const char *text)
{
	if (fputs(text, stdout) >= 0 && !fflush(stdout))
		return 0;
	fprintf(stderr, "kp_load: error: standard output: %s\n",
		strerror(errno));
	return EX_MACHINE;
}

static int run__take_format(struct run *r, const char *word)
{
	r->opts.form = form__find(word);
	return r->opts.form ? 0 :
			      run__usage_error("--format",
					       "text, json, csv or folded");
}

/* Seconds with decimals, to ns */
static int run__take_time(const char *option, const char *word, uint64_t *ns)
{
	double seconds;
	char *end;

	seconds = strtod(word, &end);
	if (end == word || *end || word[strspn(word, "0123456789.")] ||
	    !(seconds > 0 && seconds <= 1e9))
		return run__usage_error(option, "no number of seconds");
	*ns = (uint64_t)(seconds * 1e9);
	if (!*ns)
		*ns = 1;
	return 0;
}

static int run__take_number(const char *option, const char *word,
			    const char *why, uint64_t *number)
{
	char *end;

	errno = 0;
	*number = strtoull(word, &end, 10);
	if (errno || *end || *word < '0' || *word > '9' || !*number)
		return run__usage_error(option, why);
	return 0;
}

static int run__take_parent(struct run *r, const char *word)
{
	char *end;
	long pid;

	errno = 0;
	pid = strtol(word, &end, 10);
	r->parent = (pid_t)pid;
	if (errno || *end || *word < '0' || *word > '9' || !pid ||
	    r->parent != pid)
		return run__usage_error("--parent", "no number of a process");
	return 0;
}

/* The place of an option that is taken as it is; NULL for others. */
static const char **run__word_of(struct run *r, int opt)
{
	switch (opt) {
	case OPT_IMAGE:
		return &r->image;
	case OPT_STATS:
		return &r->opts.stats;
	case OPT_KALLSYMS:
		return &r->opts.kallsyms;
	case OPT_NOTE:
		return &r->note;
	}
	return NULL;
}

static int run__take_option(struct run *r, int opt)
{
	const char **word = run__word_of(r, opt);

	if (word)
		*word = optarg;
	switch (opt) {
	case OPT_FORMAT:
		return run__take_format(r, optarg);
	case OPT_DURATION:
		return run__take_time("--duration", optarg, &r->opts.duration);
	case OPT_INTERVAL:
		return run__take_time("--interval", optarg, &r->opts.interval);
	case OPT_MAX_HITS:
		return run__take_number("--max-hits", optarg,
					"no number of hits", &r->opts.max_hits);
	case OPT_PARENT:
		return run__take_parent(r, optarg);
	case OPT_PILOT:
		return run__take_number("--pilot", optarg,
					"no number of nanoseconds", &r->pilot);
	case OPT_HELP:
		r->help = true;
		break;
	case OPT_VERSION:
		r->version = true;
		break;
	}
	return 0;
}

static int run__parse_options(struct run *r, int argc, char **argv)
{
	static const char unknown[] =
		"unknown option, or one without its value";
	int opt, ret = 0;

	opterr = 0;
	while (!ret &&
	       (opt = getopt_long(argc, argv, "h", options, NULL)) != -1) {
		if (opt == '?')
			ret = run__usage_error(argv[optind - 1], unknown);
		else
			ret = run__take_option(r, opt == 'h' ? OPT_HELP : opt);
	}
	if (ret || r->help || r->version)
		return ret;
	if (r->pilot && !r->opts.stats)
		return run__usage_error("--pilot", "only with --stats");
	if (argc - optind > 1)
		return run__usage_error(argv[optind + 1],
					"one device at a time");
	r->device = argv[optind];
	if (!r->device == !r->image)
		return run__usage_error("device",
					r->image ? "or --image, not both" :
						   "which one?");
	return 0;
}

/* What only the description can tell. */
static int run__check(const struct run *r, const struct view_desc *d)
{
	if (r->opts.form->is_for_keys && d->mode != VIEW_KEYS)
		return run__usage_error("--format=folded",
					"only for counts of keys");
	if (r->opts.interval && d->mode == VIEW_EVENTS)
		return run__usage_error("--interval",
					"only for counts and histograms");
	return 0;
}

/*
 * Nobody else ends a viewer whose parent was killed, and it holds the device.
 * A parent that died before the kernel was told sends no signal any more.
 */
static void run__follow_parent(pid_t parent)
{
	if (prctl(PR_SET_PDEATHSIG, SIGTERM) || getppid() != parent)
		raise(SIGTERM);
}

/* Signals are caught: follow__catch_signals(). */
static int run__view(struct run *r)
{
	struct view_source source;
	int ret = EX_MACHINE;

	if (!source__open(&source, r->image ? r->image : r->device,
			  !!r->image)) {
		ret = run__check(r, &source.desc);
		if (!ret && r->pilot &&
		    pilot__run(r->opts.stats, r->pilot, r->opts.sigfd))
			ret = EX_MACHINE;
		if (!ret && r->note)
			fprintf(stderr, "kp_load: %s\n", r->note);
		if (!ret)
			ret = follow__run(&source, &r->opts);
	}
	source__close(&source);
	return ret;
}

/*
 * What we open takes the lowest number that is free, and must not become the
 * standard output. A closed one stays one that cannot be used.
 */
static void run__fill_standard(void)
{
	int fd;

	for (fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		if (fcntl(fd, F_GETFD) < 0)
			open("/dev/null",
			     fd == STDIN_FILENO ? O_WRONLY : O_RDONLY);
}

static int run__catch_signals(struct run *r)
{
	r->opts.sigfd = follow__catch_signals();
	if (r->opts.sigfd >= 0)
		return 0;
	fprintf(stderr, "kp_view: error: signals: %s\n",
		strerror(-r->opts.sigfd));
	return EX_MACHINE;
}

static int run__main(struct run *r)
{
	int ret = run__catch_signals(r);

	if (ret)
		return ret;
	if (r->parent)
		run__follow_parent(r->parent);
	return run__view(r);
}

int main(int argc, char **argv)
{
	struct run r = { .opts.form = &form_text };
	int ret;

	run__fill_standard();
	ret = run__parse_options(&r, argc, argv);
	if (ret)
		return ret;
	if (r.help)
		return run__print(usage);
	if (r.version)
		return run__print("kp_view " KP_VIEW_VERSION "\n");
	return run__main(&r);
}
