/*
 * json - a record as an object of JSON (RFC 8259), on a line of its own.
 *
 * L0.  The members are, in this order:
 *
 *	time		arrival, RFC 3339 with microseconds and offset
 *	address, port	of the sender
 *	program		"udplogger", in what the daemon itself says, and then
 *	notice		"datagrams-lost", "messages-lost", "message-late",
 *			"booted", "empty-lines", "lines-left-out", "started",
 *			"stopped" or "not-ended" (of the last run)
 *	lost, lines	how many that are
 *	boot, first, last, between, came
 *			of a sender of records: record.h
 *	message		text; an extended record's lines are joined by LF
 *
 * and of extended netconsole:
 *
 *	level, facility
 *	boot		when its sender booted: RFC 3339, UTC, microseconds
 *	sequnum, usec, caller, release, dictionary
 *	rest		pairs that the dictionary has no room for
 *	missing		bytes of the record that never came
 *
 * No other record has the same sender, boot and sequnum, unless its kernel sent
 * it again, or a part of it came too late.
 *
 * A member that does not apply is not there.  A line of text has level and
 * facility, usec, and caller if they stand at its head (linehead.h); they are
 * part of message all the same.
 *
 * Text is what the text format shows: bytes that are not safe to look at stand
 * as \xNN, and so do LFs but those between the lines of message, so that the
 * object is UTF-8 whatever came in, and whoever prints a string of it is safe.
 *
 * A key that comes several times has an array of its values, one without a
 * value null.
 */
#ifndef UDPLOGGER_JSON_H
#define UDPLOGGER_JSON_H

#include <stddef.h>

#include "escape.h"
#include "record.h"

#define JSON_FIXED 1408 /* bytes of all but text and pairs, at most */

/* The most bytes of an object with @len bytes of text and pairs. */
#define JSON_MAX(len) (JSON_FIXED + ESCAPE_GROWTH_JSON * (len))

/* Writes an object's begin, up to the sender's members; returns its end. */
char *json_begin(char *out, const struct record *record);

/* Writes a string that shows @len bytes at @in; likewise. */
char *json_string(char *out, const unsigned char *in, size_t len);

/*
 * Writes the object and LF to @out, which has room for it.  Apart, as lines of
 * text would take its stack and registers as well.
 */
__attribute__((noinline)) size_t json_record(char *out,
					     const struct record *record);

#endif
