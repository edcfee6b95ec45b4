/*
 * options - the command line as settings, or one text that says what's wrong.
 *
 * L0: no I/O, and it never exits.  Names, ranges and defaults are those of
 * Tetsuo Handa's udplogger 1.1, so that its command lines work unchanged;
 * where it clamped a value in silence, this refuses it.
 */
#ifndef UDPLOGGER_OPTIONS_H
#define UDPLOGGER_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>

#define OPTIONS_ERROR_MAX 1024
#define OPTIONS_IP_MAX	  64

enum options_mode {
	OPTIONS_RUN,
	OPTIONS_CHECK,
	OPTIONS_HELP,
	OPTIONS_VERSION,
};

enum options_tee { OPTIONS_TEE_NO, OPTIONS_TEE_YES, OPTIONS_TEE_AUTO };

/* Texts point into argv. */
struct options {
	enum options_mode mode;
	const char *ip; /* NULL: any address, IPv6 too where there is any */
	const char *dir;
	const char *uid; /* a number or a name; NULL: the caller's */
	const char *gid;
	unsigned long port; /* 0: any free one */
	unsigned long timeout_s;
	unsigned long clients;
	unsigned long wbuf_bytes;
	unsigned long rbuf_bytes;
	unsigned long queue_bytes;
	unsigned long perm;
	enum options_tee tee;
	bool raw;
	bool extended;
	unsigned long reorder_ms;
	bool level;
	bool json;
	bool iso;
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
		  char error[OPTIONS_ERROR_MAX]);

/*
 * Reads all of @text as a decimal number from 0 to @max: digits alone, no
 * sign, no space.  False where it isn't one.
 */
bool options_number(const char *text, unsigned long max, unsigned long *value);

#endif
