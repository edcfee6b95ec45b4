/*
 * lineend - where lines of text end.
 *
 * L0.  Serial consoles end lines in CR LF, and in CR CR LF where the tty added
 * a CR (tests/data has both); some boot loaders end them in LF CR.
 */
#ifndef UDPLOGGER_LINEEND_H
#define UDPLOGGER_LINEEND_H

#include <stdbool.h>
#include <stddef.h>

#include "settings.h"

/*
 * The length of the line at @text, without its end: the byte there, if it is
 * before @len, ends the line.
 */
size_t lineend_first(enum settings_line line, const unsigned char *text,
		     size_t len);

/* The length of all lines at @text as one, up to the last line end. */
size_t lineend_last(enum settings_line line, const unsigned char *text,
		    size_t len);

/*
 * How many bytes at @text, where a line begins, belong to the end of the line
 * before: CRs, and a LF if that line ended at CR, *@after_cr.
 */
size_t lineend_rest(const unsigned char *text, size_t len, bool *after_cr);

/*
 * How many empty lines stand at @text, which have CRs if @crs; *@bytes is the
 * length of all.
 */
size_t lineend_count_empty(const unsigned char *text, size_t len, bool crs,
			   size_t *bytes);

#endif
