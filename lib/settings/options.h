/*
 * options - the command line as settings, or one text that says what's wrong.
 *
 * L0: no I/O, and it never exits.  Names, ranges and defaults are those of
 * Tetsuo Handa's udplogger 1.1, so that its command lines work unchanged;
 * where it clamped a value in silence, this refuses it.
 */
#ifndef UDPLOGGER_OPTIONS_H
#define UDPLOGGER_OPTIONS_H

#include <stddef.h>

#include "bounds.h"
#include "settings.h"

#define OPTIONS_IP_MAX 64

enum options_mode {
	OPTIONS_RUN,
	OPTIONS_CHECK,
	OPTIONS_HELP,
	OPTIONS_VERSION,
};

struct options {
	enum options_mode mode;
	struct settings settings; /* texts point into argv */
};

/* One row of the table that parser, --help and manual agree on. */
struct options_row {
	const char *name;
	const char *value; /* what --help calls the value */
	const char *fallback; /* the default, as text */
	const char *allowed; /* for error texts, --help and the manual */
	const char *help;
};

/* Row @i of the table; NULL behind the last. */
const struct options_row *options_row(size_t i);

/*
 * Fills @options from the command line, the last of several settings of one
 * option being the one that counts.  Returns 0, or -1 with one line in
 * @error, without LF, that names the option, its value and what is allowed.
 */
int options_parse(struct options *options, int argc, char *const argv[],
		  char error[ERROR_MAX]);

#endif
