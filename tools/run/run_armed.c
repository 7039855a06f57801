// SPDX-License-Identifier: GPL-2.0-only
/* run_armed.c - see run_armed.h */
#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "run_armed.h"
#include "run_kernel.h"
#include "run_log.h"

#define SINCE_MAJOR 6
#define SINCE_MINOR 14

/* ffffffff812f0a30/ffffffff812f0a34, or vfs_read+ */
static bool armed__is_listed(const char *listed, uint64_t at,
			     const char *symbol)
{
	uint64_t a, b;

	if (sscanf(listed, "%" SCNx64 "/%" SCNx64, &a, &b) == 2)
		return at == a || at == b;
	return !strncmp(symbol, listed, strlen(listed));
}

/*	ffffffff812f0a30  k  vfs_read+0x0    [FTRACE] */
static void armed__count_line(struct armed *a, const struct plan *p,
			      const char *line)
{
	char symbol[1024];
	uint64_t at;
	size_t i;

	if (strstr(line, "[DISABLED]") || strstr(line, "[GONE]") ||
	    sscanf(line, "%" SCNx64 " %*s %1023s", &at, symbol) != 2)
		return;
	for (i = 0; i < p->nprobes; i++)
		if (p->probe[i].listed &&
		    armed__is_listed(p->probe[i].listed, at, symbol))
			a->count[i]++;
}

static void armed__count(struct armed *a, const struct plan *p)
{
	char path[PATH_MAX], *line = NULL;
	size_t size = 0;
	FILE *f = NULL;

	memset(a->count, 0, sizeof(a->count));
	if (kernel__path(path, "/sys/kernel/debug/kprobes/list"))
		f = fopen(path, "re");
	a->is_known = f;
	if (!f)
		return;
	while (getline(&line, &size, f) > 0)
		armed__count_line(a, p, line);
	free(line);
	fclose(f);
}

void armed__begin(struct armed *a, const struct plan *p)
{
	size_t i;

	a->is_asked = false;
	for (i = 0; i < p->nprobes; i++)
		if (p->probe[i].listed)
			a->is_asked =
				p->verify ||
				kernel__is_since(SINCE_MAJOR, SINCE_MINOR);
	if (a->is_asked)
		armed__count(a, p);
}

int armed__check(const struct armed *a, const struct plan *p, const char *name)
{
	struct armed now;
	size_t i;

	if (!a->is_asked)
		return 0;
	armed__count(&now, p);
	if (!a->is_known || !now.is_known) {
		log__warn(
			"probe %s: whether it is armed cannot be seen, debugfs is not mounted",
			name);
		return 0;
	}
	for (i = 0; i < p->nprobes; i++) {
		if (!p->probe[i].listed || now.count[i] > a->count[i])
			continue;
		log__err(
			"probe %s: %s is registered, but the kernel's list does not show it armed",
			name, p->probe[i].shown);
		log__hint(
			"another user of ftrace may hold the function; try FUNC+OFFSET beyond its first instruction");
		return EX_LOAD;
	}
	return 0;
}
