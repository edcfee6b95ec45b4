/*
 * words - a piece of a line, read from its beginning.
 *
 * L0.  The bytes are the caller's, and any bytes; nothing beyond end is read.
 */
#ifndef UDPLOGGER_WORDS_H
#define UDPLOGGER_WORDS_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

struct words {
	const char *at;
	const char *end;
};

static inline size_t words_left(const struct words *w)
{
	return (size_t)(w->end - w->at);
}

/* @literal ends in NUL, here and below. */
static inline bool words_begin(const struct words *w, const char *literal)
{
	size_t n = strlen(literal);

	return words_left(w) >= n && memcmp(w->at, literal, n) == 0;
}

/* The same; what was there is read then. */
static inline bool words_skip(struct words *w, const char *literal)
{
	if (!words_begin(w, literal))
		return false;
	w->at += strlen(literal);
	return true;
}

/* Reads bytes from @first to @last as long as there are; returns how many. */
static inline size_t words_skip_all(struct words *w, char first, char last)
{
	const char *from = w->at;

	while (w->at < w->end && *w->at >= first && *w->at <= last)
		w->at++;
	return (size_t)(w->at - from);
}

static inline size_t words_skip_digits(struct words *w)
{
	return words_skip_all(w, '0', '9');
}

/* Whether @literal stands anywhere in them. */
bool words_have(const struct words *w, const char *literal);

#endif
