// SPDX-License-Identifier: GPL-2.0-only
/* run_explain.c - see run_explain.h */
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "run_explain.h"
#include "run_log.h"

#define INSTRUCTIONS NULL /* a hint of its own */

#define FORMAT_CAUSE "it was built for another kernel (Invalid module format)"
#define HEADERS_HINT \
	"install the headers of this very release: kp_load.sh --check"
#define KEY_CAUSE "this kernel takes only signed modules (Key was rejected)"
#define KEY_HINT \
	"kp_load.sh --check says which setting demands it; --rehearse needs no key"
#define OFFSET_CAUSE \
	"the offset is not at the beginning of an instruction (EILSEQ)"
#define SYMBOL_CAUSE "the kernel does not know this symbol (ENOENT)"
#define SYMBOL_HINT \
	"grep it in /proc/kallsyms: it may be inlined, or in a module that is not loaded (--mod=PATH)"
#define PLACE_CAUSE "the kernel refuses a probe there (EINVAL)"
#define PLACE_HINT \
	"it is in the kernel's blacklist, in entry code, or in init text that is gone: kp_load.sh --check --probe=FUNC"
#define BUSY_CAUSE "the function is being live-patched (EBUSY)"
#define BUSY_HINT "probe without --verbose, which needs a post handler"
#define EXPORT_CAUSE "it needs a symbol that this kernel does not export"
#define EXPORT_HINT \
	"rebuild with the headers of this very release: kp_load.sh --check"

/* The first that matches: the error if one is named, and the log's words. */
static const struct cause {
	int err;
	const char *word;
	const char *behind; /* after that */
	const char *cause;
	const char *hint;
} causes[] = {
	{ ENOEXEC, NULL, NULL, FORMAT_CAUSE, HEADERS_HINT },
	{ 0, "version magic", NULL, FORMAT_CAUSE, HEADERS_HINT },
	{ 0, "disagrees about version", NULL, FORMAT_CAUSE, HEADERS_HINT },
	{ EKEYREJECTED, NULL, NULL, KEY_CAUSE, KEY_HINT },
	{ 0, "Key was rejected", NULL, KEY_CAUSE, KEY_HINT },
	{ 0, "ockdown", NULL, "lockdown forbids unsigned modules",
	  "kp_load.sh --check; --rehearse works here all the same" },
	{ EPERM, NULL, NULL, "not permitted",
	  "it takes root with CAP_SYS_MODULE and kernel.modules_disabled=0: kp_load.sh --check" },
	{ EEXIST, NULL, NULL, "a module of this name is loaded",
	  "kp_load.sh --list; kp_load.sh --unload=NAME" },
	{ EILSEQ, NULL, NULL, OFFSET_CAUSE, INSTRUCTIONS },
	{ 0, "EILSEQ", NULL, OFFSET_CAUSE, INSTRUCTIONS },
	{ 0, "cannot probe", "ENOENT", SYMBOL_CAUSE, SYMBOL_HINT },
	{ ENOENT, "cannot probe", NULL, SYMBOL_CAUSE, SYMBOL_HINT },
	{ 0, "cannot probe", "EINVAL", PLACE_CAUSE, PLACE_HINT },
	{ EINVAL, "cannot probe", NULL, PLACE_CAUSE, PLACE_HINT },
	{ 0, "cannot probe", "EBUSY", BUSY_CAUSE, BUSY_HINT },
	{ EBUSY, "cannot probe", NULL, BUSY_CAUSE, BUSY_HINT },
	{ ENOENT, NULL, NULL, EXPORT_CAUSE, EXPORT_HINT },
	{ 0, "Unknown symbol", NULL, EXPORT_CAUSE, EXPORT_HINT },
	{ ENOMEM, NULL, NULL, "out of memory", "free some, and try again" },
};

static bool cause__matches(const struct cause *c, int err, const char *log)
{
	const char *at = log;

	if (c->err && c->err != err)
		return false;
	if (c->word)
		at = strstr(at, c->word);
	return at && (!c->behind || strstr(at, c->behind));
}

/*
 * kp_new: an instruction begins at vfs_read+0x5/0x2c0
 *
 * Our module tried; these are around the offset.
 */
static void explain__instructions(const char *log)
{
	static const char says[] = ": an instruction begins at ";
	char around[128] = "";
	size_t len = 0, n;

	while ((log = strstr(log, says))) {
		log += strlen(says);
		n = strcspn(log, "+ \n");
		if (log[n] != '+')
			continue;
		log += n;
		n = strcspn(log, "/ \n");
		if (log[n] == '/' && n < 20 && len + n + 5 < sizeof(around))
			len += (size_t)sprintf(around + len, "%s%.*s",
					       len ? " and " : "", (int)n, log);
	}
	if (len)
		log__hint("instructions begin at %s", around);
	else
		log__hint(
			"objdump -d shows where instructions begin; +0 is always one");
}

const char *explain__error(int err)
{
	switch (err) {
	case ENOEXEC:
		return "Invalid module format";
	case ENOENT:
		return "Unknown symbol in module";
	case ESRCH:
		return "Module has wrong symbol version";
	case EINVAL:
		return "Invalid parameters";
	}
	return strerror(err);
}

void explain(const char *what, int err, const struct kmsg *k)
{
	const char *log = k->text ? k->text : "";
	const struct cause *c = causes;
	const struct cause *end = c + sizeof(causes) / sizeof(causes[0]);

	while (c < end && !cause__matches(c, err, log))
		c++;
	log__err("module %s: %s", what,
		 c < end ? c->cause : explain__error(err));
	kmsg__show(k);
	if (c == end)
		log__hint(
			"the kernel's own words, if any, are above; see dmesg");
	else if (c->hint != INSTRUCTIONS)
		log__hint("%s", c->hint);
	else
		explain__instructions(log);
}
