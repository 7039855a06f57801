/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * view_again.h - a command that was run before is run again at once, as long as
 * nothing changed that its checks looked at.
 */
#ifndef VIEW_AGAIN_H
#define VIEW_AGAIN_H

#include <stddef.h>

#define AGAIN_VIEW_MAX 16

/**
 * struct again - what a command came to when it was run before
 * @module: open file of the module
 * @name: of the module
 * @params: for it
 * @view: options of kp_view, the first being a program's name
 */
struct again {
	char *text;
	int module;
	const char *name;
	const char *params;
	char *view[AGAIN_VIEW_MAX + 1];
	int nview;
};

/*
 * Writes DIR/KEY for the command @argv of @script, from lines on stdin.
 * lib/remember.sh says what they are. Returns 0 or -errno.
 */
int again__remember(const char *dir, const char *script, char **argv);
/*
 * Finds the command @argv of @script in @dir. Returns -ESTALE or another -errno
 * where it was not run before or anything changed since then.
 */
int again__recall(struct again *a, const char *dir, const char *script,
		  char **argv);
void again__free(struct again *a);
/* Loads the module. Returns 0 or -errno. */
int again__plant(const struct again *a);
/* Removes it; prints what is wrong. Returns 0 or -errno. */
int again__remove(const struct again *a);

#endif
