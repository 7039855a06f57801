// SPDX-License-Identifier: GPL-2.0-only
/*
 * source.c - see source.h
 *
 * A file has the description first, up to a NUL or a form feed, and its areas
 * from the next page on.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "source.h"

#define IMAGE_MOST (128 << 10)

static void source__error(const struct view_source *s, const char *cause)
{
	fprintf(stderr, "kp_view: error: %s %s: %s\n",
		s->once ? "image" : "device", s->path, cause);
}

static int source__fail(const struct view_source *s, int err)
{
	if (err == EBUSY || (err == EWOULDBLOCK && s->is_file))
		source__error(s, "another viewer follows it");
	else
		source__error(s, strerror(err));
	return -err;
}

/* A device has no end that one could seek to: read until it gives nothing. */
static char *source__read(struct view_source *s, size_t *len)
{
	char *text = malloc(VIEW_DESC_MAX);
	ssize_t got;

	for (*len = 0; text && *len < VIEW_DESC_MAX; *len += (size_t)got) {
		got = read(s->fd, text + *len, VIEW_DESC_MAX - *len);
		if (got < 0 && errno == EINTR)
			got = 0;
		else if (got < 0)
			goto fail;
		else if (!got || memchr(text + *len, '\0', (size_t)got) ||
			 memchr(text + *len, '\f', (size_t)got))
			return *len += (size_t)got, text;
	}
	errno = text ? EFBIG : ENOMEM;
fail:
	free(text);
	return NULL;
}

static int source__describe(struct view_source *s)
{
	struct view_error err;
	char *text;
	size_t len, end;
	int ret;

	text = source__read(s, &len);
	if (!text)
		return source__fail(s, errno);
	for (end = 0; end < len && text[end] && text[end] != '\f'; end++)
		;
	ret = desc__parse(&s->desc, text, end, (size_t)sysconf(_SC_PAGESIZE),
			  &err);
	free(text);
	if (s->is_file && !ret)
		s->base = (end + s->desc.page) / s->desc.page * s->desc.page;
	clock__init(&s->clock, &s->desc, !s->once);
	if (!ret)
		return 0;
	if (err.line)
		fprintf(stderr,
			"kp_view: error: description of %s: line %u, %s: %s\n",
			s->path, err.line, err.what, err.cause);
	else
		fprintf(stderr, "kp_view: error: description of %s: %s\n",
			s->path, err.cause);
	return ret;
}

static size_t source__size(const struct view_source *s)
{
	uint64_t page = s->desc.page;

	return (s->desc.ring + s->desc.slack + page - 1) / page * page;
}

/*
 * A CPU that this machine cannot have is a gap in the numbers, whose area is
 * refused: memory of our own, always empty.
 */
static void *source__map_part(struct view_source *s, size_t size, int how,
			      uint64_t at)
{
	int kind = s->once ? MAP_PRIVATE : MAP_SHARED;
	void *map = mmap(NULL, size, how, kind, s->fd, (off_t)at);

	if (map == MAP_FAILED && errno == EINVAL && !s->is_file)
		map = mmap(NULL, size, how, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	else if (map != MAP_FAILED)
		s->mapped++;
	return map == MAP_FAILED ? NULL : map;
}

/* EAGAIN is of a CPU that was not online: it has none until it is hit. */
static int source__map_data(struct view_source *s, struct view_ring *r)
{
	uint64_t at = s->base + r->cpu * s->desc.area + s->desc.page;

	r->data = source__map_part(s, source__size(s), PROT_READ, at);
	return r->data || errno == EAGAIN ? 0 : -errno;
}

static bool source__map_late(struct view_rings *rs, struct view_ring *r)
{
	struct view_source *s =
		(struct view_source *)((char *)rs -
				       offsetof(struct view_source, rings));

	return !source__map_data(s, r) && r->data;
}

static int source__map_ring(struct view_source *s, struct view_ring *r)
{
	uint64_t at = s->base + r->cpu * s->desc.area;
	int ret;

	r->control =
		source__map_part(s, s->desc.page, PROT_READ | PROT_WRITE, at);
	if (!r->control)
		return -errno;
	ret = source__map_data(s, r);
	if (ret)
		return ret;
	r->size = s->desc.ring;
	r->slack = s->desc.slack;
	ring__start(r);
	return 0;
}

static int source__map(struct view_source *s)
{
	uint32_t i, n = s->desc.mode == VIEW_COUNT ? 0 : s->desc.cpus;
	struct stat st;
	int ret;

	ret = rings__init(&s->rings, n);
	if (ret)
		return source__fail(s, -ret);
	/* No kernel waits for room, and the processor's cache is small. */
	if (s->once)
		s->rings.most = IMAGE_MOST;
	s->rings.map = source__map_late;
	if (s->is_file && n &&
	    (fstat(s->fd, &st) || (uint64_t)st.st_size < s->base ||
	     ((uint64_t)st.st_size - s->base) / n < s->desc.area)) {
		source__error(s, "shorter than its areas");
		return -EINVAL;
	}
	for (i = 0; i < n && !ret; i++)
		ret = source__map_ring(s, &s->rings.ring[i]);
	if (!ret && n && !s->mapped)
		ret = -EINVAL;
	return ret ? source__fail(s, -ret) : 0;
}

int source__open(struct view_source *s, const char *path, bool once)
{
	struct stat st;
	int ret;

	memset(s, 0, sizeof(*s));
	s->path = path;
	s->once = once;
	s->fd = open(path, (once ? O_RDONLY : O_RDWR) | O_CLOEXEC | O_NOCTTY);
	if (s->fd < 0 || fstat(s->fd, &st))
		return source__fail(s, errno);
	s->is_file = S_ISREG(st.st_mode);
	if (!s->is_file && !S_ISCHR(st.st_mode)) {
		source__error(s, "neither a device nor a file");
		return -EINVAL;
	}
	if (s->is_file && !once && flock(s->fd, LOCK_EX | LOCK_NB))
		return source__fail(s, errno);
	ret = source__describe(s);
	return ret ? ret : source__map(s);
}

bool source__is_gone(const struct view_source *s)
{
	struct stat st;

	return s->is_file && !s->once && !fstat(s->fd, &st) && !st.st_nlink;
}

void source__let_go(struct view_source *s)
{
	struct view_ring *r;
	uint32_t i;

	for (i = 0; i < s->rings.n; i++) {
		r = &s->rings.ring[i];
		if (r->control)
			munmap(r->control, s->desc.page);
		if (r->data)
			munmap((void *)r->data, source__size(s));
		r->control = NULL;
		r->data = NULL;
		r->head = r->cur;
	}
	if (s->fd >= 0)
		close(s->fd);
	s->fd = -1;
}

void source__close(struct view_source *s)
{
	source__let_go(s);
	rings__free(&s->rings);
	desc__free(&s->desc);
}
