// SPDX-License-Identifier: GPL-2.0-only
/* run_remove.c - see run_remove.h */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "run_kernel.h"
#include "run_log.h"
#include "run_remove.h"
#include "run_sys.h"

#define TRIES 20
#define WAIT_NS 100000000 /* between two */
#define BROUGHT_MAX 4096

static int remove__fail(const char *name, bool is_ours, int err)
{
	if (is_ours)
		kernel__set_param(name, "ending", "0");
	/* EAGAIN: it is, or its device, or something that needs it. */
	if (err == -EAGAIN)
		log__err("module %s: cannot be removed: Module %s is in use",
			 name, name);
	else
		log__err("module %s: cannot be removed: %s", name,
			 strerror(-err));
	if (is_ours)
		log__hint(
			"it is planted still: kp_load.sh --unload=%s, once lsmod shows no user of it",
			name);
	else
		log__hint("lsmod shows who uses it");
	return EX_LOAD;
}

int remove__module(const char *name)
{
	static const struct timespec wait = { .tv_nsec = WAIT_NS };
	bool is_ours = kernel__is_ours(name);
	int tries = TRIES, err;

	if (!kernel__is_loaded(name))
		return 0;
	if (is_ours)
		kernel__set_param(name, "ending", "1");
	for (;;) {
		err = sys__unload(name);
		/* Somebody else may have been first. */
		if (!err || err == -ENOENT)
			return 0;
		if (!--tries)
			return remove__fail(name, is_ours, err);
		nanosleep(&wait, NULL);
	}
}

int remove__probe(const char *name)
{
	char brought[BROUGHT_MAX], *comma;
	int ret;

	kernel__param(name, "brought", brought, sizeof(brought));
	ret = remove__module(name);
	/* What is left holds what was loaded for it. */
	if (ret)
		return ret;
	while (*brought) {
		comma = strrchr(brought, ',');
		if (kernel__is_name(comma ? comma + 1 : brought) &&
		    remove__module(comma ? comma + 1 : brought))
			ret = EX_LOAD;
		*(comma ? comma : brought) = '\0';
	}
	return ret;
}
