// SPDX-License-Identifier: GPL-2.0-only
/*
 * stats.c - see stats.h; the file is one line, and another for each
 * probe where there are several, in order:
 *
 *   hits=12 shown=10 filtered=1 dropped=1 missed=0
 *   vfs_read hits=11 shown=10 filtered=0 dropped=1 missed=0
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "stats.h"

int stats__read(struct view_stats *st, const char *path)
{
	static const char form[] =
		"hits=%llu shown=%llu filtered=%llu dropped=%llu missed=%llu";
	char line[256];
	unsigned long long v[5];
	FILE *f;
	int n = 0;

	memset(st, 0, sizeof(*st));
	if (!path)
		return -ENOENT;
	f = fopen(path, "re");
	if (!f)
		return -errno;
	if (fgets(line, sizeof(line), f))
		n = sscanf(line, form, &v[0], &v[1], &v[2], &v[3], &v[4]);
	fclose(f);
	if (n != 5)
		return -EBADMSG;
	*st = (struct view_stats){ true, v[0], v[1], v[2], v[3], v[4] };
	return 0;
}

/* A line that is not whole is the end of what sysfs has room for. */
static bool stats__next(FILE *f, uint64_t *shown)
{
	const char *at;
	char line[256];

	if (!fgets(line, sizeof(line), f) || !strchr(line, '\n'))
		return false;
	at = strstr(line, " shown=");
	return at && sscanf(at, " shown=%" SCNu64, shown) == 1;
}

uint32_t stats__read_probes(const char *path, uint64_t *shown, uint32_t n)
{
	FILE *f = path ? fopen(path, "re") : NULL;
	uint64_t total;
	uint32_t i = 0;

	if (!f)
		return 0;
	if (stats__next(f, &total)) {
		if (n == 1)
			shown[i++] = total;
		while (i < n && stats__next(f, &shown[i]))
			i++;
	}
	fclose(f);
	return i;
}

/*
 * Hits are the sum, always: the counts were read one after the other, while
 * they went on.
 */
void stats__settle(struct view_stats *st, uint64_t shown, uint64_t lost)
{
	if (!st->is_known)
		st->dropped = lost;
	else if (st->shown > shown)
		st->dropped += st->shown - shown;
	st->shown = shown;
	st->hits = st->shown + st->filtered + st->dropped;
}

void stats__put(const struct view_stats *st, struct out *o, bool json)
{
	static const char *const names[] = { "hits", "shown", "filtered",
					     "dropped", "missed" };
	const uint64_t values[] = { st->hits, st->shown, st->filtered,
				    st->dropped, st->missed };
	unsigned int i;

	if (json)
		out__str(o, "{\"summary\":{");
	for (i = 0; i < 5; i++) {
		/* Only the module knows those. */
		if (!st->is_known && (i == 2 || i == 4))
			continue;
		if (i)
			out__chr(o, json ? ',' : ' ');
		out__str(o, json ? "\"" : "");
		out__str(o, names[i]);
		out__str(o, json ? "\":" : "=");
		out__u64(o, values[i]);
	}
	out__str(o, json ? "}}\n" : "\n");
}
