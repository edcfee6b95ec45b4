/*
 * paper - stdout, on which answers are written.
 *
 * L2.  A terminal acts on nothing that is written here, whatever stands in the
 * files: it gets escaped text, no wider than it is.  A pipe or a file gets the
 * bytes as they are.
 */
#ifndef UDPLOGGER_PAPER_H
#define UDPLOGGER_PAPER_H

#include <stdbool.h>
#include <stddef.h>

struct diag;

#define PAPER_UNLIMITED 0

struct paper {
	bool is_terminal;
	bool has_failed; /* nobody reads any more, or the disk is full */
	int error; /* the errno of that */
	unsigned columns; /* or PAPER_UNLIMITED */
	char *safe; /* room for escaped text */
	size_t size;
};

/* Asks COLUMNS and the terminal for the width; 80 if neither knows. */
void paper_begin(struct paper *paper);

/* Writes a line of @len bytes, and LF. */
void paper_line(struct paper *paper, const char *line, size_t len);

/* The same of bytes that end with LF, and may have more of them. */
void paper_lines(struct paper *paper, const char *bytes, size_t len);

/*
 * The same of @len bytes that are safe; on a terminal what is too long is cut.
 */
void paper_row(struct paper *paper, const char *row, size_t len);

/* Sees to it that all is seen.  False: it could not be written. */
bool paper_flush(struct paper *paper);

/* Says on @diag why it could not be written, unless nobody reads any more. */
void paper_say_failure(const struct paper *paper, struct diag *diag);

/* Whether the pipe is closed at its other end; false where nobody knows. */
bool paper_is_closed(void);

/* How many bytes of safe text take at most @columns; *@taken how many do. */
size_t paper_fit(const char *text, size_t len, size_t columns, size_t *taken);

void paper_end(struct paper *paper);

#endif
