/*
 * options - the command line, and the file of conf=, as settings; or one text
 * that says what's wrong.
 *
 * L0: no I/O, and it never exits.
 */
#ifndef UDPLOGGER_OPTIONS_H
#define UDPLOGGER_OPTIONS_H

#include <stddef.h>
#include <stdint.h>

#include "bounds.h"
#include "rules.h"
#include "settings.h"

enum options_mode {
	OPTIONS_RUN,
	OPTIONS_CHECK,
	OPTIONS_HELP,
	OPTIONS_VERSION,
};

/* Where a setting came from, if not from that line of the file. */
#define OPTIONS_DEFAULT	     0
#define OPTIONS_COMMAND_LINE UINT32_MAX

/* A line of the file that has no effect, as a later one sets the same. */
struct options_double {
	const struct rule *rule; /* NULL: there is none */
	uint32_t line;
	uint32_t later;
};

struct options {
	enum options_mode mode;
	struct settings settings; /* texts point into argv and the file */
	uint32_t origins[RULES_MAX]; /* by the place of a rule */
	struct options_double first_double;
};

/* The file of conf=, and what is in it. */
struct options_file {
	const char *path;
	char *text; /* with room for one byte more; it is changed */
	size_t len;
};

/*
 * Fills @options from the command line, the last of several settings of one
 * option being the one that counts.  Returns 0, or -1 with one line in @error,
 * without LF, that names the option, its value and what is allowed.  If it
 * returns 0 with settings.conf set, that file is still to be read.  Behind
 * --help or --version nothing is read.
 */
int options_parse(struct options *options, int argc, char *const argv[],
		  char error[ERROR_MAX]);

/*
 * The same with the file: the command line goes before it, wherever conf=
 * stands there.  What is wrong in the file begins with FILE:LINE.
 */
int options_parse_file(struct options *options, int argc, char *const argv[],
		       const struct options_file *file, char error[ERROR_MAX]);

/*
 * Whether the settings go together, as both of the above see to.  @path is that
 * of the file, or NULL.
 */
int options_check(const struct options *options, const char *path,
		  char error[ERROR_MAX]);

/*
 * Whether the paths of all files, in @dir, which is that of @settings made
 * absolute, are short enough for the system.  Returns 0, or -1 with one line in
 * @error.
 */
int options_check_paths(const struct settings *settings, const char *dir,
			char error[ERROR_MAX]);

#endif
