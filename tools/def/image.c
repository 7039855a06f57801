// SPDX-License-Identifier: GPL-2.0-only
/*
 * image.c - the vmlinux inside a bzImage
 *
 * The boot protocol (Documentation/arch/x86/boot.rst) tells where the
 * payload is: "HdrS" at 0x202, and from protocol 2.08 on its offset and
 * length at 0x248 and 0x24c, counted from the protected-mode code, which
 * follows (setup_sects + 1) sectors. The payload is one compressed ELF.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#ifdef HAVE_ZLIB
#include <zlib.h>
#endif
#ifdef HAVE_LZMA
#include <lzma.h>
#endif
#ifdef HAVE_ZSTD
#include <zstd.h>
#endif
#ifdef HAVE_LZ4
#include <lz4.h>
#endif

#include "image.h"

#define CHUNK (1 << 20)
#define MAX_PAYLOAD (256U << 20)
#define MAX_VMLINUX (2048ULL << 20)

struct payload {
	const uint8_t *data;
	size_t len;
	uint8_t *chunk; /* CHUNK bytes for the output */
	int out;
	uint64_t written;
};

static int payload__write(struct payload *p, const void *data, size_t len)
{
	const char *s = data;
	ssize_t n;

	p->written += len;
	if (p->written > MAX_VMLINUX)
		return -EBADMSG;
	for (; len; s += n, len -= (size_t)n) {
		n = write(p->out, s, len);
		if (n < 0)
			return -errno;
	}
	return 0;
}

#ifdef HAVE_ZLIB
static int payload__gunzip(struct payload *p)
{
	z_stream z = { .next_in = (Bytef *)(uintptr_t)p->data,
		       .avail_in = (uInt)p->len };
	int ret, err = 0;

	if (inflateInit2(&z, 15 + 16) != Z_OK)
		return -ENOMEM;
	do {
		z.next_out = p->chunk;
		z.avail_out = CHUNK;
		ret = inflate(&z, Z_NO_FLUSH);
		if (ret != Z_OK && ret != Z_STREAM_END)
			err = -EBADMSG;
		else
			err = payload__write(p, p->chunk, CHUNK - z.avail_out);
	} while (!err && ret != Z_STREAM_END);
	inflateEnd(&z);
	return err;
}
#else
#define payload__gunzip NULL
#endif

#ifdef HAVE_LZMA
static int payload__unlzma(struct payload *p)
{
	lzma_stream s = LZMA_STREAM_INIT;
	lzma_ret ret;
	int err = 0;

	if (lzma_auto_decoder(&s, UINT64_MAX, 0) != LZMA_OK)
		return -ENOMEM;
	s.next_in = p->data;
	s.avail_in = p->len;
	do {
		s.next_out = p->chunk;
		s.avail_out = CHUNK;
		ret = lzma_code(&s, LZMA_RUN);
		if (ret != LZMA_OK && ret != LZMA_STREAM_END)
			err = -EBADMSG;
		else
			err = payload__write(p, p->chunk, CHUNK - s.avail_out);
	} while (!err && ret != LZMA_STREAM_END);
	lzma_end(&s);
	return err;
}
#else
#define payload__unlzma NULL
#endif

#ifdef HAVE_ZSTD
static int payload__unzstd(struct payload *p)
{
	ZSTD_inBuffer in = { p->data, p->len, 0 };
	ZSTD_DStream *s = ZSTD_createDStream();
	size_t left = 1;
	int err = s ? 0 : -ENOMEM;

	if (s)
		ZSTD_DCtx_setParameter(s, ZSTD_d_windowLogMax, 30);
	while (!err && left) {
		ZSTD_outBuffer out = { p->chunk, CHUNK, 0 };
		size_t before = in.pos;

		left = ZSTD_decompressStream(s, &out, &in);
		if (ZSTD_isError(left) || (in.pos == before && !out.pos))
			err = -EBADMSG;
		else
			err = payload__write(p, p->chunk, out.pos);
	}
	ZSTD_freeDStream(s);
	return err;
}
#else
#define payload__unzstd NULL
#endif

#ifdef HAVE_LZ4
#define LZ4_LEGACY_BLOCK (8 << 20)

/* The legacy frame: a magic, then blocks of at most 8 MiB with their size */
static int payload__unlz4(struct payload *p)
{
	char *block = malloc(LZ4_LEGACY_BLOCK);
	size_t pos = 4;
	uint32_t size;
	int n, err = block ? 0 : -ENOMEM;

	while (!err && pos + 4 <= p->len) {
		memcpy(&size, p->data + pos, 4);
		pos += 4;
		if (pos == p->len) /* the uncompressed size ends the payload */
			break;
		n = size > p->len - pos ?
			    -1 :
			    LZ4_decompress_safe((const char *)p->data + pos,
						block, (int)size,
						LZ4_LEGACY_BLOCK);
		err = n < 0 ? -EBADMSG : payload__write(p, block, (size_t)n);
		pos += size;
	}
	free(block);
	return err;
}
#else
#define payload__unlz4 NULL
#endif

static int payload__copy(struct payload *p)
{
	return payload__write(p, p->data, p->len);
}

struct codec {
	const char *magic;
	size_t len;
	int (*unpack)(struct payload *p); /* NULL: not in this build */
	const char *missing;
};

#define WITHOUT(how, package) \
	"compressed by " how ", and kp_def was built without " package

static const struct codec codecs[] = {
	{ "\x1f\x8b", 2, payload__gunzip, WITHOUT("gzip", "zlib1g-dev") },
	{ "\xfd"
	  "7zXZ",
	  5, payload__unlzma, WITHOUT("xz", "liblzma-dev") },
	{ "\x5d\0\0", 3, payload__unlzma, WITHOUT("lzma", "liblzma-dev") },
	{ "\x28\xb5\x2f\xfd", 4, payload__unzstd,
	  WITHOUT("zstd", "libzstd-dev") },
	{ "\x02\x21\x4c\x18", 4, payload__unlz4, WITHOUT("lz4", "liblz4-dev") },
	{ "\x7f"
	  "ELF",
	  4, payload__copy, NULL },
};

static int payload__unpack(struct payload *p, const char **why)
{
	const struct codec *c;
	size_t i;
	int err;

	for (i = 0; i < sizeof(codecs) / sizeof(codecs[0]); i++) {
		c = &codecs[i];
		if (p->len < c->len || memcmp(p->data, c->magic, c->len))
			continue;
		if (!c->unpack) {
			*why = c->missing;
			return -EOPNOTSUPP;
		}
		err = c->unpack(p);
		if (err == -EBADMSG)
			*why = "what it holds is damaged, or cut short";
		return err;
	}
	*why = "compressed in a way that kp_def does not know";
	return -EOPNOTSUPP;
}

static int image__read(int fd, off_t pos, void *data, size_t len)
{
	char *s = data;
	ssize_t n;

	for (; len; s += n, pos += n, len -= (size_t)n) {
		n = pread(fd, s, len, pos);
		if (n <= 0)
			return n ? -errno : -ENOEXEC;
	}
	return 0;
}

bool image__is_bzimage(int fd)
{
	char magic[4];

	return !image__read(fd, 0x202, magic, 4) && !memcmp(magic, "HdrS", 4);
}

static int image__locate(int fd, off_t *pos, uint32_t *len)
{
	uint8_t setup_sects;
	uint16_t version;
	uint32_t off;
	int err;

	err = image__read(fd, 0x1f1, &setup_sects, 1);
	err = err ? err : image__read(fd, 0x206, &version, 2);
	err = err ? err : image__read(fd, 0x248, &off, 4);
	err = err ? err : image__read(fd, 0x24c, len, 4);
	if (err)
		return err;
	if (version < 0x208 || !*len || *len > MAX_PAYLOAD)
		return -ENOEXEC;
	*pos = ((setup_sects ? setup_sects : 4) + 1) * 512 + (off_t)off;
	return 0;
}

int image__vmlinux(int fd, const char **why)
{
	struct payload p = { .out = -1 };
	uint8_t *data = NULL;
	uint32_t len;
	off_t pos;
	int err;

	*why = NULL;
	err = image__locate(fd, &pos, &len);
	if (err)
		goto out;
	err = -ENOMEM;
	data = malloc(len);
	p.chunk = malloc(CHUNK);
	if (!data || !p.chunk)
		goto out;
	err = image__read(fd, pos, data, len);
	if (err)
		goto out;
	p.data = data;
	p.len = len;
	p.out = memfd_create("vmlinux", MFD_CLOEXEC);
	err = p.out < 0 ? -errno : payload__unpack(&p, why);
out:
	if (err == -ENOEXEC)
		*why = "cut short, or older than boot protocol 2.08";
	free(p.chunk);
	free(data);
	if (!err)
		return p.out;
	if (p.out >= 0)
		close(p.out);
	return err;
}
