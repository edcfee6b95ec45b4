/*
 * json - a record as an object of JSON (RFC 8259), on a line of its own.
 */
#ifndef UDPLOGGER_JSON_H
#define UDPLOGGER_JSON_H

#include <stddef.h>

#include "escape.h"
#include "record.h"

#define JSON_FIXED 1024 /* bytes of all but text and pairs, at most */

/* The most bytes of an object with @len bytes of text and pairs. */
#define JSON_MAX(len) (JSON_FIXED + ESCAPE_GROWTH_JSON * (len))

/* Writes the object and LF to @out, which has room for it. */
size_t json_record(char *out, const struct record *record);

#endif
