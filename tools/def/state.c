// SPDX-License-Identifier: GPL-2.0-only
/* state.c - see state.h */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "state.h"

#define DEPTH_MAX 8

static void state__add_file(struct sha256 *sum, const char *path,
			    const struct stat *st)
{
	char text[100];
	int len;

	len = snprintf(text, sizeof(text), " %lld %lld.%09ld\n",
		       st ? (long long)st->st_size : -1LL,
		       st ? (long long)st->st_mtim.tv_sec : 0LL,
		       st ? st->st_mtim.tv_nsec : 0L);
	sha256__add(sum, path, strlen(path));
	sha256__add(sum, text, (size_t)len);
}

static int is_shown(const struct dirent *entry)
{
	return entry->d_name[0] != '.';
}

static void state__add_at(struct sha256 *sum, const char *path, int depth)
{
	struct dirent **entries;
	char below[4096];
	struct stat st;
	int i, n;

	if (stat(path, &st)) {
		state__add_file(sum, path, NULL);
		return;
	}
	if (!S_ISDIR(st.st_mode)) {
		state__add_file(sum, path, &st);
		return;
	}
	n = depth < DEPTH_MAX ? scandir(path, &entries, is_shown, alphasort) :
				-1;
	for (i = 0; i < n; i++) {
		snprintf(below, sizeof(below), "%s/%s", path,
			 entries[i]->d_name);
		state__add_at(sum, below, depth + 1);
		free(entries[i]);
	}
	if (n >= 0)
		free(entries);
}

void state__add(struct sha256 *sum, const char *path)
{
	state__add_at(sum, path, 0);
}
