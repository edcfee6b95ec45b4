/*
 * plain - untrusted text that is printable ASCII, many bytes at a time.
 *
 * L0.  Nearly all text is; escape looks at the rest.
 */
#ifndef UDPLOGGER_PLAIN_H
#define UDPLOGGER_PLAIN_H

#include <stdbool.h>
#include <stddef.h>

/*
 * How many bytes at the beginning of @in are printable ASCII; perhaps fewer,
 * by less than 32, as it looks at several at a time.
 */
size_t plain_length(const unsigned char *in, size_t len);

/*
 * How many bytes, in whole words, stand in a string of JSON as they are: not
 * `"` and not a backslash.
 */
size_t plain_unquoted(const unsigned char *in, size_t len);

/*
 * Copies @in to the @len bytes at @out, if it is all printable ASCII; else, or
 * if it is short, false: what it has written there is void.
 */
bool plain_copy(char *out, const unsigned char *in, size_t len);

#endif
