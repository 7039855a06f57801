// SPDX-License-Identifier: GPL-2.0-only
/*
 * ring_load.c - hits a probe on hrtimer_forward() with values that check
 * themselves, and checks what comes out of the ring
 *
 *   ring_load hammer CPU ID COUNT [TIMERS]
 *   ring_load files CPU COUNT
 *   ring_load check DEVICE SECONDS
 *
 * Asked for what was set before, timer_settime(2) forwards a timer that sends
 * no signal by its interval: ID and a number that counts up, with their
 * complement below. TIMERS more, whose signal is ignored, are forwarded by the
 * interrupt.
 *
 * files opens and closes a file so often, whose memory is freed at once (its
 * name) and by RCU, in a softirq.
 *
 * check reads until the probe is being removed (or so many seconds), and prints
 * what it saw as NAME=NUMBER words. Arguments NAME and NAME2 of the probe are
 * to be equal, comm is to be the record's own, and iv the above.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <time.h>
#include <unistd.h>
#include "kp_abi.h"

#define HALF 30
#define HALF_MASK ((1ULL << HALF) - 1)
#define ID_SHIFT 26
#define IDS 16
#define IRQ_NS 1000007 /* the interval of those that the interrupt forwards */
#define CPUS 8
#define PAIRS 8
#define LEVELS 4 /* task, softirq, interrupt, NMI */
#define PAGE 4096UL

static void die(const char *what)
{
	perror(what);
	exit(1);
}

static uint64_t encode(uint64_t id, uint64_t n)
{
	uint64_t v = id << ID_SHIFT | n;

	return v << HALF | (~v & HALF_MASK);
}

static bool decode(uint64_t iv, uint64_t *id, uint64_t *n)
{
	uint64_t v = iv >> HALF;

	if ((v & HALF_MASK) != v || (~v & HALF_MASK) != (iv & HALF_MASK))
		return false;
	*id = v >> ID_SHIFT;
	*n = v & ((1 << ID_SHIFT) - 1);
	return true;
}

static void pin(int cpu)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	if (sched_setaffinity(0, sizeof(set), &set))
		die("sched_setaffinity");
}

/* Forwarded by the interrupt, once a tick. */
static void tick(int timers)
{
	struct itimerspec its = {
		.it_value = { .tv_nsec = 1 },
		.it_interval = { .tv_nsec = IRQ_NS },
	};
	struct sigevent event = {
		.sigev_notify = SIGEV_SIGNAL,
		.sigev_signo = SIGUSR1,
	};
	timer_t timer;

	signal(SIGUSR1, SIG_IGN);
	while (timers--) {
		if (timer_create(CLOCK_MONOTONIC, &event, &timer) ||
		    timer_settime(timer, 0, &its, NULL))
			die("timer");
		its.it_value.tv_nsec += 100000; /* not all at once */
	}
}

static int hammer(int cpu, uint64_t id, uint64_t count, int timers)
{
	struct sigevent event = { .sigev_notify = SIGEV_NONE };
	struct itimerspec old, its = { .it_value = { .tv_sec = 1000 } };
	timer_t timer;
	uint64_t n, iv;

	if (cpu >= 0)
		pin(cpu);
	tick(timers);
	if (timer_create(CLOCK_MONOTONIC, &event, &timer))
		die("timer_create");
	for (n = 1; n <= count + 1; n++) {
		iv = encode(id, n);
		its.it_interval.tv_sec = iv / 1000000000;
		its.it_interval.tv_nsec = iv % 1000000000;
		if (timer_settime(timer, 0, &its, &old))
			die("timer_settime");
	}
	return 0;
}

static int files(int cpu, uint64_t count)
{
	int fd;

	pin(cpu);
	while (count--) {
		fd = open("/dev/null", O_RDONLY);
		if (fd < 0)
			die("/dev/null");
		close(fd);
	}
	return 0;
}

/* An argument, and its double. */
struct pair {
	char name[64];
	int first;
	int second;
};

struct ring {
	struct kp_control *control;
	const char *data;
	uint64_t tail;
	uint64_t newest[LEVELS]; /* times */
	uint32_t lost;
};

static struct {
	unsigned long area, size, slack, softirq, hardirq, nmi;
	int cpus, pairs, iv, comm, text;
	struct pair pair[PAIRS];
	struct ring ring[CPUS];
	uint64_t last[IDS];
	uint64_t records, pads, level[LEVELS], torn, reordered, early, gaps;
} s = { .iv = -1, .comm = -1 };

static void bad(uint64_t *count, const char *what, uint64_t a, uint64_t b)
{
	if (++*count < 10)
		fprintf(stderr, "%s: %#" PRIx64 " %#" PRIx64 "\n", what, a, b);
}

static void field(const char *name, int at)
{
	size_t len = strlen(name);
	int i;

	if (!strcmp(name, "comm"))
		s.comm = at;
	if (!strcmp(name, "iv"))
		s.iv = at;
	for (i = 0; i < s.pairs; i++)
		if (len && name[len - 1] == '2' &&
		    !strncmp(s.pair[i].name, name, len - 1) &&
		    !s.pair[i].name[len - 1])
			s.pair[i].second = at;
	if (s.pairs < PAIRS && strcmp(name, "comm")) {
		snprintf(s.pair[s.pairs].name, sizeof(s.pair[0].name), "%s",
			 name);
		s.pair[s.pairs++].first = at;
	}
}

/* See kp_abi.h. */
static void describe(int fd)
{
	static char text[1 << 18];
	size_t len = 0;
	ssize_t got;
	char *line, *at = text, name[64];
	int offset;

	while ((got = read(fd, text + len, sizeof(text) - 1 - len)) > 0)
		len += got;
	while ((line = strsep(&at, "\n"))) {
		sscanf(line, "cpus %d", &s.cpus);
		sscanf(line, "area %lu", &s.area);
		sscanf(line, "ring %lu %lu", &s.size, &s.slack);
		sscanf(line, "context %*x %lx %lx %lx", &s.softirq, &s.hardirq,
		       &s.nmi);
		sscanf(line, "data 0 %*d %*d %d", &s.text);
		if (sscanf(line, "field 0 %*d %63s %*s %*s %d", name,
			   &offset) == 2)
			field(name, offset);
	}
}

static void map(int fd)
{
	struct ring *r;
	void *at;
	int cpu;

	for (cpu = 0; cpu < s.cpus && cpu < CPUS; cpu++) {
		r = &s.ring[cpu];
		at = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd,
			  cpu * s.area);
		if (at == MAP_FAILED)
			continue; /* a CPU that is not possible */
		r->control = at;
		at = mmap(NULL, s.area - PAGE, PROT_READ, MAP_SHARED, fd,
			  cpu * s.area + PAGE);
		if (at == MAP_FAILED)
			die("mmap");
		r->data = at;
		r->tail = r->control->tail;
	}
}

static uint64_t value(const struct kp_event *e, int at)
{
	uint64_t v;

	memcpy(&v, (const char *)e + at, sizeof(v));
	return v;
}

static void check_sequence(const struct kp_event *e, int level)
{
	uint64_t iv = value(e, s.iv), id, n;

	if (level > 0 || strncmp(e->comm, "ring_hammer", 11))
		return;
	if (!decode(iv, &id, &n) || id >= IDS)
		return bad(&s.torn, "sequence torn", iv, e->time);
	if (n <= s.last[id])
		return bad(&s.reordered, "sequence", n, s.last[id]);
	s.gaps += n - s.last[id] - 1;
	s.last[id] = n;
}

static void check_comm(const struct kp_event *e)
{
	uint16_t str[2]; /* at, len */
	const char *text = (const char *)e + s.text;

	memcpy(str, (const char *)e + s.comm, sizeof(str));
	if (s.text + str[0] + str[1] >= e->len ||
	    str[1] != strnlen(e->comm, sizeof(e->comm)) ||
	    memcmp(text + str[0], e->comm, str[1] + 1))
		bad(&s.torn, "comm", str[0], str[1]);
}

static int level_of(const struct kp_event *e)
{
	if (e->context & s.nmi)
		return 3;
	if (e->context & s.hardirq)
		return 2;
	return !!(e->context & s.softirq);
}

/*
 * What interrupts a hit has its record behind that of the hit, and may have an
 * earlier time; nothing else may.
 */
static void check_time(struct ring *r, const struct kp_event *e, int level)
{
	int i;

	for (i = 0; i < LEVELS; i++) {
		if (e->time >= r->newest[i])
			continue;
		if (i < level)
			s.early++;
		else
			bad(&s.reordered, "time", e->time, r->newest[i]);
	}
	r->newest[level] = e->time;
	/* An interrupted hit tells what the interrupting ones lost, too. */
	if (level)
		return;
	if (e->lost < r->lost)
		bad(&s.reordered, "lost", e->lost, r->lost);
	r->lost = e->lost;
}

static void check_event(struct ring *r, const struct kp_event *e)
{
	int level = level_of(e), i;

	s.records++;
	s.level[level]++;
	if (e->type != KP_EVENT_HIT || e->probe || e->len < sizeof(*e) ||
	    e->tid < 0 || e->pid < 0)
		return bad(&s.torn, "head", e->type, e->len);
	for (i = 0; i < s.pairs; i++)
		if (s.pair[i].second &&
		    value(e, s.pair[i].first) != value(e, s.pair[i].second))
			bad(&s.torn, s.pair[i].name, value(e, s.pair[i].first),
			    value(e, s.pair[i].second));
	check_time(r, e, level);
	if (s.comm >= 0)
		check_comm(e);
	if (s.iv >= 0)
		check_sequence(e, level);
}

static bool drain(struct ring *r)
{
	uint64_t head = __atomic_load_n(&r->control->head, __ATOMIC_ACQUIRE);
	const struct kp_event *e;
	bool any = false;

	while ((int64_t)(head - r->tail) > 0) {
		e = (const void *)(r->data + (r->tail & (s.size - 1)));
		if (e->len < KP_EVENT_MIN || e->len % 8 || e->len > s.slack ||
		    e->len > head - r->tail) {
			bad(&s.torn, "length", e->len, head - r->tail);
			r->tail = head;
			break;
		}
		if (e->type == KP_EVENT_PAD)
			s.pads++;
		else
			check_event(r, e);
		r->tail += e->len;
		any = true;
	}
	__atomic_store_n(&r->control->tail, r->tail, __ATOMIC_RELEASE);
	return any;
}

static bool drain_all(void)
{
	bool any = false;
	int cpu;

	for (cpu = 0; cpu < CPUS; cpu++)
		if (s.ring[cpu].control)
			any |= drain(&s.ring[cpu]);
	return any;
}

static void tell(void)
{
	uint64_t lost = 0, unseen = 0;
	int i;

	for (i = 0; i < CPUS; i++)
		if (s.ring[i].control)
			lost += s.ring[i].control->lost;
	for (i = 0; i < IDS; i++)
		unseen += s.last[i];
	printf("records=%" PRIu64 " task=%" PRIu64 " softirq=%" PRIu64
	       " irq=%" PRIu64 " nmi=%" PRIu64 " pads=%" PRIu64
	       " early=%" PRIu64 " sequence=%" PRIu64 " gaps=%" PRIu64
	       " lost=%" PRIu64 " torn=%" PRIu64 " reordered=%" PRIu64 " \n",
	       s.records, s.level[0], s.level[1], s.level[2], s.level[3],
	       s.pads, s.early, unseen, s.gaps, lost, s.torn, s.reordered);
}

static int check(const char *device, int seconds)
{
	struct sched_param param = { .sched_priority = 1 };
	time_t end = time(NULL) + seconds;
	struct pollfd p = { .events = POLLIN };

	p.fd = open(device, O_RDWR | O_CLOEXEC);
	if (p.fd < 0)
		die(device);
	describe(p.fd);
	map(p.fd);
	prctl(PR_SET_NAME, "ring_reader"); /* it may begin */
	/* Whoever hits the probe must not keep us from reading. */
	sched_setscheduler(0, SCHED_FIFO, &param);
	while (time(NULL) < end) {
		poll(&p, 1, 1000);
		if (!drain_all() && p.revents & POLLHUP)
			break;
	}
	tell();
	return s.torn || s.reordered;
}

int main(int argc, char **argv)
{
	if (argc == 4 && !strcmp(argv[1], "check"))
		return check(argv[2], atoi(argv[3]));
	if (argc == 4 && !strcmp(argv[1], "files"))
		return files(atoi(argv[2]), atoll(argv[3]));
	if (argc >= 5 && !strcmp(argv[1], "hammer")) {
		prctl(PR_SET_NAME, "ring_hammer");
		return hammer(atoi(argv[2]), atoi(argv[3]), atoll(argv[4]),
			      argc > 5 ? atoi(argv[5]) : 0);
	}
	fprintf(stderr, "usage: see ring_load.c\n");
	return 2;
}
