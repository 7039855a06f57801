// SPDX-License-Identifier: GPL-2.0-only
/* run_log.c - see run_log.h */
#include <stdarg.h>
#include <stdio.h>

#include "run_log.h"

#define TEXT_MAX 8192

/* One write each: what the viewer says comes before or behind it. */
static void log__say(const char *what, const char *format, va_list args)
{
	char text[TEXT_MAX];

	vsnprintf(text, sizeof(text), format, args);
	fprintf(stderr, "kp_load: %s%s\n", what, text);
}

void log__err(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	log__say("error: ", format, args);
	va_end(args);
}

void log__hint(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	log__say("hint: ", format, args);
	va_end(args);
}

void log__warn(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	log__say("warning: ", format, args);
	va_end(args);
}

void log__note(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	log__say("", format, args);
	va_end(args);
}
