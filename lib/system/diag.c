/* diag - the daemon's own messages, on stderr; see diag.h. */
#include "diag.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "decimal.h"
#include "errortext.h"
#include "stamp.h"
#include "sys.h"

#define MORE 10 /* times as many as were said are worth a word */

void diag_open(struct diag *diag, const struct sys *sys)
{
	const char *journal = getenv("JOURNAL_STREAM");
	char stream[2 * DECIMAL_MAX + 2];
	struct stat st;

	diag->sys = sys;
	console_open(&diag->out, sys, STDERR_FILENO);
	/* systemd.exec(5): device and inode of the journal's stream. */
	if (!journal || sys->fstat(STDERR_FILENO, &st))
		return;
	snprintf(stream, sizeof(stream), "%" PRIuMAX ":%" PRIuMAX,
		 (uintmax_t)st.st_dev, (uintmax_t)st.st_ino);
	diag->is_journal = strcmp(journal, stream) == 0;
}

void diag_begin_times(struct diag *diag)
{
	diag->is_timed = !diag->is_journal && !diag->out.is_terminal;
}

enum level { ERROR = 3, WARNING = 4, INFO = 6 }; /* syslog(3) */

/* Writes what stands before a message; returns its length. */
static size_t begin_text(struct diag *diag, enum level level)
{
	struct timespec now = { 0, 0 };
	struct stamp stamp = { 0 };
	size_t len = 0;

	if (diag->is_journal)
		return (size_t)snprintf(diag->text, DIAG_TEXT_MAX, "<%d>%s",
					(int)level,
					level == WARNING ? "warning: " : "");
	if (diag->is_timed) {
		diag->sys->clock_gettime(CLOCK_REALTIME, &now);
		stamp_set(&stamp, &now);
		len = stamp_length(&stamp);
		memcpy(diag->text, stamp.text, len);
	}
	return len + (size_t)snprintf(diag->text + len, DIAG_TEXT_MAX - len,
				      "udplogger: %s",
				      level == WARNING ? "warning: " : "");
}

/*
 * One write() for the whole message, so that it isn't mixed with others.  It
 * may name a path or a name that somebody chose, so it's escaped.
 */
static bool say(struct diag *diag, enum level level, const char *format,
		va_list args)
{
	size_t len = begin_text(diag, level);
	int n = vsnprintf(diag->text + len, DIAG_TEXT_MAX - len, format, args);
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
	said = say(diag, INFO, format, args);
	va_end(args);
	return said;
}

void diag_warn(struct diag *diag, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	say(diag, WARNING, format, args);
	va_end(args);
}

void diag_error(struct diag *diag, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	say(diag, ERROR, format, args);
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

/* EPIPE: a head(1) that has seen enough, where SIGPIPE is ignored. */
void diag_unwritten(struct diag *diag, int error)
{
	if (error != EPIPE)
		diag_error(diag, "unable to write to standard output: %s",
			   errortext(error));
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
static uint64_t next_quiet_ms(bool returned, uint64_t quiet_ms)
{
	if (!returned)
		return DIAG_QUIET_MS;
	quiet_ms *= 2;
	return quiet_ms < DIAG_QUIET_MOST_MS ? quiet_ms : DIAG_QUIET_MOST_MS;
}

static void end(struct diag_fault *fault, uint64_t now_ms)
{
	uint64_t quiet_ms = next_quiet_ms(fault->returned, fault->quiet_ms);

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

static bool is_to_be_said(const struct diag_loss *loss, uint64_t now_ms)
{
	if (loss->said > 0)
		return loss->count / MORE >= loss->said &&
		       now_ms - loss->said_ms >= DIAG_QUIET_MS;
	return !loss->returned || now_ms - loss->since_ms >= DIAG_PATIENCE_MS;
}

void diag_lost(struct diag *diag, struct diag_loss *loss, uint64_t now_ms,
	       uint64_t n, const char *what, const char *why)
{
	if (loss->count == 0) {
		loss->since_ms = now_ms;
		loss->returned = now_ms < loss->quiet_until_ms;
	}
	loss->count += n;
	loss->last_ms = now_ms;
	if (!is_to_be_said(loss, now_ms))
		return;
	diag_warn(diag, "%" PRIu64 " %s%s%s", loss->count, what,
		  why ? ", " : "", why ? why : "");
	loss->said = loss->count;
	loss->said_ms = now_ms;
}

void diag_loss_end(struct diag *diag, struct diag_loss *loss, const char *what)
{
	if (loss->count > 0)
		diag_say(diag, "no more %s, after %" PRIu64 " in %" PRIu64 " s",
			 what, loss->count,
			 (loss->last_ms - loss->since_ms) / 1000);
	loss->count = 0;
}

void diag_loss_check(struct diag *diag, struct diag_loss *loss, uint64_t now_ms,
		     const char *what)
{
	uint64_t quiet_ms;

	if (now_ms < diag_loss_due(loss))
		return;
	diag_loss_end(diag, loss, what);
	quiet_ms = next_quiet_ms(loss->returned, loss->quiet_ms);
	*loss = (struct diag_loss){
		.quiet_ms = quiet_ms,
		.quiet_until_ms = now_ms + quiet_ms,
	};
}

uint64_t diag_loss_due(const struct diag_loss *loss)
{
	uint64_t due = loss->last_ms + DIAG_QUIET_MS;

	if (loss->count == 0)
		return DEADLINE_NEVER;
	return loss->returned && due < loss->quiet_until_ms
		       ? loss->quiet_until_ms
		       : due;
}
