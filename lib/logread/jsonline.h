/*
 * jsonline - the members of an object of JSON that stands on one line.
 *
 * L0.  Our own objects, or what others made of them; anything may come.
 * Members come one by one, so that who looks for an early one pays for no
 * other.
 */
#ifndef UDPLOGGER_JSONLINE_H
#define UDPLOGGER_JSONLINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct jsonline {
	const char *at; /* behind what was read */
	const char *end;
	/* The latest member; views. */
	const char *key; /* as it stands between its quotes */
	size_t key_len;
	const char *value; /* of a string: between its quotes, as it stands */
	size_t value_len;
	bool is_string;
};

/* False: it is no object. */
bool jsonline_begin(struct jsonline *json, const char *line, size_t len);

/* Goes to the next member of the object; false: there is none, or no JSON. */
bool jsonline_next(struct jsonline *json);

/* Whether the latest member has that key. */
bool jsonline_is(const struct jsonline *json, const char *key);

/* Reads the latest value as a number of digits; false: it is none. */
bool jsonline_number(const struct jsonline *json, uint64_t *number);

/*
 * Writes what a string, @len bytes as they stand between quotes, says, into
 * @out, which has room for @len bytes.  Returns its length.  What is no JSON
 * stays as it is.
 */
size_t jsonline_string(char *out, const char *value, size_t len);

#endif
