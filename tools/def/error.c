// SPDX-License-Identifier: GPL-2.0-only
/* error.c - see error.h */
#include <errno.h>
#include <stdarg.h>
#include <string.h>

#include "error.h"

struct reason {
	int status;
	const char *text;
};

static const struct reason reasons[] = {
	[DEF_REASON_NONE] = { DEF_OK, "No error" },
#define X(name, status, text) [DEF_##name] = { status, text },
	DEF_REASONS(X)
#undef X
		[DEF_NOMEM] = { DEF_INTERNAL, "Out of memory" },
};

int error__set(struct def_error *e, enum def_reason reason, size_t col)
{
	if (!e->reason) {
		e->reason = reason;
		e->col = col;
	}
	return reason == DEF_NOMEM ? -ENOMEM : -EINVAL;
}

void error__hint(struct def_error *e, const char *fmt, ...)
{
	int i = e->hint[0][0] ? 1 : 0;
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(e->hint[i], sizeof(e->hint[i]), fmt, ap);
	va_end(ap);
}

void error__warn(struct def_error *e, const char *fmt, ...)
{
	va_list ap;

	if (e->warning[0])
		return;
	va_start(ap, fmt);
	vsnprintf(e->warning, sizeof(e->warning), fmt, ap);
	va_end(ap);
}

int error__status(const struct def_error *e)
{
	return reasons[e->reason].status;
}

const char *error__text(enum def_reason reason)
{
	return reasons[reason].text;
}

void error__print(const struct def_error *e, const char *what, const char *text,
		  FILE *out)
{
	size_t i;

	fprintf(out, "kp_load: error: %s: %s\n", what, error__text(e->reason));
	for (i = 0; text[i]; i++)
		fputc(text[i] >= ' ' && text[i] <= '~' ? text[i] : '?', out);
	fprintf(out, "\n%*s^\n", (int)e->col, "");
	for (i = 0; i < 2 && e->hint[i][0]; i++)
		fprintf(out, "kp_load: hint: %s\n", e->hint[i]);
}
