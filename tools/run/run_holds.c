// SPDX-License-Identifier: GPL-2.0-only
/* run_holds.c - see run_holds.h */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "fnv.h"
#include "run_holds.h"

#define HOLDS_VERSION "kp_holds 1\n"
#define HOLDS_END "end\n"
#define HOLDS_BYTES_MAX (4 * 1024 * 1024)
#define STATE_MAX 256
#define LEVELS_MAX 64 /* of directories */
#define MODULES_BLOCK 65536

/**
 * struct look - how things are
 * @asked: what for
 * @up: the directory of what was looked at last, and those above it, open
 * @len: of the way to each, in @way
 * @n: how many there are
 * @st: of the last file
 * @began: what is newer is not believed, where there is a time
 * @is_late: something was
 */
struct look {
	struct trust *trust;
	const char *asked;
	int up[LEVELS_MAX];
	size_t len[LEVELS_MAX];
	int n;
	char way[PATH_MAX];
	struct stat st;
	struct timespec began;
	bool is_late;
};

static void look__init(struct look *l, struct trust *t, const char *asked)
{
	memset(l, 0, sizeof(*l));
	l->trust = t;
	l->asked = asked ? asked : "";
}

static void look__free(struct look *l)
{
	while (l->n)
		close(l->up[--l->n]);
}

/* Up, until it is on the way to @path, which is that long. */
static void look__go_up(struct look *l, const char *path, size_t len)
{
	size_t was;

	while (l->n) {
		was = l->len[l->n - 1];
		if (was <= len && !memcmp(l->way, path, was) &&
		    (was == len || path[was] == '/'))
			break;
		close(l->up[--l->n]);
	}
}

static bool look__go_down(struct look *l, size_t from, size_t to)
{
	int at = l->n ? l->up[l->n - 1] : AT_FDCWD, fd;
	char was = l->way[to];

	if (l->n == LEVELS_MAX)
		return false;
	l->way[to] = '\0';
	fd = trust__step(l->trust, at, l->n ? l->way + from : "/",
			 l->n ? l->way : "/");
	l->way[to] = was;
	if (fd < 0)
		return false;
	l->up[l->n] = fd;
	l->len[l->n++] = to;
	return true;
}

/* To the directory of @path, which is most likely that of the last one. */
static int look__dir(struct look *l, const char *path, const char **name)
{
	const char *slash = strrchr(path, '/');
	size_t len = slash ? (size_t)(slash - path) : 0, at, end;

	if (*path != '/' || len >= sizeof(l->way) || !slash[1])
		return -1;
	*name = slash + 1;
	look__go_up(l, path, len);
	memcpy(l->way, path, len);
	l->way[len] = '\0';
	if (!l->n && !look__go_down(l, 0, 0))
		return -1;
	for (at = l->len[l->n - 1]; at < len; at = end) {
		end = at + 1 + strcspn(l->way + at + 1, "/");
		if (end > at + 1 && !look__go_down(l, at + 1, end))
			return -1;
	}
	return l->up[l->n - 1];
}

static bool look__is_trusted(struct look *l, const char *path,
			     enum trust_kind kind)
{
	const char *name = path;
	int dir = AT_FDCWD;

	/* Only root asks for what is above. */
	if (*path != '/')
		return false;
	if (!l->trust->user)
		dir = look__dir(l, path, &name);
	return (dir >= 0 || dir == AT_FDCWD) &&
	       trust__has(l->trust, dir, name, kind, &l->st);
}

static char *state__hex(char *to, uint64_t value)
{
	int shift = 60;

	while (shift && !(value >> shift))
		shift -= 4;
	for (; shift >= 0; shift -= 4)
		*to++ = "0123456789abcdef"[value >> shift & 15];
	*to++ = ':';
	return to;
}

static void state__hash(char *state, uint64_t hash)
{
	state__hex(state, hash)[-1] = '\0';
}

static bool time__is_before(const struct timespec *a, const struct timespec *b)
{
	return a->tv_sec < b->tv_sec ||
	       (a->tv_sec == b->tv_sec && a->tv_nsec < b->tv_nsec);
}

static void look__state(struct look *l, char *to)
{
	const struct stat *st = &l->st;

	if (l->began.tv_sec && !time__is_before(&st->st_ctim, &l->began))
		l->is_late = true;
	to = state__hex(to, st->st_dev);
	to = state__hex(to, st->st_ino);
	to = state__hex(to, (uint64_t)st->st_size);
	to = state__hex(to, (uint64_t)st->st_mtim.tv_sec);
	to = state__hex(to, (uint64_t)st->st_mtim.tv_nsec);
	to = state__hex(to, (uint64_t)st->st_ctim.tv_sec);
	to = state__hex(to, (uint64_t)st->st_ctim.tv_nsec);
	to[-1] = '\0';
}

/* Each gives the state of a path, "" where there is none to keep, or false. */

static bool state__file(struct look *l, const char *path, char *state)
{
	if (stat(path, &l->st))
		strcpy(state, "-");
	else
		look__state(l, state);
	return true;
}

static bool state__source(struct look *l, const char *path, char *state)
{
	/* Only root asks whose they are: lib/trust.sh, kp_trust_sources(). */
	if (l->trust->user)
		return state__file(l, path, state);
	if (!look__is_trusted(l, path, TRUST_SOURCE))
		return false;
	look__state(l, state);
	return true;
}

static bool state__trusted(struct look *l, const char *path, char *state)
{
	*state = '\0';
	return look__is_trusted(l, path, TRUST_ITSELF);
}

static bool state__line(struct look *l, const char *path, char *state)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t len = fd < 0 ? 0 : read(fd, state, STATE_MAX - 1);

	(void)l;
	if (fd >= 0)
		close(fd);
	state[len < 0 ? 0 : len] = '\0';
	state[strcspn(state, "\n")] = '\0';
	return true;
}

/* The byte behind it parts it from the next. */
static uint64_t hash__add(uint64_t hash, const char *text, size_t len)
{
	return fnv__add(fnv__add(hash, text, len), "", 1);
}

/* What was asked, of any length: two are one by chance in 2^64. */
static bool state__asked(struct look *l, const char *path, char *state)
{
	(void)path;
	state__hash(state, hash__add(FNV_BEGIN, l->asked, strlen(l->asked)));
	return true;
}

/* All of a file of the kernel's, which tells no size. */
static char *modules__read(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	size_t size = MODULES_BLOCK, done = 0;
	char *text = fd < 0 ? NULL : malloc(size), *more;
	ssize_t len = -1;

	while (text && (len = read(fd, text + done, size - done - 1)) > 0) {
		done += (size_t)len;
		if (size - done > MODULES_BLOCK / 2)
			continue;
		size *= 2;
		more = size > HOLDS_BYTES_MAX ? NULL : realloc(text, size);
		if (!more)
			free(text);
		text = more;
	}
	if (fd >= 0)
		close(fd);
	if (text)
		text[done] = '\0';
	return text;
}

/*
 * e1000 155648 0 - Live 0xffffffffc0420000
 *
 * Names and places, as functions are found by them. Probes of ours come and go.
 */
static bool state__modules(struct look *l, const char *path, char *state)
{
	char *text = modules__read(path), *line = text, *end, *place;
	uint64_t hash = FNV_BEGIN;

	(void)l;
	for (; line && *line; line = end + 1) {
		end = strchr(line, '\n');
		place = end ? strstr(line, " 0x") : NULL;
		if (!place || place > end)
			break;
		if (strncmp(line, "kp_", 3)) {
			hash = hash__add(hash, line, strcspn(line, " "));
			hash = hash__add(hash, place,
					 strcspn(place + 1, " \n") + 1);
		}
	}
	free(text);
	state__hash(state, hash);
	return text;
}

static const struct watch {
	const char *word;
	bool (*state)(struct look *l, const char *path, char *state);
} watches[] = {
	{ "file ", state__file },	{ "source ", state__source },
	{ "trusted ", state__trusted }, { "line ", state__line },
	{ "modules ", state__modules }, { "asked ", state__asked },
};

/* How "WORD PATH" is looked at; NULL if that is no such line. */
static const struct watch *watch__of(const char *line)
{
	size_t i;

	for (i = 0; i < sizeof(watches) / sizeof(watches[0]); i++)
		if (!strncmp(line, watches[i].word, strlen(watches[i].word)))
			return &watches[i];
	return NULL;
}

/* A line of the file, of which the tab and the end are cut. */
static bool look__is_as_told(struct look *l, char *line)
{
	const struct watch *w = watch__of(line);
	char state[STATE_MAX], *tab = strchr(line, '\t');

	if (tab)
		*tab++ = '\0';
	return w && w->state(l, line + strlen(w->word), state) &&
	       !strcmp(state, tab ? tab : "");
}

static char *holds__read(struct trust *t, const char *path)
{
	struct stat st;
	int fd = trust__open(t, path, &st);
	char *text = NULL;

	if (fd < 0)
		return NULL;
	/* Nobody else tells us what was. */
	if (st.st_uid == t->user && st.st_size <= HOLDS_BYTES_MAX)
		text = malloc((size_t)st.st_size + 1);
	if (text && read(fd, text, (size_t)st.st_size) == st.st_size) {
		text[st.st_size] = '\0';
	} else {
		free(text);
		text = NULL;
	}
	close(fd);
	return text;
}

bool holds__check(struct trust *t, const char *path, const char *asked)
{
	char *text = holds__read(t, path), *line, *end;
	bool is_whole = false, is_same = true;
	struct look l;

	if (!text)
		return false;
	look__init(&l, t, asked);
	is_same = !strncmp(text, HOLDS_VERSION, strlen(HOLDS_VERSION));
	line = text + (is_same ? strlen(HOLDS_VERSION) : 0);
	for (; is_same && !is_whole; line = end + 1) {
		end = strchr(line, '\n');
		is_whole = !strcmp(line, HOLDS_END);
		if (!end)
			is_same = false;
		else if (!is_whole) {
			*end = '\0';
			is_same = look__is_as_told(&l, line);
		}
	}
	look__free(&l);
	free(text);
	return is_same && is_whole;
}

static int holds__begin(struct look *l, const char *path)
{
	struct stat st;

	if (stat(path, &st))
		return -errno;
	l->began = st.st_mtim;
	return 0;
}

static int holds__note_line(struct look *l, FILE *to, const char *line)
{
	static const char began[] = "began ";
	const struct watch *w = watch__of(line);
	char state[STATE_MAX];

	if (!strncmp(line, began, strlen(began)))
		return holds__begin(l, line + strlen(began));
	if (!w || strchr(line, '\t'))
		return -EINVAL;
	if (!w->state(l, line + strlen(w->word), state))
		return -EPERM;
	if (l->is_late)
		return -ESTALE;
	fprintf(to, *state ? "%s\t%s\n" : "%s\n", line, state);
	return 0;
}

static int holds__note_all(struct trust *t, FILE *to, const char *asked)
{
	char *line = NULL;
	size_t size = 0;
	struct look l;
	ssize_t len;
	int err = 0;

	look__init(&l, t, asked);
	fputs(HOLDS_VERSION, to);
	while (!err && (len = getline(&line, &size, stdin)) > 0) {
		if (line[len - 1] != '\n' || strlen(line) != (size_t)len)
			err = -EINVAL;
		line[len - 1] = '\0';
		err = err ? err : holds__note_line(&l, to, line);
	}
	if (!err && ferror(stdin))
		err = -EIO;
	fputs(HOLDS_END, to);
	free(line);
	look__free(&l);
	return err;
}

/* Takes the place of the old one in one step, or leaves it. */
static int holds__write(struct trust *t, int dir, const char *name,
			const char *asked)
{
	char new[NAME_MAX + 1];
	FILE *f = NULL;
	int fd, err;

	if ((size_t)snprintf(new, sizeof(new), "%s.%d", name, getpid()) >=
	    sizeof(new))
		return -ENAMETOOLONG;
	fd = openat(dir, new, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0)
		return -errno;
	f = fdopen(fd, "w");
	err = f ? holds__note_all(t, f, asked) : -ENOMEM;
	if (f && ferror(f) && !err)
		err = -EIO;
	if (f && fclose(f) && !err)
		err = -EIO;
	if (!err && renameat(dir, new, dir, name))
		err = -errno;
	if (err)
		unlinkat(dir, new, 0);
	return err;
}

int holds__note(struct trust *t, const char *path, const char *asked)
{
	const char *name;
	int dir = trust__open_place(t, path, &name), err;

	if (dir < 0)
		return dir;
	err = holds__write(t, dir, name, asked);
	close(dir);
	return err;
}
