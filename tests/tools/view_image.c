// SPDX-License-Identifier: GPL-2.0-only
/*
 * view_image.c - makes what kp_view reads, and checks what it writes
 *
 *   view_image DESCRIPTION <COMMANDS >IMAGE
 *   view_image --produce FILE N STATS   one thread a CPU adds N hits of probe 0
 *                                       to a file that is being followed,
 *                                       500 a millisecond
 *   view_image --clock                  a description's line, for rdtsc
 *   view_image --json <LINES            every line is an object of JSON
 *   view_image --corpus DIRECTORY       what the fuzz targets begin with
 *
 * The description has blanks for TABs, and ~ for blanks. Commands, one a line:
 *
 *   cpu N                      those that follow are of its area
 *   at POSITION                the ring begins there
 *   hit P NS COMM TID [KEY=VALUE]...
 *                              irqs=, thread=, context=, pid=, stack=A,B,
 *                              lost= (since the record before), and the
 *                              fields by name: a number, text, (fault), or
 *                              text... that was cut; %XX is a byte; A,B,C are
 *                              the elements of an array
 *   note NS TEXT
 *   raw HEX                    bytes instead of a record
 *   pad BYTES
 *   poke OFFSET HEX            bytes in the record before
 *   lost N, head N             of the control page
 *   of P                       what follows is of that probe's table
 *   bucket INDEX COUNT         of a histogram
 *   slot COUNT TEXT|A,B,C      the next free one of the keys
 */
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "check_json.h"
#include "desc.h"
#include "kp_abi.h"
#include "view_sample.h"

#define RECORD_MAX 65536

struct image {
	struct view_desc desc;
	char *text;
	size_t len;
	size_t page;
	size_t base;
	uint8_t *areas;
	uint32_t cpu;
	uint64_t start; /* of the record before */
	uint32_t table;
	uint64_t slots[64][2]; /* of CPUs, of probes */
};

static void die(const char *what, const char *object)
{
	fprintf(stderr, "view_image: %s: %s\n", what, object ? object : "?");
	exit(1);
}

static uint64_t number(const char *word)
{
	char *end;
	uint64_t v;

	if (!word)
		die("missing value", word);
	v = *word == '-' ? (uint64_t)strtoll(word, &end, 0) :
			   strtoull(word, &end, 0);
	if (!*word || *end)
		die("not to be read", word);
	return v;
}

static struct kp_control *image__control(struct image *im)
{
	return (struct kp_control *)(im->areas + im->cpu * im->desc.area);
}

static uint8_t *image__data(struct image *im)
{
	return im->areas + im->cpu * im->desc.area + im->page;
}

/* The place of len bytes, whose end may be in the slack. */
static uint8_t *image__reserve(struct image *im, uint32_t len)
{
	struct kp_control *c = image__control(im);

	if (c->head + len - c->tail > im->desc.ring || len > im->desc.slack)
		die("ring is full", "sorry");
	im->start = c->head;
	c->head += len;
	return image__data(im) + im->start % im->desc.ring;
}

static void image__pad(struct image *im, uint64_t len)
{
	struct kp_event pad = { .len = (uint16_t)len, .type = KP_EVENT_PAD };

	memcpy(image__reserve(im, (uint32_t)len), &pad, KP_EVENT_MIN);
}

static void image__begin(struct image *im, uint64_t at)
{
	image__control(im)->head = at;
	image__control(im)->tail = at;
}

static int hex__digit(char c)
{
	return isdigit((unsigned char)c) ? c - '0' : (c | 32) - 'a' + 10;
}

static size_t hex__put(uint8_t *to, const char *hex)
{
	size_t n;

	for (n = 0; hex[2 * n] && hex[2 * n + 1]; n++)
		to[n] = (uint8_t)(hex__digit(hex[2 * n]) << 4 |
				  hex__digit(hex[2 * n + 1]));
	return n;
}

static size_t text__put(uint8_t *to, const char *s)
{
	size_t n = 0;

	for (; *s; s++) {
		if (*s == '%') {
			hex__put(to + n++, (char[]){ s[1], s[2], 0 });
			s += 2;
		} else {
			to[n++] = (uint8_t)*s;
		}
	}
	return n;
}

struct record {
	uint8_t bytes[RECORD_MAX];
	uint32_t len;
};

static void record__set_bit(struct record *r, uint32_t at, uint32_t n)
{
	r->bytes[at + n / 8] |= (uint8_t)(1 << n % 8);
}

static void record__put_value(struct record *r, const struct view_probe *p,
			      const struct view_field *f, uint32_t i,
			      char *word)
{
	uint32_t at = f->offset + i * f->size;
	uint16_t s[2] = { (uint16_t)(r->len - p->text), 0 };
	size_t len = strlen(word);
	uint64_t v;

	if (!field__is_str(f)) {
		v = number(word);
		memcpy(r->bytes + at, &v, f->size);
		return;
	}
	if (len > 3 && strcmp(word + len - 3, "...") == 0) {
		word[len - 3] = '\0';
		record__set_bit(r, p->cut, f->n);
	}
	s[1] = (uint16_t)text__put(r->bytes + r->len, word);
	memcpy(r->bytes + at, s, sizeof(s));
	r->len += s[1] + 1u;
}

static void record__put_field(struct record *r, const struct view_probe *p,
			      const struct view_field *f, char *word)
{
	const uint16_t fault[2] = { 0xffff, 0 };
	uint32_t i = 0;
	char *next;

	if (strcmp(word, "(fault)") == 0) {
		record__set_bit(r, p->faults, f->n);
		if (field__is_str(f))
			memcpy(r->bytes + f->offset, fault, sizeof(fault));
		return;
	}
	for (; word; word = next, i++) {
		next = f->count ? strchr(word, ',') : NULL;
		if (next)
			*next++ = '\0';
		record__put_value(r, p, f, i, word);
	}
}

static void record__put_stack(struct record *r, struct kp_event *ev, char *word)
{
	uint64_t n = 0, addr;
	char *next;

	r->len = (r->len + 7) / 8 * 8;
	ev->stack = (uint16_t)r->len;
	for (; word; word = next, n++) {
		next = strchr(word, ',');
		if (next)
			*next++ = '\0';
		addr = number(word);
		memcpy(r->bytes + r->len + 8 + 8 * n, &addr, 8);
	}
	memcpy(r->bytes + r->len, &n, 8);
	r->len += 8 + 8 * (uint32_t)n;
}

static void record__set(struct record *r, const struct view_probe *p,
			struct kp_event *ev, char *word)
{
	char *value = strchr(word, '=');
	uint32_t i;

	if (!value)
		die("no value", word);
	*value++ = '\0';
	for (i = 0; i < p->nfields; i++) {
		if (strcmp(p->fields[i].name, word) == 0) {
			record__put_field(r, p, &p->fields[i], value);
			return;
		}
	}
	if (strcmp(word, "irqs") == 0)
		ev->irqs = (uint8_t)number(value);
	else if (strcmp(word, "thread") == 0)
		ev->thread = (uint8_t)number(value);
	else if (strcmp(word, "context") == 0)
		ev->context = (uint32_t)number(value);
	else if (strcmp(word, "lost") == 0)
		ev->lost = (uint32_t)number(value);
	else if (strcmp(word, "pid") == 0)
		ev->pid = (int32_t)number(value);
	else if (strcmp(word, "stack") == 0)
		record__put_stack(r, ev, value);
	else
		die("unknown field", word);
}

static char *next_word(void)
{
	return strtok(NULL, " \012");
}

static void image__hit(struct image *im)
{
	static struct record r;
	struct kp_event ev = { .type = KP_EVENT_HIT };
	const struct view_probe *p;
	char *word;

	memset(&r, 0, sizeof(r));
	ev.probe = (uint8_t)number(next_word());
	p = &im->desc.probes[ev.probe];
	r.len = p->need;
	if (p->text)
		r.bytes[r.len++] = '\0';
	ev.time = number(next_word());
	text__put((uint8_t *)ev.comm, next_word());
	ev.tid = (int32_t)number(next_word());
	ev.pid = ev.tid;
	while ((word = next_word()))
		record__set(&r, p, &ev, word);
	ev.len = (uint16_t)((r.len + 7) / 8 * 8);
	image__control(im)->lost += ev.lost;
	ev.lost = (uint32_t)image__control(im)->lost;
	memcpy(r.bytes, &ev, sizeof(ev));
	memcpy(image__reserve(im, ev.len), r.bytes, ev.len);
}

static void image__note(struct image *im)
{
	struct kp_event ev = { .type = KP_EVENT_NOTE };
	char text[256] = "", *word;
	uint8_t *to;

	ev.time = number(next_word());
	while ((word = next_word()))
		snprintf(text + strlen(text), sizeof(text) - strlen(text),
			 "%s%s", *text ? " " : "", word);
	ev.len = (uint16_t)((sizeof(ev) + strlen(text) + 8) / 8 * 8);
	ev.lost = (uint32_t)image__control(im)->lost;
	to = image__reserve(im, ev.len);
	memcpy(to, &ev, sizeof(ev));
	strcpy((char *)to + sizeof(ev), text);
}

static uint8_t *image__table(struct image *im)
{
	return image__data(im) + im->table * desc__table_size(&im->desc);
}

static void image__slot(struct image *im)
{
	uint64_t count = number(next_word()), v;
	uint64_t *used = &im->slots[im->cpu][im->table];
	char *word = strtok(NULL, "\n"), *next;
	uint8_t *to = image__table(im);
	uint32_t i = 0;

	if (*used == im->desc.slots || !word)
		die("no slot", word);
	to += (*used)++ * (8 + im->desc.key_bytes);
	memcpy(to, &count, 8);
	if (im->desc.key == VIEW_KEY_COMM) {
		text__put(to + 8, word);
		return;
	}
	for (; word; word = next, i++) {
		next = strchr(word, ',');
		if (next)
			*next++ = '\0';
		v = number(word);
		memcpy(to + 8 + 8 * i, &v, 8);
	}
}

static void image__raw(struct image *im)
{
	uint8_t bytes[512];
	uint32_t len = (uint32_t)hex__put(bytes, next_word());

	memcpy(image__reserve(im, len), bytes, len);
}

static void image__command(struct image *im, char *line)
{
	char *word = strtok(line, " \012");
	uint64_t v;

	if (!word) {
		return;
	} else if (strcmp(word, "hit") == 0) {
		image__hit(im);
	} else if (strcmp(word, "note") == 0) {
		image__note(im);
	} else if (strcmp(word, "raw") == 0) {
		image__raw(im);
	} else if (strcmp(word, "slot") == 0) {
		image__slot(im);
	} else {
		v = number(next_word());
		if (strcmp(word, "cpu") == 0)
			im->cpu = (uint32_t)v;
		else if (strcmp(word, "at") == 0)
			image__begin(im, v);
		else if (strcmp(word, "pad") == 0)
			image__pad(im, v);
		else if (strcmp(word, "head") == 0)
			image__control(im)->head = v;
		else if (strcmp(word, "lost") == 0)
			image__control(im)->lost = v;
		else if (strcmp(word, "poke") == 0)
			hex__put(image__data(im) + im->start % im->desc.ring +
					 v,
				 next_word());
		else if (strcmp(word, "of") == 0)
			im->table = v & 1;
		else if (strcmp(word, "bucket") == 0)
			((uint64_t *)image__table(im))[v] = number(next_word());
		else
			die("unknown command", word);
	}
}

static void image__parse(struct image *im)
{
	struct view_error err;

	if (desc__parse(&im->desc, im->text, im->len,
			(size_t)sysconf(_SC_PAGESIZE), &err)) {
		fprintf(stderr, "view_image: line %u, %s: ", err.line,
			err.what);
		die("description", err.cause);
	}
	im->page = im->desc.page;
	im->base = (im->len + im->page) / im->page * im->page;
}

/* A file, with blanks and TABs as the viewer wants them. */
static void image__read_description(struct image *im, const char *path)
{
	FILE *f = fopen(path, "r");
	size_t i;

	im->text = calloc(1, 65536);
	if (!f || !im->text)
		die("cannot read", path);
	im->len = fread(im->text, 1, 65535, f);
	fclose(f);
	for (i = 0; i < im->len; i++)
		im->text[i] = im->text[i] == ' ' ? '\t' :
			      im->text[i] == '~' ? ' ' :
						   im->text[i];
	image__parse(im);
}

static int image__make(const char *path)
{
	struct image im = { 0 };
	size_t size, i;
	char line[4096];

	image__read_description(&im, path);
	size = im.desc.cpus * im.desc.area;
	im.areas = calloc(1, size + 1);
	if (!im.areas)
		die("out of memory", path);
	while (fgets(line, sizeof(line), stdin))
		image__command(&im, line);
	fwrite(im.text, 1, im.len, stdout);
	for (i = im.len; i < im.base; i++)
		putchar('\0');
	fwrite(im.areas, 1, size, stdout);
	return fflush(stdout) ? 1 : 0;
}

static FILE *corpus__open(const char *directory, const char *name, size_t i)
{
	char path[512];
	FILE *f;

	snprintf(path, sizeof(path), "%s_%s/%zu", directory, name, i);
	f = fopen(path, "w");
	if (!f)
		die("cannot write", path);
	return f;
}

/* As fuzz_view_ring.c reads it: positions and data of each CPU. */
static void corpus__write_ring(struct image *im, const char *directory,
			       uint8_t option)
{
	FILE *f = corpus__open(directory, "ring", option);
	struct kp_control *c;
	uint64_t position[2];

	fputc(option, f);
	for (im->cpu = 0; im->cpu < SAMPLE_CPUS; im->cpu++) {
		c = image__control(im);
		position[0] = c->tail;
		position[1] = (c->head - c->tail) | c->lost << 48;
		fwrite(position, sizeof(position), 1, f);
		fwrite(image__data(im), SAMPLE_DATA, 1, f);
	}
	fclose(f);
}

static int corpus__write(const char *directory)
{
	struct image im = { .text = (char *)samples[0] };
	char line[256];
	uint8_t option;
	size_t i;
	FILE *f;

	for (i = 0; i < SAMPLES; i++) {
		f = corpus__open(directory, "desc", i);
		fputs(samples[i], f);
		fclose(f);
	}
	im.len = strlen(im.text);
	image__parse(&im);
	im.areas = calloc(SAMPLE_CPUS, im.desc.area);
	if (!im.areas)
		die("out of memory", directory);
	for (i = 0; i < ARRAY_SIZE(sample_commands); i++) {
		snprintf(line, sizeof(line), "%s", sample_commands[i]);
		image__command(&im, line);
	}
	for (option = 0; option < 32; option++)
		corpus__write_ring(&im, directory, option);
	return 0;
}

struct producer {
	struct image *im;
	uint32_t cpu;
	uint64_t n;
	uint64_t written;
};

static uint64_t cycles__now(void)
{
#ifdef __x86_64__
	return __builtin_ia32_rdtsc();
#else
	return 0;
#endif
}

/* A line of a description, of this machine's clock. */
static int clock__print(void)
{
	struct timespec ts[2];
	uint64_t cycles[2], ns[2];
	int i;

	if (!cycles__now())
		return 1;
	for (i = 0; i < 2; i++) {
		clock_gettime(CLOCK_MONOTONIC, &ts[i]);
		cycles[i] = cycles__now();
		ns[i] = (uint64_t)ts[i].tv_sec * 1000000000 +
			(uint64_t)ts[i].tv_nsec;
		usleep(200000);
	}
	printf("clock %llu %llu %llu\n",
	       (unsigned long long)((cycles[1] - cycles[0]) * 1000000 /
				    (ns[1] - ns[0])),
	       (unsigned long long)cycles[1], (unsigned long long)ns[1]);
	return 0;
}

/* As the module does: what has no room is dropped, and counted. */
static bool produce(struct image *im, uint64_t seq)
{
	const struct view_probe *p = &im->desc.probes[0];
	struct kp_control *c = image__control(im);
	uint32_t len = (p->need + 7) / 8 * 8;
	uint64_t tail = __atomic_load_n(&c->tail, __ATOMIC_ACQUIRE);
	struct kp_event ev = { .len = (uint16_t)len, .type = KP_EVENT_HIT };
	struct timespec ts;
	uint8_t *to;

	if (c->head + len - tail > im->desc.ring)
		return false;
	clock_gettime(CLOCK_MONOTONIC, &ts);
	ev.time = (uint64_t)ts.tv_sec * 1000000000 + (uint64_t)ts.tv_nsec;
	if (im->desc.khz)
		ev.time = cycles__now();
	ev.lost = (uint32_t)c->lost;
	strcpy(ev.comm, "producer");
	to = image__data(im) + c->head % im->desc.ring;
	memcpy(to, &ev, sizeof(ev));
	memset(to + sizeof(ev), 0, len - sizeof(ev));
	memcpy(to + p->fields[0].offset, &seq, p->fields[0].size);
	__atomic_store_n(&c->head, c->head + len, __ATOMIC_RELEASE);
	return true;
}

static void *producer__run(void *arg)
{
	struct producer *pr = arg;
	struct image im = *pr->im;
	uint64_t i;

	im.cpu = pr->cpu;
	for (i = 0; i < pr->n; i++) {
		if (i % 500 == 499)
			usleep(1000);
		if (produce(&im, i))
			pr->written++;
		else
			__atomic_store_n(&image__control(&im)->lost,
					 image__control(&im)->lost + 1,
					 __ATOMIC_RELAXED);
	}
	return NULL;
}

static int produce__all(const char *path, uint64_t n, const char *stats)
{
	struct producer pr[64] = { 0 };
	struct image im = { 0 };
	uint64_t written = 0, hits;
	pthread_t threads[64];
	struct stat st;
	uint32_t i;
	uint8_t *map;
	FILE *f;
	int fd = open(path, O_RDWR);

	if (fd < 0 || fstat(fd, &st))
		die("cannot open", path);
	map = mmap(NULL, (size_t)st.st_size, PROT_READ | PROT_WRITE, MAP_SHARED,
		   fd, 0);
	if (map == MAP_FAILED)
		die("cannot map", path);
	im.text = (char *)map;
	im.len = strnlen(im.text, (size_t)st.st_size);
	image__parse(&im);
	im.areas = map + im.base;
	for (i = 0; i < im.desc.cpus && i < 64; i++) {
		pr[i] = (struct producer){ .im = &im, .cpu = i, .n = n };
		pthread_create(&threads[i], NULL, producer__run, &pr[i]);
	}
	for (i = 0; i < im.desc.cpus && i < 64; i++) {
		pthread_join(threads[i], NULL);
		written += pr[i].written;
	}
	hits = im.desc.cpus * n;
	f = fopen(stats, "w");
	if (!f)
		die("cannot write", stats);
	fprintf(f, "hits=%llu shown=%llu filtered=0 dropped=%llu missed=0\n",
		(unsigned long long)hits, (unsigned long long)written,
		(unsigned long long)(hits - written));
	return fclose(f) ? 1 : 0;
}

static int json__check(void)
{
	char *line = NULL;
	size_t size = 0;
	const char *end;
	int n = 0;

	for (; getline(&line, &size, stdin) > 0; n++) {
		end = *line == '{' ? json__value(line) : NULL;
		if (!end || strcmp(end, "\n"))
			die("no object of JSON", line);
	}
	free(line);
	return n ? 0 : 1;
}

int main(int argc, char **argv)
{
	if (argc == 5 && strcmp(argv[1], "--produce") == 0)
		return produce__all(argv[2], number(argv[3]), argv[4]);
	if (argc == 3 && strcmp(argv[1], "--corpus") == 0)
		return corpus__write(argv[2]);
	if (argc == 2 && strcmp(argv[1], "--clock") == 0)
		return clock__print();
	if (argc == 2 && strcmp(argv[1], "--json") == 0)
		return json__check();
	if (argc == 2)
		return image__make(argv[1]);
	die("usage", "view_image DESCRIPTION|--produce ...|--json");
	return 1;
}
