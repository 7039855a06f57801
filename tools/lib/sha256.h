/* SPDX-License-Identifier: GPL-2.0-only */
/* sha256.h - FIPS 180-4, of text that comes piece by piece. */
#ifndef KP_SHA256_H
#define KP_SHA256_H

#include <stddef.h>
#include <stdint.h>

#define SHA256_HEX (64 + 1)

struct sha256 {
	uint32_t h[8];
	uint64_t len;
	uint8_t block[64];
};

void sha256__init(struct sha256 *s);
void sha256__add(struct sha256 *s, const void *data, size_t len);
/* The sum as text. Nothing can be added after it. */
void sha256__end(struct sha256 *s, char hex[SHA256_HEX]);

#endif
