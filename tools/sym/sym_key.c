// SPDX-License-Identifier: GPL-2.0-only
/* sym_key.c - see sym_key.h */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "fnv.h"
#include "kallsyms.h"
#include "sym_key.h"

/* Of kallsyms; what a CPU has of its own comes before the first address. */
#define HEAD_MAX (256u << 10)
#define NOTE_BUILD_ID 3
#define BUILD_ID_MAX 48

char *paths__of(const char *dir, const char *name)
{
	struct text path = { 0 };

	text__add(&path, "%s/%s", dir, name);
	return path.s;
}

static bool paths__read(const char *dir, const char *name, struct text *t)
{
	char *path = paths__of(dir, name);
	bool is_read = file__read(path, t);

	free(path);
	return is_read;
}

/* One ELF note: three numbers, the name, the description, each padded to 4. */
struct note {
	uint32_t name_len;
	uint32_t desc_len;
	uint32_t type;
};

static bool notes__find_id(const struct text *t, char *hex, size_t size)
{
	size_t at = 0, name, desc, i;
	struct note n;

	while (t->len - at >= sizeof(n)) {
		memcpy(&n, t->s + at, sizeof(n));
		name = at + sizeof(n);
		if (n.name_len > t->len || n.desc_len > t->len)
			return false;
		desc = name + ((n.name_len + 3) & ~3u);
		at = desc + ((n.desc_len + 3) & ~3u);
		if (at > t->len)
			return false;
		if (n.type != NOTE_BUILD_ID || n.name_len != 4 ||
		    memcmp(t->s + name, "GNU", 4) != 0)
			continue;
		if (!n.desc_len || n.desc_len > BUILD_ID_MAX)
			return false;
		for (i = 0; i < n.desc_len; i++)
			snprintf(hex + 2 * i, size - 2 * i, "%02x",
				 (unsigned char)t->s[desc + i]);
		return true;
	}
	return false;
}

static bool key__kernel(const struct sym_paths *paths, char *key)
{
	struct text notes = { 0 };
	char id[2 * BUILD_ID_MAX + 1];
	bool is_known;

	if (!paths__read(paths->sys, "kernel/notes", &notes))
		return false;
	is_known = notes__find_id(&notes, id, sizeof(id));
	text__free(&notes);
	if (is_known)
		snprintf(key, SYM_KEY_MAX, "kernel %s", id);
	return is_known;
}

/* The blank parts it from the next. */
static uint64_t hash__add(uint64_t hash, const char *s, size_t len)
{
	return fnv__add(fnv__add(hash, s, len), " ", 1);
}

/* e1000 155648 0 - Live 0xffffffffc04b0000
 * Name, state and address; how many use it is of no interest.
 */
static uint64_t modules__hash(const char *p)
{
	uint64_t hash = FNV_BEGIN;
	size_t len;
	int field;

	while (*p) {
		field = strncmp(p, "kp_", 3) == 0 ? 9 : 0;
		for (; *p && *p != '\n'; field++) {
			len = strcspn(p, " \n");
			if (field == 0 || field == 4 || field == 5)
				hash = hash__add(hash, p, len);
			p += len;
			p += *p == ' ';
		}
		p += *p == '\n';
	}
	return hash;
}

static bool key__modules(const struct sym_paths *paths, char *key)
{
	struct text boot = { 0 }, modules = { 0 };
	bool is_known;

	if (!paths__read(paths->proc, "sys/kernel/random/boot_id", &boot))
		return false;
	/* A kernel without modules has no such file. */
	is_known = paths__read(paths->proc, "modules", &modules) ||
		   errno == ENOENT;
	snprintf(key, SYM_KEY_MAX, "modules %.*s %016llx",
		 (int)strcspn(boot.s, "\n"), boot.s,
		 (unsigned long long)modules__hash(modules.s ? modules.s : ""));
	text__free(&boot);
	text__free(&modules);
	return is_known;
}

bool keys__find(struct sym_keys *k, const struct sym_paths *paths)
{
	*k = (struct sym_keys){ 0 };
	k->is_known = key__kernel(paths, k->kernel) &&
		      key__modules(paths, k->modules);
	return k->is_known;
}

/* Whole lines of the head against the index, from symbol *n on. */
static bool head__compare(struct sym_image *im, const char *p, const char *end,
			  uint32_t *n, uint64_t *delta)
{
	struct kallsyms_line l;
	const struct sym *s;
	const char *eol, *name;

	for (; (eol = memchr(p, '\n', end - p)) && *n < im->h->anchor;
	     p = eol + 1) {
		if (!kallsyms__parse(p, eol, &l))
			continue;
		s = image__sym(im, (*n)++);
		name = image__name(im, s->name);
		if (l.module || l.type != s->type ||
		    strlen(name) != l.name_len ||
		    memcmp(name, l.name, l.name_len) != 0)
			return false;
		*delta = l.addr - s->addr;
		if (*n == im->h->anchor && !l.addr)
			return false;
	}
	return true;
}

bool keys__find_delta(const struct sym_paths *paths, struct sym_image *im,
		      uint64_t *delta)
{
	char *path = paths__of(paths->proc, "kallsyms");
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct text t = { 0 };
	size_t from = 0;
	uint32_t n = 0;
	bool is_same = fd >= 0 && im->h->anchor;
	ssize_t got = 1;

	free(path);
	t.s = mem__new(HEAD_MAX);
	while (is_same && n < im->h->anchor && got > 0 && t.len < HEAD_MAX) {
		got = read(fd, t.s + t.len,
			   HEAD_MAX - t.len > 4096 ? 4096 : HEAD_MAX - t.len);
		t.len += got > 0 ? got : 0;
		is_same = head__compare(im, t.s + from, t.s + t.len, &n, delta);
		while (t.len > from && memchr(t.s + from, '\n', t.len - from))
			from = (char *)memchr(t.s + from, '\n', t.len - from) -
			       t.s + 1;
	}
	if (fd >= 0)
		close(fd);
	free(t.s);
	return is_same && n == im->h->anchor && !(*delta & 0xfff);
}
