// SPDX-License-Identifier: GPL-2.0-only
/*
 * view_again.c - see view_again.h
 *
 * DIR/KEY holds module.ko and the plan: lines of a word, a blank and a text.
 *
 *   arg --follow		arguments of the command, in order
 *   file PATH<TAB>STATE	which device, inode, size and times it has
 *   line PATH<TAB>TEXT		its first line
 *   modules HASH		of the loaded modules that are no probes
 *   name kp_vfs_read		the module
 *   params enabled=0		one line
 *   view --stats=...		options of kp_view, in order
 *
 * A plan holds while all files, lines and modules are what they were.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "view_again.h"

#define PLAN_MAX (256 * 1024)
#define STATE_MAX 256
#define REMOVE_TRIES 20
#define REMOVE_WAIT_US 100000

/* FNV-1a, of a string with its NUL */
static uint64_t again__hash(uint64_t hash, const char *text)
{
	do {
		hash = (hash ^ (unsigned char)*text) * 0x100000001b3ULL;
	} while (*text++);
	return hash;
}

#define HASH_BEGIN 0xcbf29ce484222325ULL

static void again__file_state(const char *path, char state[STATE_MAX])
{
	struct stat st;

	if (stat(path, &st)) {
		strcpy(state, "-");
		return;
	}
	snprintf(state, STATE_MAX, "%jx:%jx:%jd:%jd.%09ld:%jd.%09ld",
		 (uintmax_t)st.st_dev, (uintmax_t)st.st_ino,
		 (intmax_t)st.st_size, (intmax_t)st.st_mtim.tv_sec,
		 st.st_mtim.tv_nsec, (intmax_t)st.st_ctim.tv_sec,
		 st.st_ctim.tv_nsec);
}

static void again__line_state(const char *path, char state[STATE_MAX])
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t len = fd < 0 ? 0 : read(fd, state, STATE_MAX - 1);

	if (fd >= 0)
		close(fd);
	state[len < 0 ? 0 : len] = '\0';
	state[strcspn(state, "\n")] = '\0';
}

/*
 * e1000 155648 0 - Live 0xffffffffc0420000: names and places, as functions are
 * found by them. Probes of ours come and go.
 */
static void again__modules_state(const char *path, char state[STATE_MAX])
{
	FILE *f = fopen(path, "re");
	char name[64], place[32];
	uint64_t hash = HASH_BEGIN;

	while (f &&
	       fscanf(f, "%63s %*s %*s %*s %*s %31s%*[^\n]", name, place) == 2)
		if (strncmp(name, "kp_", 3))
			hash = again__hash(again__hash(hash, name), place);
	if (f)
		fclose(f);
	snprintf(state, STATE_MAX, "%016" PRIx64, hash);
}

static const struct watch {
	const char *word;
	void (*state)(const char *path, char state[STATE_MAX]);
} watches[] = {
	{ "file ", again__file_state },
	{ "line ", again__line_state },
	{ "modules ", again__modules_state },
};

/* How what the line "WORD PATH" names is watched; NULL if it is not. */
static const struct watch *again__watch(const char *line)
{
	size_t i;

	for (i = 0; i < sizeof(watches) / sizeof(watches[0]); i++)
		if (!strncmp(line, watches[i].word, strlen(watches[i].word)))
			return &watches[i];
	return NULL;
}

/* Mine, and nobody else can write to it. */
static bool again__is_trusted(int fd)
{
	struct stat st;

	return !fstat(fd, &st) && st.st_uid == geteuid() &&
	       !(st.st_mode & (S_IWGRP | S_IWOTH));
}

/*
 * Root's or @owner's, and nobody else renames what is in it; as the shell's
 * kp_trust_above(), which looks into groups, too.
 */
static bool again__is_safe_above(const struct stat *st, uid_t owner)
{
	if (st->st_uid && st->st_uid != owner)
		return false;
	return !(st->st_mode & (S_IWGRP | S_IWOTH)) || st->st_mode & S_ISVTX;
}

/* All above the open directory @dir, up to the root, where root asks. */
static bool again__is_safe_below(int dir, uid_t owner)
{
	struct stat st, up = { 0 };
	int at = dup(dir), next;
	bool safe = !fstat(dir, &st), top = geteuid();

	while (safe && !top) {
		next = openat(at, "..", O_PATH | O_DIRECTORY | O_CLOEXEC);
		safe = !fstat(next, &up) && again__is_safe_above(&up, owner);
		top = up.st_ino == st.st_ino && up.st_dev == st.st_dev;
		st = up;
		close(at);
		at = next;
	}
	close(at);
	return safe;
}

/* Of kp_load.sh, whom root trusts by running it. */
static uid_t again__owner(const char *script)
{
	struct stat st;

	return script && !stat(script, &st) ? st.st_uid : geteuid();
}

static int again__open(int dir, const char *name, int flags)
{
	int fd = openat(dir, name, flags | O_CLOEXEC | O_NOFOLLOW);

	if (fd < 0)
		return -errno;
	if (again__is_trusted(fd))
		return fd;
	close(fd);
	return -EPERM;
}

/*
 * Of the command of @script, which is DIR/KEY; made if there is none and it is to
 * be. All in it is found by this, wherever it is moved to.
 */
static int again__open_dir(const char *dir, const char *script, char **argv,
			   bool make)
{
	uint64_t key = HASH_BEGIN;
	char path[PATH_MAX];
	int fd;

	while (*argv)
		key = again__hash(key, *argv++);
	if ((size_t)snprintf(path, sizeof(path), "%s/%016" PRIx64, dir, key) >=
	    sizeof(path))
		return -ENAMETOOLONG;
	if (make && mkdir(path, 0700) && errno != EEXIST)
		return -errno;
	fd = again__open(AT_FDCWD, path, O_RDONLY | O_DIRECTORY);
	if (fd < 0 || again__is_safe_below(fd, again__owner(script)))
		return fd;
	close(fd);
	return -EPERM;
}

/* The line, with what it watches as it is now. */
static int again__write_line(FILE *plan, const char *line)
{
	const struct watch *w = again__watch(line);
	char state[STATE_MAX];

	if (fputs(line, plan) < 0)
		return -EIO;
	if (w) {
		w->state(line + strlen(w->word), state);
		if (fprintf(plan, "\t%s", state) < 0)
			return -EIO;
	}
	return fputc('\n', plan) < 0 ? -EIO : 0;
}

static int again__write_args(FILE *plan, char **argv)
{
	for (; *argv; argv++) {
		if (strchr(*argv, '\n'))
			return -EINVAL;
		if (fprintf(plan, "arg %s\n", *argv) < 0)
			return -EIO;
	}
	return 0;
}

/* The plan as text; a line "module FILE" is of use here only. */
static int again__write_plan(FILE *plan, char **argv, char module[PATH_MAX])
{
	char line[PATH_MAX];
	int err = again__write_args(plan, argv);

	module[0] = '\0';
	while (!err && fgets(line, sizeof(line), stdin)) {
		line[strcspn(line, "\n")] = '\0';
		if (!strncmp(line, "module ", 7))
			strcpy(module, line + 7);
		else
			err = again__write_line(plan, line);
	}
	return err;
}

/* Replaces what was there in one step, the plan last: it tells of the rest. */
static int again__write(int dir, char **argv)
{
	static const char module[] = "module.new", plan[] = "plan.new";
	char path[PATH_MAX];
	FILE *f;
	int fd, err;

	unlinkat(dir, plan, 0);
	fd = openat(dir, plan, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	f = fd < 0 ? NULL : fdopen(fd, "w");
	if (!f)
		return -errno;
	err = again__write_plan(f, argv, path);
	if (fclose(f) && !err)
		err = -EIO;
	if (err)
		return err;
	unlinkat(dir, module, 0);
	if (linkat(AT_FDCWD, path, dir, module, 0) ||
	    renameat(dir, module, dir, "module.ko"))
		return -errno;
	/* Where both were the same file that did nothing. */
	unlinkat(dir, module, 0);
	return renameat(dir, plan, dir, "plan") ? -errno : 0;
}

int again__remember(const char *dir, const char *script, char **argv)
{
	int fd = again__open_dir(dir, script, argv, true), err;

	if (fd < 0)
		return fd;
	err = again__write(fd, argv);
	close(fd);
	return err;
}

static char *again__read(int fd)
{
	struct stat st;
	char *text;

	if (fstat(fd, &st) || st.st_size > PLAN_MAX)
		return NULL;
	text = malloc((size_t)st.st_size + 1);
	if (!text)
		return NULL;
	if (read(fd, text, (size_t)st.st_size) != st.st_size) {
		free(text);
		return NULL;
	}
	text[st.st_size] = '\0';
	return text;
}

static bool again__is_unchanged(const struct watch *w, char *text)
{
	char *tab = strchr(text, '\t'), state[STATE_MAX];

	if (!tab)
		return false;
	*tab = '\0';
	w->state(text, state);
	return !strcmp(state, tab + 1);
}

static int again__take(struct again *a, const char *word, char *text)
{
	if (!strcmp(word, "name"))
		a->name = text;
	else if (!strcmp(word, "params"))
		a->params = text;
	else if (!strcmp(word, "view") && a->nview < AGAIN_VIEW_MAX)
		a->view[a->nview++] = text;
	else
		return -EBADMSG;
	return 0;
}

/* All lines, as long as they hold. The first file is the script. */
static int again__check(struct again *a, const char *script, char **argv)
{
	char *line, *next, *text, is[STATE_MAX];
	bool is_script = false;

	a->view[a->nview++] = "kp_view";
	for (line = a->text; *line; line = next) {
		const struct watch *w = again__watch(line);

		next = line + strcspn(line, "\n");
		if (*next)
			*next++ = '\0';
		text = line + strcspn(line, " ");
		if (!*text)
			return -EBADMSG;
		*text++ = '\0';
		if (!strcmp(line, "arg")) {
			if (!*argv || strcmp(*argv++, text))
				return -ESTALE;
			continue;
		}
		if (w && w->state == again__file_state && !is_script) {
			again__file_state(script, is);
			if (!strchr(text, '\t') ||
			    strcmp(strchr(text, '\t') + 1, is))
				return -ESTALE;
			is_script = true;
		}
		if (w ? !again__is_unchanged(w, text) :
			again__take(a, line, text))
			return -ESTALE;
	}
	return *argv || !is_script || !a->name || !a->params ? -ESTALE : 0;
}

int again__recall(struct again *a, const char *dir, const char *script,
		  char **argv)
{
	int at = again__open_dir(dir, script, argv, false), plan, err;

	memset(a, 0, sizeof(*a));
	a->module = -1;
	if (at < 0)
		return at;
	plan = again__open(at, "plan", O_RDONLY);
	a->module = again__open(at, "module.ko", O_RDONLY);
	a->text = plan < 0 ? NULL : again__read(plan);
	err = a->text && a->module >= 0 ? again__check(a, script, argv) :
					  -ESTALE;
	/* What is used is dropped last: kp_workdir_prune(). */
	if (!err)
		futimens(at, NULL);
	if (plan >= 0)
		close(plan);
	close(at);
	return err;
}

void again__free(struct again *a)
{
	if (a->module >= 0)
		close(a->module);
	free(a->text);
}

int again__plant(const struct again *a)
{
	return syscall(SYS_finit_module, a->module, a->params, 0) ? -errno : 0;
}

int again__remove(const struct again *a)
{
	int tries = REMOVE_TRIES;

	while (syscall(SYS_delete_module, a->name, O_NONBLOCK)) {
		/* Somebody else may have removed it, or be reading from it. */
		if (errno == ENOENT)
			return 0;
		if (!--tries) {
			fprintf(stderr,
				"kp_load: error: module %s: cannot be removed: %s\n",
				a->name, strerror(errno));
			fprintf(stderr,
				"kp_load: hint: kp_load.sh --unload=%s\n",
				a->name);
			return -EBUSY;
		}
		usleep(REMOVE_WAIT_US);
	}
	return 0;
}
