/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * run_plan.h - a plan: what is to be planted, followed, and undone
 *
 * Lines of a word, a blank and a text, which may hold anything but a newline and
 * NUL. The first is the version. lib/plan.sh writes them.
 *
 *   kp_plan 1
 *   engine module			who plants it
 *   name kp_vfs_read			or the first free of kp_vfs_read_2 ... _999
 *   shape /w/cache/KEY/module.ko	with placeholders for the names
 *   probe p vfs_read			kind, and how people write it
 *   funcname vfs_read			of this probe: as the module takes it,
 *   event vfs_read			its event,
 *   listed ADDRESS/ADDRESS		where the kernel's list of kprobes shows
 *   listed vfs_read+			it, or by its name; none: do not look
 *   param rate=10			for the module, one a line
 *   bring mdio /m/mdio.ko		to be loaded before, in order: name, file
 *   target e1000 /m/e1000.ko		to be loaded after, so that its init is hit
 *   fallback kprobe			where ftrace refuses: status 75, no word
 *   verify yes				look at that list on any kernel
 *   note planted %n on vfs_read	to be told in the end; %n is the name
 *   viewer /w/kp_view			follow, by this program
 *   view --format=json			its options, in order
 *   pilot 100				first see how often it is hit, at 100 ns
 *
 * With a viewer there is one note at most, which it tells when it begins. It is
 * given --parent, --stats, --pilot and the device by us, and the module enabled=0
 * where there is a pilot.
 */
#ifndef RUN_PLAN_H
#define RUN_PLAN_H

#include <stdbool.h>
#include <stddef.h>

#include "run_trust.h"

#define PLAN_VERSION "kp_plan 1"
#define PLAN_BYTES_MAX (256 * 1024)
#define PLAN_PROBES_MAX 32
#define PLAN_PARAMS_MAX 64
#define PLAN_BRING_MAX 32
#define PLAN_VIEW_MAX 32
#define PLAN_NOTES_MAX 8

struct plan_probe {
	const char *kind;
	const char *shown;
	const char *funcname;
	const char *event;
	const char *listed;
};

struct plan_module {
	const char *name;
	const char *file;
};

struct plan {
	char *text; /* that all of it points into */
	const char *engine;
	const char *name;
	const char *shape;
	const char *fallback;
	const char *verify;
	const char *viewer;
	const char *pilot;
	struct plan_module target; /* no name: none */
	struct plan_probe probe[PLAN_PROBES_MAX];
	size_t nprobes;
	const char *param[PLAN_PARAMS_MAX];
	size_t nparams;
	struct plan_module bring[PLAN_BRING_MAX];
	size_t nbring;
	const char *view[PLAN_VIEW_MAX];
	size_t nview;
	const char *note[PLAN_NOTES_MAX];
	size_t nnotes;
};

/* Returns 0 or a status, which was told. */
int plan__read(struct plan *p, struct trust *t, const char *path);
void plan__free(struct plan *p);
/* A copy in which each %n is the name, or NULL */
char *plan__fill(const char *text, const char *name);
/* "vfs_read,vfs_write", to be freed, or NULL */
char *plan__shown(const struct plan *p);

#endif
