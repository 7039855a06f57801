/* SPDX-License-Identifier: GPL-2.0-only */
/* run_log.h - messages and exit statuses, those of kp_load.sh (lib/log.sh). */
#ifndef RUN_LOG_H
#define RUN_LOG_H

enum {
	EX_INTERNAL = 1,
	EX_USAGE = 2,
	EX_TARGET = 10,
	EX_MACHINE = 11,
	EX_BUILD = 12,
	EX_LOAD = 13,
	EX_FALLBACK = 75, /* nothing told: another engine is to try */
	EX_SIGNAL = 128,
};

#define LOG_FORMAT __attribute__((format(printf, 1, 2)))

/* "kp_load: error: WHAT OBJECT: CAUSE", at most two hints behind it. */
LOG_FORMAT void log__err(const char *format, ...);
LOG_FORMAT void log__hint(const char *format, ...);
LOG_FORMAT void log__warn(const char *format, ...);
/* Progress and results meant for people. */
LOG_FORMAT void log__note(const char *format, ...);

#endif
