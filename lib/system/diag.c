/* diag - the daemon's own messages, on stderr; see diag.h. */
#include "diag.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/*
 * One write() for the whole message, so that it isn't mixed with others.  It
 * may name a path or a name that somebody chose, so it's escaped.
 */
static bool say(struct diag *diag, const char *kind, const char *format,
		va_list args)
{
	int len = snprintf(diag->text, DIAG_TEXT_MAX, "udplogger: %s", kind);
	int n = vsnprintf(diag->text + len, DIAG_TEXT_MAX - (size_t)len, format,
			  args);
	size_t bytes;

	if (n < 0)
		return false;
	bytes = escape_text(diag->safe, (const unsigned char *)diag->text,
			    strlen(diag->text));
	diag->safe[bytes++] = '\n';
	return console_write(&diag->out, diag->sys, diag->safe, bytes) ==
	       (ssize_t)bytes;
}

bool diag_say(struct diag *diag, const char *format, ...)
{
	va_list args;
	bool said;

	va_start(args, format);
	said = say(diag, "", format, args);
	va_end(args);
	return said;
}

void diag_warn(struct diag *diag, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	say(diag, "warning: ", format, args);
	va_end(args);
}

/* Whether @error wasn't said yet; from now on it was. */
static bool is_new(struct diag_fault *fault, unsigned error)
{
	uint64_t *word = &fault->said[error / 64 % (DIAG_ERRORS / 64)];
	uint64_t bit = UINT64_C(1) << error % 64;
	bool is_new_one = (*word & bit) == 0;

	*word |= bit;
	return is_new_one;
}

static void begin(struct diag_fault *fault, uint64_t now_ms)
{
	fault->since_ms = now_ms;
	fault->failing_ms = now_ms;
	fault->returned = now_ms < fault->quiet_until_ms;
}

void diag_failed(struct diag *diag, struct diag_fault *fault, uint64_t now_ms,
		 const char *what, int error, const char *why)
{
	if (fault->count++ == 0)
		begin(fault, now_ms);
	if (fault->worked_ms > 0)
		fault->failing_ms = now_ms;
	fault->worked_ms = 0;
	if (fault->returned && now_ms - fault->failing_ms < DIAG_PATIENCE_MS)
		return;
	if (is_new(fault, (unsigned)error))
		diag_warn(diag, "unable to %s: %s", what, why);
}

/* What returns after its end was said gets twice as long to stay away. */
static void end(struct diag_fault *fault, uint64_t now_ms)
{
	uint64_t quiet_ms = DIAG_QUIET_MS;

	if (fault->returned)
		quiet_ms = fault->quiet_ms * 2;
	if (quiet_ms > DIAG_QUIET_MOST_MS)
		quiet_ms = DIAG_QUIET_MOST_MS;
	*fault = (struct diag_fault){
		.quiet_ms = quiet_ms,
		.quiet_until_ms = now_ms + quiet_ms,
	};
}

void diag_works(struct diag *diag, struct diag_fault *fault, uint64_t now_ms,
		const char *what)
{
	if (fault->count == 0)
		return;
	if (fault->worked_ms == 0)
		fault->worked_ms = now_ms;
	if (fault->returned && now_ms < fault->quiet_until_ms)
		return;
	diag_say(diag,
		 "able to %s again, after %" PRIu64 " failures in %" PRIu64
		 " s",
		 what, fault->count,
		 (fault->worked_ms - fault->since_ms) / 1000);
	end(fault, now_ms);
}

uint64_t diag_due(const struct diag_fault *fault)
{
	if (fault->count == 0 || fault->worked_ms == 0)
		return DEADLINE_NEVER;
	return fault->quiet_until_ms;
}
