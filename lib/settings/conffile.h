/*
 * conffile - the text of the file of conf=, as settings one by one.
 *
 * L0: it is handed the text.  A line is "KEY=VALUE", with blanks around either
 * or none.  "#" begins a comment at the head of a line, and behind a blank; so
 * a value may hold "#", but not behind a blank, and it neither begins nor ends
 * with a blank.  A carriage return at the end of a line is a blank, and a byte
 * order mark of UTF-8 before the first line is nothing.
 */
#ifndef UDPLOGGER_CONFFILE_H
#define UDPLOGGER_CONFFILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bounds.h"

#define CONFFILE_BYTES	  65536 /* of a file */
#define CONFFILE_LINE_MAX 4096 /* bytes of a line, without its end */

/* A text that is being read; the last two members are about its latest line. */
struct conffile {
	char *text; /* changed while it is read; values stay in it */
	size_t len; /* there is room for one byte more */
	size_t offset; /* of the line to be read next */
	size_t line; /* the number of the latest line, from 1 */
	char *key; /* ends in NUL; NULL: the line is wrong */
	char *value; /* ends in NUL; NULL: there is no "=" */
	const char *wrong;
};

/*
 * Reads up to the next line that sets something, or is wrong.  False: there is
 * none.  @file has @text and @len, the rest zeroed, before the first call.
 */
bool conffile_next(struct conffile *file);

/* Whether @value, read from such a file, would be the same. */
bool conffile_can_hold(const char *value);

/* Writes @path of the file, as it may be shown in an error text. */
#define CONFFILE_PATH_MAX 400
void conffile_show_path(char shown[CONFFILE_PATH_MAX], const char *path);

/* Writes "FILE:LINE: ", or nothing with @path NULL; returns its length. */
int conffile_place(char error[ERROR_MAX], const char *path, uint32_t line);

#endif
