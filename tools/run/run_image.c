// SPDX-License-Identifier: GPL-2.0-only
/* run_image.c - see run_image.h */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "file.h"
#include "run_image.h"
#include "run_kernel.h"
#include "run_log.h"

#define FUNCNAME_MAX 511
#define EVENT_MAX 63

/*
 * A placeholder:	kp_FUNCNAME0_xxxxxxxx...
 * All hold an N, which is rare in a module, so that it is looked for.
 */
static const struct holder {
	const char *begin;
	size_t behind; /* of its first N */
	size_t len;
	bool is_counted; /* the number of its probe follows */
} holders[] = {
	{ "kp_NAME", 3, KERNEL_NAME_MAX, false },
	{ "kp_FUNCNAME", 5, FUNCNAME_MAX, true },
	{ "kp_EVENT", 6, EVENT_MAX, true },
};

struct found {
	const struct holder *holder;
	size_t at;
	size_t len;
	unsigned long probe;
};

static int image__read_all(struct image *im, int fd, const struct stat *st)
{
	size_t done = 0;
	ssize_t len;

	if (st->st_size <= 0 || st->st_size > IMAGE_BYTES_MAX)
		return -EFBIG;
	im->size = (size_t)st->st_size;
	im->data = malloc(im->size);
	if (!im->data)
		return -ENOMEM;
	while (done < im->size) {
		len = read(fd, im->data + done, im->size - done);
		if (len <= 0)
			return len ? -errno : -EIO;
		done += (size_t)len;
	}
	return 0;
}

int image__read(struct image *im, struct trust *t, const char *path)
{
	struct stat st;
	int fd, err;

	memset(im, 0, sizeof(*im));
	fd = trust__open(t, path, &st);
	if (fd < 0) {
		log__err("module %s: %s", path, t->why);
		log__hint("remove it, to have it built again");
		return EX_MACHINE;
	}
	err = image__read_all(im, fd, &st);
	close(fd);
	if (!err)
		return 0;
	log__err("module %s: %s", path, strerror(-err));
	return EX_MACHINE;
}

void image__free(struct image *im)
{
	free(im->data);
}

/* Is there one whose first N is at @n? Fills @f, but for its length. */
static bool image__begins(const struct image *im, size_t n, struct found *f)
{
	const struct holder *h;
	size_t len;
	int i;

	for (i = 0; i < 3; i++) {
		h = &holders[i];
		len = strlen(h->begin);
		if (n >= h->behind && im->size - (n - h->behind) > len &&
		    !memcmp(im->data + n - h->behind, h->begin, len)) {
			f->holder = h;
			f->at = n - h->behind;
			f->len = len;
			return true;
		}
	}
	return false;
}

/* Of what begins so: its number, _ and as many x as there are. */
static bool image__measure(const struct image *im, struct found *f)
{
	size_t at = f->at + f->len, begin = at;

	f->probe = 0;
	while (f->holder->is_counted && at < im->size && at - begin < 4 &&
	       im->data[at] >= '0' && im->data[at] <= '9')
		f->probe = f->probe * 10 + im->data[at++] - '0';
	if (at + 1 >= im->size || (f->holder->is_counted && at == begin) ||
	    im->data[at] != '_' || im->data[at + 1] != 'x')
		return false;
	begin = ++at;
	while (at < im->size && im->data[at] == 'x')
		at++;
	f->len = at - f->at;
	/* Whatever follows it may begin with an x. */
	if (f->len > f->holder->len)
		f->len = f->holder->len;
	return true;
}

/* Returns 1 with the first from @from on, or 0. */
static int image__find(const struct image *im, size_t from, struct found *f)
{
	const uint8_t *n = im->data + from, *end = im->data + im->size;

	while ((n = memchr(n, 'N', (size_t)(end - n)))) {
		if (image__begins(im, (size_t)(n - im->data), f) &&
		    image__measure(im, f))
			return 1;
		n++;
	}
	return 0;
}

static const char *image__text(const struct found *f, const struct plan *p,
			       const char *name)
{
	if (!f->holder->is_counted)
		return name;
	if (f->probe >= p->nprobes)
		return NULL;
	return f->holder->len == EVENT_MAX ? p->probe[f->probe].event :
					     p->probe[f->probe].funcname;
}

static void image__put(struct image *im, const struct found *f,
		       const char *text)
{
	uint8_t *at = im->data + f->at, *behind = at + f->len;
	size_t len = strlen(text), left = im->size - f->at - f->len;
	uint8_t *end = memchr(behind, '\0', left);
	size_t tail = end ? (size_t)(end - behind) : left;

	memcpy(at, text, len);
	memmove(at + len, behind, tail);
	memset(at + len + tail, 0, f->len - len);
}

static int image__refuse(const char *name, size_t max)
{
	static const char chars[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				    "abcdefghijklmnopqrstuvwxyz0123456789_.:+";
	size_t len = strlen(name);

	if (len && len <= max && strspn(name, chars) == len)
		return 0;
	log__err("name %.80s: does not fit into the module", name);
	return EX_BUILD;
}

static int image__check_names(const struct plan *p, const char *name)
{
	int ret = image__refuse(name, KERNEL_NAME_MAX);
	size_t i;

	for (i = 0; i < p->nprobes && !ret; i++) {
		ret = image__refuse(p->probe[i].funcname, FUNCNAME_MAX);
		if (!ret)
			ret = image__refuse(p->probe[i].event, EVENT_MAX);
	}
	return ret;
}

int image__name(struct image *im, const struct plan *p, const char *name)
{
	int ret = image__check_names(p, name);
	const char *text;
	struct found f;
	size_t from = 0;

	while (!ret && image__find(im, from, &f)) {
		text = image__text(&f, p, name);
		if (!text || f.len != f.holder->len) {
			log__err(
				"module %s: built for other probes, at byte %zu",
				name, f.at);
			return EX_BUILD;
		}
		image__put(im, &f, text);
		from = f.at + strlen(text);
	}
	return ret;
}

int image__write(const struct image *im, const char *path)
{
	char new[PATH_MAX];
	int fd = -1, err = -ENAMETOOLONG;

	if ((size_t)snprintf(new, sizeof(new), "%s.%d", path, getpid()) <
	    sizeof(new)) {
		fd = open(new, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
		err = fd < 0 ? -errno : file__write_all(fd, im->data, im->size);
	}
	if (fd >= 0 && close(fd) && !err)
		err = -errno;
	if (!err && rename(new, path))
		err = -errno;
	if (!err)
		return 0;
	if (fd >= 0)
		unlink(new);
	log__err("module %s: could not be written: %s", path, strerror(-err));
	log__hint("is the disk full? see df");
	return EX_BUILD;
}
