// SPDX-License-Identifier: GPL-2.0-only
/*
 * fuzz_def.c - libFuzzer target: definition, --arg and --filter, each ended by
 * a NUL byte, after one byte of options. What is accepted must pass the self
 * check of the facts.
 */
#include <string.h>

#include "compile.h"
#include "facts.h"
#include "sample_btf.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void fuzz__compile(const struct def_env *env, const char *definition)
{
	struct def_error err = { 0 };
	struct buf out = { 0 };
	struct def_probe p;
	const char *what, *why;
	char *text;
	int ret;

	ret = probe__compile(&p, env, definition, &err, &what, &text);
	if (!ret != !err.reason)
		abort();
	if (!ret && facts__add(&out, &p, 0, env, &why))
		abort();
	if (ret && (!text || err.col > strlen(text) + 1))
		abort();
	buf__free(&out);
	free(text);
	probe__free(&p);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct btf_src *src;
	struct def_env env = { 0 };
	const char *extra[1], *part[3] = { "", "", "" };
	char *text, *end;
	int i;

	if (!src)
		src = btf_src__new(sample__path(), NULL, NULL);
	if (!size)
		return 0;
	text = malloc(size);
	if (!text)
		return 0;
	memcpy(text, data + 1, size - 1);
	text[size - 1] = '\0';
	end = text;
	for (i = 0; i < 3 && end < text + size; i++) {
		part[i] = end;
		end += strlen(end) + 1;
	}
	extra[0] = part[1];
	env.btf = src;
	env.arch = arch__find(data[0] & 1 ? "arm64" : "x86_64");
	env.args = data[0] & 2;
	env.ret = data[0] & 4;
	env.btf_args = data[0] & 8;
	env.extra = extra;
	env.nextra = *part[1] ? 1 : 0;
	env.filter = *part[2] ? part[2] : NULL;
	fuzz__compile(&env, part[0]);
	free(text);
	return 0;
}
