// SPDX-License-Identifier: GPL-2.0-only
/* out.c - see out.h */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "out.h"

#define OUT_SIZE 65536

/* The same byte, eight times */
#define BYTES(byte) (0x0101010101010101ULL * (byte))

static const char hex_digits[] = "0123456789abcdef";

static bool out__is_writable(int fd)
{
	int flags = fcntl(fd, F_GETFL);

	return flags >= 0 && (flags & O_ACCMODE) != O_RDONLY;
}

int out__init(struct out *o, int fd)
{
	memset(o, 0, sizeof(*o));
	o->fd = fd;
	o->chunk = OUT_SIZE;
	o->data = malloc(OUT_SIZE);
	if (!o->data)
		return -ENOMEM;
	o->cap = OUT_SIZE;
	if (fd >= 0 && !out__is_writable(fd))
		o->err = -EBADF;
	return 0;
}

void out__free(struct out *o)
{
	free(o->data);
	o->data = NULL;
	if (o->is_own)
		close(o->fd);
	o->is_own = false;
}

/*
 * A pipe, or a terminal, is the same one when it is opened again; the master
 * side of a terminal is not, it would be a new one.
 */
static bool out__can_reopen(int fd)
{
	struct stat st;
	int number;

	if (fstat(fd, &st))
		return false;
	return S_ISFIFO(st.st_mode) ||
	       (isatty(fd) && ioctl(fd, TIOCGPTN, &number));
}

/*
 * O_NONBLOCK is of the open file, which others have as well, the shell that
 * started us among them. So it is set on one of our own. Without /proc, or where
 * we may not open what we were given, there is none.
 */
static bool out__reopen(struct out *o)
{
	char path[32];
	int fd;

	if (o->err || !out__can_reopen(o->fd))
		return false;
	snprintf(path, sizeof(path), "/proc/self/fd/%d", o->fd);
	fd = open(path, O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (fd < 0)
		return false;
	o->fd = fd;
	o->is_own = true;
	return true;
}

void out__never_block(struct out *o, int (*wait)(void *ctx, bool has_room),
		      void *ctx)
{
	o->wait = wait;
	o->ctx = ctx;
	/* A pipe for which poll() tells of room has room for that much. */
	if (!out__reopen(o))
		o->chunk = PIPE_BUF;
}

static int out__write(struct out *o, const char *p, size_t n)
{
	ssize_t written;

	if (o->wait)
		o->err = o->wait(o->ctx, o->is_own && !o->is_full);
	if (o->err)
		return o->err;
	written = write(o->fd, p, n < o->chunk ? n : o->chunk);
	o->is_full = written < 0 && errno == EAGAIN;
	if (written < 0 && errno != EINTR && errno != EAGAIN)
		o->err = -errno;
	return o->err ? o->err : written < 0 ? 0 : (int)written;
}

int out__flush(struct out *o)
{
	size_t from = 0;
	uint32_t i;
	int ret;

	if (o->fd < 0)
		return o->err;
	while (from < o->len && !o->err) {
		ret = out__write(o, o->data + from, o->len - from);
		if (ret > 0)
			from += (size_t)ret;
	}
	for (i = 0; i < o->nmarks && o->marks[i] <= from; i++)
		o->done++;
	o->nmarks = 0;
	o->len = 0;
	return o->err;
}

void out__mark(struct out *o)
{
	if (o->err)
		return;
	if (o->nmarks == OUT_MARKS && out__flush(o))
		return;
	o->marks[o->nmarks++] = o->len;
}

uint64_t out__events(const struct out *o)
{
	return o->done + o->nmarks;
}

/* Afterwards there is room, whatever failed. */
void out__grow(struct out *o, size_t n)
{
	char *data;

	if (o->fd >= 0) {
		out__flush(o);
		return;
	}
	data = realloc(o->data, o->cap * 2 + n);
	if (data) {
		o->data = data;
		o->cap = o->cap * 2 + n;
	} else {
		o->err = -ENOMEM;
		o->len = 0;
	}
}

void out__long(struct out *o, const char *p, size_t n)
{
	size_t part;

	while (n) {
		out__room(o, 1);
		part = o->cap - o->len;
		if (part > n)
			part = n;
		memcpy(o->data + o->len, p, part);
		o->len += part;
		p += part;
		n -= part;
	}
}

static unsigned int digits__count(uint64_t v)
{
	static const uint64_t power[] = {
		0,
		10,
		100,
		1000,
		10000,
		100000,
		1000000,
		10000000,
		100000000,
		1000000000,
		10000000000,
		100000000000,
		1000000000000,
		10000000000000,
		100000000000000,
		1000000000000000,
		10000000000000000,
		100000000000000000,
		1000000000000000000,
		10000000000000000000U,
	};
	unsigned int bits = 64 - (unsigned int)__builtin_clzll(v | 1);
	unsigned int n = bits * 1233 >> 12; /* log10(2) is 1233 / 4096 */

	return n + (v >= power[n]);
}

static void digits__put(struct out *o, uint64_t v, unsigned int digits)
{
	static const char pairs[] = "00010203040506070809"
				    "10111213141516171819"
				    "20212223242526272829"
				    "30313233343536373839"
				    "40414243444546474849"
				    "50515253545556575859"
				    "60616263646566676869"
				    "70717273747576777879"
				    "80818283848586878889"
				    "90919293949596979899";
	char *to = out__room(o, digits);

	o->len += digits;
	for (; digits >= 2; v /= 100) {
		digits -= 2;
		memcpy(to + digits, pairs + v % 100 * 2, 2);
	}
	if (digits)
		*to = (char)('0' + v % 10);
}

void out__u64(struct out *o, uint64_t v)
{
	digits__put(o, v, digits__count(v));
}

void out__pad(struct out *o, uint64_t v, unsigned int digits)
{
	unsigned int n = digits__count(v);

	digits__put(o, v, n < digits ? digits : n);
}

void out__spaces(struct out *o, size_t n)
{
	while (n--)
		out__chr(o, ' ');
}

void out__right(struct out *o, uint64_t v, unsigned int columns)
{
	unsigned int n = digits__count(v);

	out__spaces(o, n < columns ? columns - n : 0);
	digits__put(o, v, n);
}

void out__s64(struct out *o, int64_t v)
{
	if (v < 0)
		out__chr(o, '-');
	out__u64(o, v < 0 ? -(uint64_t)v : (uint64_t)v);
}

/* In a base of so many bits. */
static void out__bits(struct out *o, uint64_t v, unsigned int bits)
{
	unsigned int n = (63 - (unsigned int)__builtin_clzll(v | 1)) / bits + 1;
	char *to = out__room(o, n);

	o->len += n;
	while (n--) {
		to[n] = hex_digits[v & ((1u << bits) - 1)];
		v >>= bits;
	}
}

void out__hex(struct out *o, uint64_t v)
{
	out__mem(o, "0x", 2);
	out__bits(o, v, 4);
}

void out__oct(struct out *o, uint64_t v)
{
	out__chr(o, '0');
	out__bits(o, v, 3);
}

/* Bytes of the UTF-8 character that s begins with; 0 when it is none. */
static size_t utf8__len(const unsigned char *s, size_t n)
{
	uint32_t c;
	size_t i, len;

	if (s[0] < 0x80)
		return 1;
	len = s[0] >= 0xf0 ? 4 : s[0] >= 0xe0 ? 3 : 2;
	if (s[0] < 0xc2 || s[0] > 0xf4 || len > n)
		return 0;
	c = s[0] & (0x7fu >> len);
	for (i = 1; i < len; i++) {
		if ((s[i] & 0xc0) != 0x80)
			return 0;
		c = c << 6 | (s[i] & 0x3f);
	}
	if ((len == 3 && c < 0x800) || (len == 4 && c < 0x10000) ||
	    c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff))
		return 0;
	return len;
}

/* The control character that s begins with, one that terminals obey; or -1. */
static int control__get(const unsigned char *s, size_t n)
{
	if (s[0] < ' ' || s[0] == 0x7f)
		return s[0];
	/* U+0080 to U+009f */
	if (s[0] == 0xc2 && n > 1 && s[1] >= 0x80 && s[1] < 0xa0)
		return s[1];
	return -1;
}

/* In which of the eight bytes is one that is below n, at most 128? */
static uint64_t bytes__below(uint64_t bytes, uint64_t n)
{
	return (bytes - BYTES(1) * n) & ~bytes & BYTES(0x80);
}

/* Eight bytes of ASCII that need no second look. */
static bool bytes__are_plain(const unsigned char *s, bool quoted)
{
	uint64_t bytes, not_plain;

	memcpy(&bytes, s, sizeof(bytes));
	not_plain = (bytes & BYTES(0x80)) | bytes__below(bytes, ' ') |
		    bytes__below(bytes ^ BYTES(0x7f), 1);
	if (quoted)
		not_plain |= bytes__below(bytes ^ BYTES('"'), 1) |
			     bytes__below(bytes ^ BYTES('\\'), 1);
	return !not_plain;
}

/* How many bytes can be copied as they are. */
static size_t run__len(const unsigned char *s, size_t n, bool quoted)
{
	size_t i, len;

	for (i = 0; i < n; i += len) {
		len = 8;
		if (n - i >= 8 && bytes__are_plain(s + i, quoted))
			continue;
		if (quoted && (s[i] == '"' || s[i] == '\\'))
			break;
		len = utf8__len(s + i, n - i);
		if (!len || control__get(s + i, n - i) >= 0)
			break;
	}
	return i;
}

static void out__escape(struct out *o, unsigned char c)
{
	char *to = out__room(o, 4);

	to[0] = '\\';
	to[1] = 'x';
	to[2] = hex_digits[c >> 4];
	to[3] = hex_digits[c & 15];
	o->len += 4;
}

static void out__text(struct out *o, const char *text, size_t n, bool quoted)
{
	const unsigned char *s = (const unsigned char *)text;
	size_t len;

	for (; n; s++, n--) {
		len = run__len(s, n, quoted);
		out__mem(o, s, len);
		s += len;
		n -= len;
		if (!n)
			break;
		if (*s == '"' || *s == '\\') {
			out__chr(o, '\\');
			out__chr(o, (char)*s);
		} else {
			out__escape(o, *s);
		}
	}
}

void out__plain(struct out *o, const char *text, size_t n)
{
	out__text(o, text, n, false);
}

void out__quoted(struct out *o, const char *text, size_t n)
{
	out__text(o, text, n, true);
}

static void out__json_control(struct out *o, unsigned char c)
{
	static const char from[] = "\b\f\n\r\t", to[] = "bfnrt";
	const char *at = c ? strchr(from, c) : NULL;

	if (at) {
		out__chr(o, '\\');
		out__chr(o, to[at - from]);
	} else {
		out__mem(o, "\\u00", 4);
		out__chr(o, hex_digits[c >> 4]);
		out__chr(o, hex_digits[c & 15]);
	}
}

/* What is no part of a run; returns its bytes. */
static size_t out__json_escape(struct out *o, const unsigned char *s, size_t n)
{
	int control = control__get(s, n);

	if (control >= 0) {
		out__json_control(o, (unsigned char)control);
	} else if (*s >= 0x80) {
		out__mem(o, "\xef\xbf\xbd", 3);
	} else {
		out__chr(o, '\\');
		out__chr(o, (char)*s);
	}
	return *s >= 0x80 && control >= 0 ? 2 : 1;
}

void out__json(struct out *o, const char *text, size_t n)
{
	const unsigned char *s = (const unsigned char *)text;
	size_t len;

	while (n) {
		len = run__len(s, n, true);
		out__mem(o, s, len);
		s += len;
		n -= len;
		if (!n)
			break;
		len = out__json_escape(o, s, n);
		s += len;
		n -= len;
	}
}

void out__json_str(struct out *o, const char *s)
{
	out__chr(o, '"');
	out__json(o, s, strlen(s));
	out__chr(o, '"');
}

void out__csv(struct out *o, const char *s, size_t n)
{
	const char *quote;

	if (!memchr(s, '"', n) && !memchr(s, ',', n) && !memchr(s, '\n', n) &&
	    !memchr(s, '\r', n)) {
		out__mem(o, s, n);
		return;
	}
	out__chr(o, '"');
	while ((quote = memchr(s, '"', n))) {
		out__mem(o, s, (size_t)(quote - s) + 1);
		out__chr(o, '"');
		n -= (size_t)(quote - s) + 1;
		s = quote + 1;
	}
	out__mem(o, s, n);
	out__chr(o, '"');
}
