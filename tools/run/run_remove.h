/* SPDX-License-Identifier: GPL-2.0-only */
/* run_remove.h - modules go again. */
#ifndef RUN_REMOVE_H
#define RUN_REMOVE_H

/*
 * Removes one. It is tried for two seconds; who follows it is told to end. One
 * that is gone is fine. Returns 0 or a status, which was told.
 */
int remove__module(const char *name);
/* A probe, and then what was loaded for it, last first. */
int remove__probe(const char *name);

#endif
