// SPDX-License-Identifier: GPL-2.0-only
/* syscall.c - see syscall.h */
#include <stdlib.h>
#include <string.h>

#include "syscall.h"

#define SYSCALL(name, ...) { #name, { __VA_ARGS__ } },
/* Sorted by name. */
static const struct sysdesc syscalls[] = {
#include "syscalls.h"
};

static int sysdesc__compare(const void *key, const void *item)
{
	return strcmp(key, ((const struct sysdesc *)item)->name);
}

const struct sysdesc *sysdesc__find(const char *name)
{
	return bsearch(name, syscalls, sizeof(syscalls) / sizeof(syscalls[0]),
		       sizeof(syscalls[0]), sysdesc__compare);
}

const char *sysdesc__param_name(const char *param)
{
	const char *p = param + strlen(param);

	while (p > param && p[-1] != ' ' && p[-1] != '*')
		p--;
	return p;
}

int sysdesc__nparams(const struct sysdesc *d)
{
	int n = 0;

	while (n < SYSCALL_MAX_ARGS && d->params[n])
		n++;
	return n;
}

int sysdesc__find_param(const struct sysdesc *d, const char *name)
{
	int i;

	for (i = 0; i < SYSCALL_MAX_ARGS && d->params[i]; i++)
		if (strcmp(sysdesc__param_name(d->params[i]), name) == 0)
			return i;
	return -1;
}
