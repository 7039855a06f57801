// SPDX-License-Identifier: GPL-2.0-only
/* run_trust.c - see run_trust.h */
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "run_trust.h"

#define PLACE (O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)

void trust__init(struct trust *t)
{
	t->user = t->ours = geteuid();
	t->why[0] = '\0';
}

/* Where it has a list, its group's rights may be those of other users. */
static bool trust__has_acl(int dir, const char *name)
{
	int fd = openat(dir, name,
			O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	bool has = true;

	if (fd < 0)
		return true;
	if (fgetxattr(fd, "system.posix_acl_access", NULL, 0) < 0)
		has = errno != ENODATA && errno != ENOTSUP;
	close(fd);
	return has;
}

/* The user's name, where nobody else has this group for his own; or false. */
static bool trust__name_user(uid_t user, gid_t group, char *name, size_t size)
{
	FILE *f = fopen("/etc/passwd", "re");
	bool is_known = false, is_private = true;
	struct passwd *p;

	while (f && (p = fgetpwent(f))) {
		if (p->pw_uid == user && !is_known) {
			snprintf(name, size, "%s", p->pw_name);
			is_known = true;
		}
		if (p->pw_gid == group && p->pw_uid != user)
			is_private = false;
	}
	if (f)
		fclose(f);
	return is_known && is_private;
}

/* Where every user has a group of his own, files are often open to it. */
static bool trust__is_private(gid_t group, uid_t user)
{
	bool is_private = false;
	char name[256], **m;
	struct group *g;
	FILE *f;

	if (!trust__name_user(user, group, name, sizeof(name)))
		return false;
	f = fopen("/etc/group", "re");
	while (f && (g = fgetgrent(f))) {
		if (g->gr_gid != group)
			continue;
		is_private = true;
		for (m = g->gr_mem; *m; m++)
			if (strcmp(*m, name))
				is_private = false;
		break;
	}
	if (f)
		fclose(f);
	return is_private;
}

/* Can others write to what is called @name in @dir? */
static bool trust__is_open(enum trust_kind kind, const struct stat *st, int dir,
			   const char *name)
{
	if (!(st->st_mode & (S_IWGRP | S_IWOTH)))
		return false;
	/* Only who owns what is in it renames that, and that is next. */
	if (kind == TRUST_ABOVE && st->st_mode & S_ISVTX)
		return false;
	return kind == TRUST_ITSELF || st->st_mode & S_IWOTH ||
	       trust__has_acl(dir, name) ||
	       !trust__is_private(st->st_gid, st->st_uid);
}

/* @path: of one that is above what is meant */
static bool trust__judge(struct trust *t, const struct stat *st,
			 enum trust_kind kind, int dir, const char *name,
			 const char *path)
{
	const char *above = kind == TRUST_ABOVE ? ", which is above it" : "";
	const char *comma = *above ? "," : "";

	if (kind != TRUST_ABOVE)
		path = "it";
	if (st->st_uid && st->st_uid != t->user && st->st_uid != t->ours)
		snprintf(t->why, sizeof(t->why), "%s%s%s belongs to uid %u",
			 path, above, comma, (unsigned int)st->st_uid);
	else if (S_ISLNK(st->st_mode))
		snprintf(t->why, sizeof(t->why), "%s%s%s is a link", path,
			 above, comma);
	else if (trust__is_open(kind, st, dir, name))
		snprintf(t->why, sizeof(t->why), "others can write to %s%s",
			 path, above);
	else
		return true;
	return false;
}

static int trust__fail(struct trust *t, int err)
{
	snprintf(t->why, sizeof(t->why), "%s",
		 err == -ELOOP ? "it is a link" : strerror(-err));
	return err;
}

int trust__step(struct trust *t, int at, const char *name, const char *path)
{
	int fd = openat(at, name, PLACE), err;
	struct stat st;

	if (fd < 0) {
		err = -errno;
		/* ENOTDIR is a link's, too. */
		if (fstatat(at, name, &st, AT_SYMLINK_NOFOLLOW) ||
		    !S_ISLNK(st.st_mode))
			return trust__fail(t, err);
		trust__judge(t, &st, TRUST_ABOVE, at, name, path);
		return -EPERM;
	}
	if (!fstat(fd, &st) && trust__judge(t, &st, TRUST_ABOVE, fd, ".", path))
		return fd;
	close(fd);
	return -EPERM;
}

static int trust__walk(struct trust *t, char *path)
{
	int at = trust__step(t, AT_FDCWD, "/", "/"), next;
	char *name = path + 1, *slash;

	while (at >= 0 && *name) {
		slash = strchrnul(name, '/');
		if (slash != name) {
			char was = *slash;

			*slash = '\0';
			next = trust__step(t, at, name, path);
			*slash = was;
			close(at);
			at = next;
		}
		name = *slash ? slash + 1 : slash;
	}
	return at;
}

int trust__open_dir(struct trust *t, const char *path)
{
	char way[PATH_MAX];
	int fd;

	t->why[0] = '\0';
	if (strlen(path) >= sizeof(way))
		return trust__fail(t, -ENAMETOOLONG);
	if (t->user) {
		fd = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
		return fd < 0 ? trust__fail(t, -errno) : fd;
	}
	if (*path != '/')
		return trust__fail(t, -EINVAL);
	return trust__walk(t, strcpy(way, path));
}

bool trust__has(struct trust *t, int dir, const char *name,
		enum trust_kind kind, struct stat *st)
{
	if (!fstatat(dir, name, st, AT_SYMLINK_NOFOLLOW))
		return trust__judge(t, st, kind, dir, name, "");
	trust__fail(t, -errno);
	return false;
}

int trust__open_place(struct trust *t, const char *path, const char **name)
{
	const char *slash = strrchr(path, '/');
	char way[PATH_MAX], *dir;
	int fd;

	*name = slash ? slash + 1 : path;
	if (slash && (size_t)(slash - path) >= sizeof(way))
		return trust__fail(t, -ENAMETOOLONG);
	snprintf(way, sizeof(way), "%.*s", slash ? (int)(slash - path) : 1,
		 slash == path ? "/" :
		 slash	       ? path :
				 ".");
	dir = realpath(*way ? way : "/", NULL);
	if (!dir)
		return trust__fail(t, -errno);
	fd = trust__open_dir(t, dir);
	free(dir);
	return fd;
}

int trust__open(struct trust *t, const char *path, struct stat *st)
{
	const char *name;
	int dir = trust__open_place(t, path, &name), fd, err = 0;

	if (dir < 0)
		return dir;
	fd = openat(dir, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0 || fstat(fd, st))
		err = trust__fail(t, -errno);
	else if (!S_ISREG(st->st_mode))
		err = trust__fail(t, -EINVAL);
	else if (!trust__judge(t, st, TRUST_ITSELF, dir, name, ""))
		err = -EPERM;
	close(dir);
	if (!err)
		return fd;
	if (fd >= 0)
		close(fd);
	return err;
}
