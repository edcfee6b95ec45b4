/*
 * ansi - escape sequences, by which text colours and moves on a terminal.
 *
 * L0.  Their forms are those of ECMA-48, 5th edition, sections 5.3 to 5.6 and
 * 8.3.16 (CSI), and of ECMA-35, section 13.2 (ESC with intermediate bytes);
 * beside them the palette of the Linux console, ESC ] P with 7 digits
 * (console_codes(4)).  CSI is taken as ESC [, as 0x9b, and as U+009B.
 */
#ifndef UDPLOGGER_ANSI_H
#define UDPLOGGER_ANSI_H

#include <stddef.h>

/*
 * Copies @len bytes at @in to @out, which may be @in, without the sequences
 * that are whole.  Returns how many bytes it wrote.
 */
size_t ansi_hide(unsigned char *out, const unsigned char *in, size_t len);

/*
 * How many bytes at the end of @in are the beginning of a sequence that may be
 * whole when more bytes come: 0 to ANSI_CUT_MAX.
 */
#define ANSI_CUT_MAX 64
size_t ansi_cut(const unsigned char *in, size_t len);

#endif
