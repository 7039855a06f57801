/* SPDX-License-Identifier: GPL-2.0-only */
/* out.h - buffered output: text, numbers, JSON and CSV strings. */
#ifndef KP_OUT_H
#define KP_OUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define OUT_MARKS 4096

/**
 * struct out - what is to be written
 * @fd: where to; -1 keeps it in memory
 * @is_own: opened by us, and writes to it do not block
 * @is_full: the last write found no room
 * @chunk: bytes of one write, so that a pipe that has room does not block
 * @wait: before each write, returns 0 once @fd can be written, at once where it
 *	seems to have room; -errno to give up; or NULL
 * @err: 0, or the -errno that ended the output: all that follows is ignored
 * @done: events that were written whole
 * @marks: where the events in @data end
 */
struct out {
	int fd;
	bool is_own;
	bool is_full;
	size_t chunk;
	int (*wait)(void *ctx, bool has_room);
	void *ctx;
	int err;
	char *data;
	size_t len;
	size_t cap;
	uint64_t done;
	uint32_t nmarks;
	size_t marks[OUT_MARKS];
};

int out__init(struct out *o, int fd);
void out__free(struct out *o);
/* Not to be used for a file on a disk, for which poll() does not wait. */
void out__never_block(struct out *o, int (*wait)(void *ctx, bool has_room),
		      void *ctx);
int out__flush(struct out *o);
/* An event ends here. */
void out__mark(struct out *o);
/* Events that were written or are going to be. */
uint64_t out__events(const struct out *o);

void out__grow(struct out *o, size_t n);
/* Room for at most 64 bytes. */
static inline char *out__room(struct out *o, size_t n)
{
	if (o->cap - o->len < n)
		out__grow(o, n);
	return o->data + o->len;
}

static inline void out__chr(struct out *o, char c)
{
	*out__room(o, 1) = c;
	o->len++;
}

/* What is longer than the room that is left. */
void out__long(struct out *o, const char *p, size_t n);

static inline void out__mem(struct out *o, const void *p, size_t n)
{
	if (n > o->cap - o->len) {
		out__long(o, p, n);
		return;
	}
	memcpy(o->data + o->len, p, n);
	o->len += n;
}

static inline void out__str(struct out *o, const char *s)
{
	out__mem(o, s, strlen(s));
}

void out__u64(struct out *o, uint64_t v);
void out__spaces(struct out *o, size_t n);
/* With zeros in front, up to that many digits. */
void out__pad(struct out *o, uint64_t v, unsigned int digits);
/* With blanks in front, up to that many columns. */
void out__right(struct out *o, uint64_t v, unsigned int columns);
void out__s64(struct out *o, int64_t v);
void out__hex(struct out *o, uint64_t v);
void out__oct(struct out *o, uint64_t v);
/* Text for people: control characters and what is not UTF-8 as \xNN. */
void out__plain(struct out *o, const char *s, size_t n);
/* The inside of quotes: the same, and " and \ with \ before them. */
void out__quoted(struct out *o, const char *s, size_t n);
/* The inside of a JSON string; what is not UTF-8 becomes U+FFFD. */
void out__json(struct out *o, const char *s, size_t n);
void out__json_str(struct out *o, const char *s);
/* A field of RFC 4180. */
void out__csv(struct out *o, const char *s, size_t n);

#endif
