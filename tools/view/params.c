// SPDX-License-Identifier: GPL-2.0-only
/*
 * params.c - see params.h; stats is one line, and another for each probe where
 * there are several, in order:
 *
 *   hits=12 shown=10 filtered=1 dropped=1 missed=0
 *   vfs_read hits=11 shown=10 filtered=0 dropped=1 missed=0
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "params.h"

static int param__open(const char *stats, const char *name, int flags)
{
	const char *slash = strrchr(stats, '/');
	char path[PATH_MAX];
	int len = slash ? (int)(slash - stats) + 1 : 0, fd;

	len = snprintf(path, sizeof(path), "%.*s%s", len, stats, name);
	if (len < 0 || (size_t)len >= sizeof(path))
		return -ENAMETOOLONG;
	fd = open(path, flags | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

int param__read(const char *stats, const char *name, uint64_t *value)
{
	int fd = param__open(stats, name, O_RDONLY);
	char text[32];
	ssize_t len;

	if (fd < 0)
		return fd;
	len = read(fd, text, sizeof(text) - 1);
	close(fd);
	if (len < 0)
		return -EIO;
	text[len] = '\0';
	return sscanf(text, "%" SCNu64, value) == 1 ? 0 : -EBADMSG;
}

int param__write(const char *stats, const char *name, const char *text)
{
	int fd = param__open(stats, name, O_WRONLY), err = 0;
	size_t len = strlen(text);

	if (fd < 0)
		return fd;
	if (write(fd, text, len) != (ssize_t)len)
		err = -EIO;
	close(fd);
	return err;
}

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

uint32_t stats__list(const struct view_stats *st,
		     struct view_stat list[VIEW_STATS])
{
	const struct view_stat all[] = {
		{ "hits", st->hits },	      { "shown", st->shown },
		{ "filtered", st->filtered }, { "dropped", st->dropped },
		{ "missed", st->missed },
	};
	uint32_t i, n = 0;

	for (i = 0; i < VIEW_STATS; i++)
		/* Two of them only the module knows. */
		if (st->is_known || (i != 2 && i != 4))
			list[n++] = all[i];
	return n;
}

void stats__put(const struct view_stats *st, struct out *o)
{
	struct view_stat list[VIEW_STATS];
	uint32_t i, n = stats__list(st, list);

	for (i = 0; i < n; i++) {
		if (i)
			out__chr(o, ' ');
		out__str(o, list[i].name);
		out__chr(o, '=');
		out__u64(o, list[i].value);
	}
	out__chr(o, '\n');
}
