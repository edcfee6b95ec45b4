/*
 * usage - what --help prints, made from the table in room rules.
 *
 * L0.
 */
#ifndef UDPLOGGER_USAGE_H
#define UDPLOGGER_USAGE_H

#define USAGE_MAX 16384

/* Writes the text, with its NUL, into @help. */
void usage_text(char help[USAGE_MAX]);

#endif
