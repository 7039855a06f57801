// SPDX-License-Identifier: GPL-2.0-only
/* run_follow.c - see run_follow.h */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <unistd.h>

#include "run_follow.h"
#include "run_log.h"
#include "run_signal.h"
#include "run_sys.h"

#define OWN_MAX 8 /* of the options */

/* What it is given; the words end with NULL. */
struct words {
	char *word[OWN_MAX + PLAN_VIEW_MAX + 1];
	size_t n;
};

static int words__add(struct words *w, char *word)
{
	if (!word)
		return -ENOMEM;
	w->word[w->n++] = word;
	return 0;
}

static int words__put(struct words *w, const char *option, const char *text)
{
	char *word;

	return asprintf(&word, "%s%s", option, text) < 0 ? -ENOMEM :
							   words__add(w, word);
}

static void words__free(struct words *w)
{
	while (w->n)
		free(w->word[--w->n]);
}

static int words__note(struct words *w, const struct plan *p, const char *name)
{
	char *note = plan__fill(p->note[0], name);
	int err = note ? words__put(w, "--note=", note) : -ENOMEM;

	free(note);
	return err;
}

/* The order is that of the pilot, the note and what is asked for. */
static int words__fill(struct words *w, const struct plan *p, const char *name)
{
	char parent[16], stats[PATH_MAX], device[PATH_MAX];
	int err;
	size_t i;

	snprintf(parent, sizeof(parent), "%d", getpid());
	snprintf(stats, sizeof(stats), "%s/sys/module/%s/parameters/stats",
		 sys__root(), name);
	snprintf(device, sizeof(device), "%s/dev/kp/%s", sys__root(), name);
	err = words__put(w, "", "kp_view");
	err = err ? err : words__put(w, "--parent=", parent);
	err = err ? err : words__put(w, "--stats=", stats);
	if (p->pilot)
		err = err ? err : words__put(w, "--pilot=", p->pilot);
	if (p->nnotes)
		err = err ? err : words__note(w, p, name);
	for (i = 0; i < p->nview && !err; i++)
		err = words__add(w, strdup(p->view[i]));
	err = err ? err : words__put(w, "", "--");
	return err ? err : words__put(w, "", device);
}

/*
 * By its name in a directory that was looked at: so it is called as it is, and
 * nobody puts another in its place.
 */
static void follow__exec(const struct plan *p, int dir, const char *name,
			 char *const *words)
{
	signals__hand_over();
	fcntl(dir, F_SETFD, 0);
	syscall(SYS_execveat, dir, name, words, environ, AT_SYMLINK_NOFOLLOW);
	if (errno == ENOSYS)
		execv(p->viewer, words);
	log__err("viewer %s: cannot be run: %s", p->viewer, strerror(errno));
	_exit(EX_LOAD);
}

static int follow__status(const struct plan *p, int status)
{
	switch (status) {
	case 0:
	case EX_SIGNAL + 1: /* HUP, INT, PIPE, TERM */
	case EX_SIGNAL + 2:
	case EX_SIGNAL + 13:
	case EX_SIGNAL + 15:
	case EX_USAGE:
	case EX_TARGET:
	case EX_MACHINE:
	case EX_BUILD:
	case EX_LOAD:
		return status;
	}
	log__err("viewer %s: ended with status %d", p->viewer, status);
	return EX_LOAD;
}

static int follow__start(const struct plan *p, int dir, const char *viewer,
			 char *const *words)
{
	pid_t self = getpid(), child = fork();
	int taken, status;

	if (child < 0) {
		log__err("viewer %s: cannot be run: %s", p->viewer,
			 strerror(errno));
		return EX_LOAD;
	}
	if (!child) {
		/* Killed, we cannot end it; it says so again by --parent. */
		signals__follow_parent(self);
		follow__exec(p, dir, viewer, words);
	}
	status = follow__status(p, signals__wait(child));
	taken = signals__taken();
	/* One of those that it does not know was told to it as TERM. */
	return taken && status == EX_SIGNAL + 15 ? EX_SIGNAL + taken : status;
}

int follow__run(const struct plan *p, struct trust *t, const char *name)
{
	struct words w = { .n = 0 };
	const char *viewer;
	struct stat st;
	int dir = trust__open_place(t, p->viewer, &viewer), ret;

	if (dir < 0 || !trust__has(t, dir, viewer, TRUST_ITSELF, &st)) {
		log__err("viewer %s: %s", p->viewer, t->why);
		ret = EX_MACHINE;
	} else if (words__fill(&w, p, name)) {
		log__err("viewer %s: out of memory", p->viewer);
		ret = EX_LOAD;
	} else {
		ret = follow__start(p, dir, viewer, w.word);
	}
	words__free(&w);
	if (dir >= 0)
		close(dir);
	return ret;
}
