/*
 * manual - the manual page, for tests that hold it against tables.  Included by
 * them; they run at the top of the source tree, or are skipped.
 */
#ifndef TESTS_MANUAL_H
#define TESTS_MANUAL_H

#include "unit.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#define MANUAL	   "man/udplogger.8"
#define MANUAL_MAX 100000

static inline void assert_contains(const char *text, const char *part)
{
	if (!strstr(text, part))
		fail_msg("no '%s' in: %s", part, text);
}

/* Skips where there is no manual because this isn't run from the top. */
static inline void manual_read(char *manual)
{
	FILE *file = fopen(MANUAL, "r");
	FILE *top = fopen("lib/settings/rules.h", "r");
	size_t len;

	if (top)
		fclose(top);
	if (!file && !top) {
		skip_because("not run from the top directory");
	}
	assert_non_null(file);
	len = fread(manual, 1, MANUAL_MAX - 1, file);
	fclose(file);
	assert_between(len, 1000, MANUAL_MAX - 2);
	manual[len] = '\0';
}

/* Cuts out the section of that title; returns its first byte. */
static inline char *manual_section(char *manual, const char *title)
{
	char head[64];
	char *begin, *end;

	snprintf(head, sizeof(head), "\n.Sh %s\n", title);
	begin = strstr(manual, head);
	assert_non_null(begin);
	end = strstr(begin + 1, "\n.Sh ");
	assert_non_null(end);
	end[1] = '\0';
	return begin;
}

/*
 * Makes mdoc plain: a request's or macro's name goes, "Ns" joins the words
 * beside it, \& is nothing, \- is -, and ends of lines become spaces.
 */
static inline void manual_plain(char *out, const char *in, size_t len)
{
	const char *end = in + len;
	bool at_line = true;

	while (in < end) {
		if (at_line && *in == '.')
			in += strcspn(in, " \n");
		at_line = *in == '\n';
		if (end - in >= 2 && memcmp(in, "\\&", 2) == 0) {
			in += 2;
		} else if (end - in >= 4 && memcmp(in, " Ns ", 4) == 0) {
			in += 4;
		} else if (*in == '\\') {
			in++;
		} else {
			*out++ =
				(char)(isspace((unsigned char)*in) ? ' ' : *in);
			in++;
		}
	}
	*out++ = ' ';
	*out = '\0';
}

#endif
