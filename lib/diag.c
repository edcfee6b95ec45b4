/* diag - the daemon's own messages, on stderr; see diag.h. */
#include "diag.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "escape.h"

#define MESSAGE_MAX 8192 /* a start line with long paths */

/*
 * One write() for the whole message, so that it isn't mixed with others.  It
 * may name a path or a name that somebody chose, so it's escaped.
 */
static void say(struct diag *diag, const char *kind, const char *format,
		va_list args)
{
	char text[MESSAGE_MAX];
	char safe[MESSAGE_MAX * ESCAPE_GROWTH + 1];
	int len = snprintf(text, sizeof(text), "udplogger: %s", kind);
	int n = vsnprintf(text + len, sizeof(text) - (size_t)len, format, args);
	size_t bytes;

	if (n < 0)
		return;
	bytes = escape_text(safe, (const unsigned char *)text, strlen(text));
	safe[bytes++] = '\n';
	console_write(&diag->out, diag->sys, safe, bytes);
}

void diag_say(struct diag *diag, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	say(diag, "", format, args);
	va_end(args);
}

void diag_warn(struct diag *diag, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	say(diag, "warning: ", format, args);
	va_end(args);
}

void diag_failed(struct diag *diag, struct diag_fault *fault, uint64_t now_ms,
		 const char *what, int error, const char *why)
{
	if (fault->count == 0 || fault->error != error)
		diag_warn(diag, "unable to %s: %s", what, why);
	if (fault->count == 0)
		fault->since_ms = now_ms;
	fault->error = error;
	fault->count++;
}

void diag_works(struct diag *diag, struct diag_fault *fault, uint64_t now_ms,
		const char *what)
{
	uint64_t s = (now_ms - fault->since_ms) / 1000;

	if (fault->count == 0)
		return;
	diag_say(diag,
		 "able to %s again, after %" PRIu64 " failures in %" PRIu64
		 " s",
		 what, fault->count, s);
	*fault = (struct diag_fault){ 0 };
}
