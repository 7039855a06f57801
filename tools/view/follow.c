// SPDX-License-Identifier: GPL-2.0-only
/*
 * follow.c - see follow.h
 *
 * The kernel is never waited for, nor made to wait: the rings are looked at
 * when poll() tells of events, and every IDLE_MS whatever it tells. While the
 * output is stuck they fill, and the kernel counts what it drops.
 *
 * An event that was taken at a time T is in its ring by T + SLACK. So what is
 * older than SLACK when the rings are looked at is complete, and in order.
 */
#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <unistd.h>

#include "array.h"
#include "follow.h"
#include "params.h"
#include "sums.h"

#define NS_PER_MS 1000000ULL
#define SLACK_MS 10
#define IDLE_MS 50
#define BUSY_MS 1
#define TOTAL_MS 100 /* how often the sum of counts is compared to a limit */
#define QUIET_MS 5000 /* without a hit until the usual reasons are told */
#define STUCK_MS 2000 /* how long output may be stuck once the end has come */
#define AGAIN_MS 200 /* sooner a second signal is the first, told twice */
#define BAD_MAX 10 /* messages on damaged records */

#define EX_INTERNAL 1
#define EX_MACHINE 11
#define EX_SIGNAL 128

struct follow {
	struct view_source *source;
	const struct follow_options *opts;
	struct out out;
	struct view_show show;
	const uint8_t **data; /* of each CPU */
	uint8_t *none; /* of one that was not hit */
	int signal; /* that ended it */
	uint64_t signaled; /* when */
	bool is_urged; /* by a second one */
	bool is_over; /* time is up, a signal came, or the probe goes */
	bool is_gone; /* the probe */
	bool is_full; /* as many hits as asked for */
	bool is_warned;
	uint64_t began;
	uint64_t seen; /* records */
	uint64_t shown; /* of which these were hits, and put out */
	uint64_t lost; /* hits that are known to be */
	uint64_t aggregated; /* hits in the last table */
	uint32_t bad;
	struct view_stats stats;
};

static void follow__take_signal(struct follow *f)
{
	struct signalfd_siginfo info;

	if (read(f->opts->sigfd, &info, sizeof(info)) != sizeof(info))
		return;
	if (!f->signal) {
		f->signal = (int)info.ssi_signo;
		f->signaled = now__ns();
	} else if (now__ns() - f->signaled > AGAIN_MS * NS_PER_MS) {
		f->is_urged = true;
	}
	f->is_over = true;
}

static void follow__end_of_probe(struct follow *f)
{
	f->is_gone = true;
	f->is_over = true;
}

/* Time left in ms, at most that many; -1 is for ever. */
static int follow__time_left(const struct follow *f, int most)
{
	uint64_t end = f->began + f->opts->duration, now = now__ns(), left;

	if (!f->opts->duration || f->is_over)
		return most;
	left = now < end ? (end - now + NS_PER_MS - 1) / NS_PER_MS : 0;
	return most < 0 || left < (uint64_t)most ?
		       left > INT_MAX ? INT_MAX : (int)left :
		       most;
}

static void follow__check_time(struct follow *f)
{
	if (!follow__time_left(f, -1))
		f->is_over = true;
	if (!f->is_gone && source__is_gone(f->source))
		follow__end_of_probe(f);
}

/*
 * poll() for at most that many ms; true where it tells of output as asked by
 * events. Nothing of it is an error: that is for who writes.
 */
static bool follow__poll(struct follow *f, short events, bool incoming, int ms)
{
	struct pollfd fds[3] = {
		{ .fd = f->out.fd, .events = events },
		{ .fd = f->opts->sigfd, .events = POLLIN },
		{ .fd = f->is_gone || f->source->is_file ? -1 : f->source->fd,
		  .events = incoming ? POLLIN : 0 },
	};

	if (poll(fds, 3, follow__time_left(f, ms)) < 0)
		return false;
	if (fds[1].revents)
		follow__take_signal(f);
	if (fds[2].revents & (POLLHUP | POLLERR | POLLNVAL))
		follow__end_of_probe(f);
	follow__check_time(f);
	return fds[0].revents;
}

/* Until output can be written without blocking; see struct out. */
static int follow__wait_output(void *ctx, bool has_room)
{
	struct follow *f = ctx;
	uint64_t stuck = 0;

	/* A signal is seen all the same. */
	if (has_room) {
		follow__poll(f, POLLOUT, false, 0);
		return 0;
	}
	while (!follow__poll(f, POLLOUT, false, 100)) {
		if (f->is_urged)
			return -EINTR;
		if (!f->is_over)
			continue;
		if (!stuck)
			stuck = now__ns();
		if (now__ns() - stuck > STUCK_MS * NS_PER_MS)
			return -ETIMEDOUT;
	}
	return 0;
}

/* Between two looks. Output that nobody reads any more ends it, too. */
static void follow__wait(struct follow *f, bool incoming, int ms)
{
	if (follow__poll(f, 0, incoming, ms))
		f->out.err = -EPIPE;
}

static void follow__count_lost(struct follow *f, uint32_t cpu, uint64_t lost)
{
	f->lost += lost;
	show__lost(&f->show, cpu, lost);
}

static void follow__say_bad(struct follow *f, const struct view_ring *r,
			    uint64_t pos, const char *why)
{
	if (f->bad++ < BAD_MAX)
		fprintf(stderr,
			"kp_view: warning: record at position %llu of CPU %u: %s\n",
			(unsigned long long)pos, r->cpu, why);
}

static void follow__on_bad(void *ctx, struct view_ring *r)
{
	follow__say_bad(ctx, r, r->cur, r->why);
}

static void follow__on_note(struct follow *f, struct view_ring *r,
			    const uint8_t *data)
{
	const char *text = (const char *)data + sizeof(r->ev);
	size_t len = strnlen(text, r->ev.len - sizeof(r->ev));

	while (len && text[len - 1] == '\n')
		len--;
	show__note(&f->show, r->cpu, clock__ns(f->show.clock, r->ev.time), text,
		   len);
}

static int follow__on_event(void *ctx, struct view_ring *r, const uint8_t *data)
{
	struct follow *f = ctx;
	struct view_record rec;
	const char *why;

	f->seen++;
	if (r->gap)
		follow__count_lost(f, r->cpu, r->gap);
	if (r->ev.type == KP_EVENT_NOTE) {
		follow__on_note(f, r, data);
		return f->out.err;
	}
	why = record__read(&rec, &f->source->desc, &r->ev, data);
	if (why) {
		if (r->ev.type != VIEW_EVENT_BAD)
			follow__say_bad(f, r, r->pos, why);
		f->lost++;
		show__lost(&f->show, r->cpu, VIEW_LOST_UNKNOWN);
		return f->out.err;
	}
	rec.cpu = r->cpu;
	rec.ns = clock__ns(f->show.clock, r->ev.time);
	show__event(&f->show, &rec);
	f->shown++;
	f->is_full = f->opts->max_hits &&
		     out__events(&f->out) >= f->opts->max_hits;
	return f->is_full ? 1 : f->out.err;
}

/* An event that no record follows has no place of its own: the end. */
static void follow__lost_last(struct follow *f)
{
	struct view_rings *rs = &f->source->rings;
	uint64_t lost;
	uint32_t i;

	for (i = 0; i < rs->n; i++) {
		lost = ring__lost_last(&rs->ring[i]);
		if (lost)
			follow__count_lost(f, i, lost);
	}
}

static void follow__explain_quiet(struct follow *f)
{
	struct view_stats st;

	if (f->is_warned || f->seen || f->source->once ||
	    now__ns() - f->began < QUIET_MS * NS_PER_MS)
		return;
	f->is_warned = true;
	if (!stats__read(&st, f->opts->stats) && st.hits) {
		if (f->source->desc.mode != VIEW_EVENTS)
			return;
		fprintf(stderr,
			"kp_view: note: no event in five seconds, of %llu hits: the filter excluded %llu of them\n",
			(unsigned long long)st.hits,
			(unsigned long long)st.filtered);
		return;
	}
	fprintf(stderr,
		"kp_view: note: no hit in five seconds. The usual reasons: nothing calls the function now; its callers have it inlined, or call a copy of it (.isra, .constprop, .cold); the filter, or a limit to a process or CPU, excludes them; the work is done by another function of a similar name\n");
}

/*
 * The counts are read before the rings: what is hit in between is shown, but
 * never taken for dropped.
 */
static void follow__read_stats(struct follow *f)
{
	int err = stats__read(&f->stats, f->opts->stats);

	if (err && f->opts->stats)
		fprintf(stderr, "kp_view: warning: stats %s: %s\n",
			f->opts->stats,
			err == -EBADMSG ? "not as expected" : strerror(-err));
}

static void follow__finish_events(struct follow *f)
{
	follow__read_stats(f);
	if (f->is_full || f->out.err)
		return;
	rings__pull(&f->source->rings);
	/* Whoever removes the probe waits for that; output may take longer. */
	if (f->is_gone)
		source__let_go(f->source);
	if (!rings__pass(&f->source->rings, UINT64_MAX))
		follow__lost_last(f);
}

/* What is too young may have to wait for what another CPU is writing. */
static bool follow__look(struct follow *f)
{
	struct view_rings *rs = &f->source->rings;
	struct view_clock *c = f->show.clock;
	uint64_t limit;

	clock__refresh(c);
	limit = clock__now(c) - clock__units(c, SLACK_MS * NS_PER_MS);
	rings__pull(rs);
	return !rings__pass(rs, rs->n == 1 ? UINT64_MAX : limit) &&
	       !out__flush(&f->out);
}

static void follow__events(struct follow *f)
{
	struct view_rings *rs = &f->source->rings;
	int ms = BUSY_MS;

	rs->event = follow__on_event;
	rs->bad = follow__on_bad;
	rs->ctx = f;
	show__begin(&f->show);
	while (!f->is_over && !f->source->once && follow__look(f)) {
		ms = rs->pulled ? BUSY_MS : ms * 2;
		if (ms > IDLE_MS)
			ms = IDLE_MS;
		follow__wait(f, true,
			     rings__are_waiting(rs) && ms > SLACK_MS ?
				     SLACK_MS :
				     ms);
		follow__explain_quiet(f);
	}
	follow__finish_events(f);
}

/* Those of CPUs that came online meanwhile; none is as one of zeros. */
static void follow__find_data(struct follow *f)
{
	struct view_rings *rs = &f->source->rings;
	struct view_ring *r;
	uint32_t i;

	for (i = 0; i < rs->n; i++) {
		r = &rs->ring[i];
		if (!r->data)
			rs->map(rs, r);
		f->data[i] = r->data ? r->data : f->none;
	}
}

static void follow__show_total(struct follow *f)
{
	const struct view_desc *d = &f->source->desc;
	uint64_t counts[VIEW_PROBES_MAX];
	uint32_t n;

	follow__find_data(f);
	n = stats__read_probes(f->opts->stats, counts, d->nprobes);
	f->aggregated = sums__show(&f->show, f->data, counts, n);
	if (d->mode == VIEW_COUNT && n < d->nprobes)
		fprintf(stderr,
			"kp_view: warning: stats: the counts of %u of %u probes are not there\n",
			d->nprobes - n, d->nprobes);
}

/* The sum, where it is needed: there may be many keys. */
static bool follow__has_enough(struct follow *f)
{
	struct view_stats st;

	if (!f->opts->max_hits)
		return false;
	follow__find_data(f);
	if (f->source->desc.mode != VIEW_COUNT)
		return sums__total(&f->source->desc, f->data) >=
		       f->opts->max_hits;
	return !stats__read(&st, f->opts->stats) &&
	       st.shown >= f->opts->max_hits;
}

static void follow__totals(struct follow *f)
{
	uint64_t next = f->began + f->opts->interval, now;
	int ms;

	while (!f->is_over && !f->out.err && !f->source->once) {
		f->is_full = follow__has_enough(f);
		if (f->is_full)
			break;
		now = now__ns();
		if (f->opts->interval && now >= next) {
			next = now + f->opts->interval;
			follow__show_total(f);
			if (f->show.form->table_end)
				f->show.form->table_end(&f->show);
			out__flush(&f->out);
		}
		ms = TOTAL_MS;
		if (f->opts->interval && next - now < TOTAL_MS * NS_PER_MS)
			ms = (int)((next - now) / NS_PER_MS) + 1;
		follow__wait(f, false, ms);
		follow__explain_quiet(f);
	}
	follow__read_stats(f);
	follow__show_total(f);
}

/* Hits that did not get out, where the module's own counts are not known. */
static uint64_t follow__dropped(struct follow *f)
{
	struct view_rings *rs = &f->source->rings;

	if (f->source->desc.mode != VIEW_EVENTS)
		return 0;
	if (f->source->fd >= 0)
		rings__pull(rs);
	return f->lost + f->shown - f->out.done + rings__left(rs);
}

static void follow__footer(struct follow *f)
{
	bool aggregated = f->source->desc.mode != VIEW_EVENTS;
	struct out err;

	out__flush(&f->out);
	stats__settle(&f->stats, aggregated ? f->aggregated : f->out.done,
		      f->stats.is_known ? 0 : follow__dropped(f));
	if (f->show.form->footer && !f->out.err) {
		f->show.form->footer(&f->show, &f->stats);
		out__flush(&f->out);
	} else if (!out__init(&err, STDERR_FILENO)) {
		stats__put(&f->stats, &err);
		out__flush(&err);
		out__free(&err);
	}
}

/* A probe that cost more than its budget was not shown in full. */
static void follow__explain_budget(const struct follow *f)
{
	uint64_t steps;

	if (f->opts->stats && !param__read(f->opts->stats, "steps", &steps) &&
	    steps)
		fprintf(stderr,
			"kp_load: warning: probe %s: over its budget, not every hit was shown: --budget=PERCENT, or --count\n",
			f->source->desc.name);
}

/*
 * 141, as a program that SIGPIPE ends: a script with pipefail sees that its
 * output was cut, one without does not care.
 */
static int follow__status(const struct follow *f)
{
	if (f->out.err == -EPIPE)
		return EX_SIGNAL + SIGPIPE;
	if (f->out.err && f->out.err != -EINTR && f->out.err != -ETIMEDOUT) {
		fprintf(stderr, "kp_load: error: standard output: %s\n",
			strerror(-f->out.err));
		return EX_MACHINE;
	}
	return f->signal ? EX_SIGNAL + f->signal : 0;
}

int follow__catch_signals(void)
{
	static const int signals[] = { SIGINT, SIGTERM, SIGHUP };
	struct sigaction old;
	sigset_t set;
	size_t i;
	int fd;

	sigemptyset(&set);
	for (i = 0; i < ARRAY_SIZE(signals); i++) {
		/* nohup means what it says. */
		if (signals[i] == SIGHUP && !sigaction(SIGHUP, NULL, &old) &&
		    old.sa_handler == SIG_IGN)
			continue;
		sigaddset(&set, signals[i]);
	}
	signal(SIGPIPE, SIG_IGN);
	if (sigprocmask(SIG_BLOCK, &set, NULL))
		return -errno;
	fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	return fd < 0 ? -errno : fd;
}

static bool terminal__has_colors(void)
{
	const char *no = getenv("NO_COLOR"), *term = getenv("TERM");

	return isatty(STDOUT_FILENO) && !(no && *no) && term && *term &&
	       strcmp(term, "dumb");
}

static int follow__init(struct follow *f)
{
	struct view_rings *rs = &f->source->rings;
	struct stat st;
	int ret;

	ret = out__init(&f->out, STDOUT_FILENO);
	if (ret)
		return ret;
	if (!fstat(STDOUT_FILENO, &st) && !S_ISREG(st.st_mode))
		out__never_block(&f->out, follow__wait_output, f);
	f->show.out = &f->out;
	f->show.desc = &f->source->desc;
	f->show.clock = &f->source->clock;
	f->show.form = f->opts->form;
	f->show.color = f->show.form->has_colors && terminal__has_colors();
	f->show.syms = syms__new(f->opts->kallsyms);
	f->data = calloc(rs->n + 1, sizeof(*f->data));
	f->none = calloc(1, f->source->desc.mode == VIEW_EVENTS ?
				    1 :
				    f->source->desc.ring + 1);
	if (!f->show.syms || !f->data || !f->none || show__init(&f->show))
		return -ENOMEM;
	return 0;
}

static void follow__free(struct follow *f)
{
	show__free(&f->show);
	syms__free(f->show.syms);
	free(f->data);
	free(f->none);
	out__free(&f->out);
	free(f);
}

int follow__run(struct view_source *source, const struct follow_options *opts)
{
	struct follow *f = calloc(1, sizeof(*f));
	int ret;

	if (!f)
		return EX_INTERNAL;
	f->source = source;
	f->opts = opts;
	f->began = now__ns();
	ret = follow__init(f);
	if (ret) {
		fprintf(stderr, "kp_view: error: start: %s\n", strerror(-ret));
		ret = EX_MACHINE;
		goto out;
	}
	if (source->desc.mode == VIEW_EVENTS)
		follow__events(f);
	else
		follow__totals(f);
	follow__footer(f);
	follow__explain_budget(f);
	ret = follow__status(f);
out:
	follow__free(f);
	return ret;
}
