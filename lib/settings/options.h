/*
 * options - the command line as settings, or one text that says what's wrong.
 *
 * L0: no I/O, and it never exits.
 */
#ifndef UDPLOGGER_OPTIONS_H
#define UDPLOGGER_OPTIONS_H

#include "bounds.h"
#include "settings.h"

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

/*
 * Fills @options from the command line, the last of several settings of one
 * option being the one that counts.  Returns 0, or -1 with one line in
 * @error, without LF, that names the option, its value and what is allowed.
 */
int options_parse(struct options *options, int argc, char *const argv[],
		  char error[ERROR_MAX]);

#endif
