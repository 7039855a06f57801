/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * run_trust.h - whose files may root load, run or believe? As lib/trust.sh
 * judges it.
 */
#ifndef RUN_TRUST_H
#define RUN_TRUST_H

#include <limits.h>
#include <stdbool.h>
#include <sys/stat.h>

/**
 * enum trust_kind - what is looked at
 * @TRUST_ITSELF: what is used: nobody else may write to it
 * @TRUST_SOURCE: our program's own: may be open to its owner's own group
 * @TRUST_ABOVE: a directory above: that, or sticky
 */
enum trust_kind { TRUST_ITSELF, TRUST_SOURCE, TRUST_ABOVE };

/**
 * struct trust - who asks
 * @user: whose files are fine, as root's are
 * @ours: so are this one's: the owner of kp_load.sh, whom root trusts by
 *        running it
 * @why: what was refused last: it belongs to uid 1000
 */
struct trust {
	uid_t user;
	uid_t ours;
	char why[PATH_MAX + 64];
};

void trust__init(struct trust *t);
/*
 * Opens the directory with no link on the way to it, which root asks of each
 * one above, too, from the top down: what is in one that is fine stays there.
 * Returns a file that is only a place (O_PATH), or -errno, with the reason.
 */
int trust__open_dir(struct trust *t, const char *path);
/* One step of that, from the open directory @at; @path is the whole way. */
int trust__step(struct trust *t, int at, const char *name, const char *path);
/* What is called @name in it. Returns whether it may be used; fills @st. */
bool trust__has(struct trust *t, int dir, const char *name,
		enum trust_kind kind, struct stat *st);
/*
 * Opens a regular file to be read. Links on the way to it lead on, it is none
 * itself. Returns a file or -errno, with the reason.
 */
int trust__open(struct trust *t, const char *path, struct stat *st);
/* As that, its directory, and its name in it, to be run. */
int trust__open_place(struct trust *t, const char *path, const char **name);

#endif
