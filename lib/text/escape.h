/*
 * escape - untrusted bytes made safe to look at.
 *
 * L0.  TAB, printable ASCII and valid UTF-8 stay, but for the characters below.
 * Every other byte becomes \xNN in lower case, as the kernel itself writes
 * bytes in extended netconsole and /dev/kmsg
 * (Documentation/ABI/testing/dev-kmsg):
 *
 *	C0, DEL, and C1 as bytes and as U+0080 to U+009F, on which terminals act
 *	what is not UTF-8 by RFC 3629: overlong, surrogates, too high, cut
 *	characters that act on how a line is read, and are not seen themselves:
 *	those of category Cf, Zl and Zp (they turn the direction of text, join
 *	characters, end lines), and those of property
 *	Default_Ignorable_Code_Point (Unicode 16.0, DerivedCoreProperties.txt)
 */
#ifndef UDPLOGGER_ESCAPE_H
#define UDPLOGGER_ESCAPE_H

#include <stddef.h>

#define ESCAPE_GROWTH	   4 /* bytes written for a byte read, at most */
#define ESCAPE_GROWTH_JSON 5 /* within a string of JSON, where \\ is one more */

/*
 * Writes the safe form of @len bytes at @in to @out, which has room for
 * ESCAPE_GROWTH * @len bytes and does not overlap @in.  Returns its length; the
 * rest of that room is void.
 */
size_t escape_text(char *out, const unsigned char *in, size_t len);

/*
 * The same as the inside of a string of JSON (RFC 8259, section 7), where TAB
 * is "\t", and each backslash one more.  @out has room for
 * ESCAPE_GROWTH_JSON * @len bytes.
 */
size_t escape_json(char *out, const unsigned char *in, size_t len);

/*
 * How many of the @len bytes at @in, 1 or more, are a character that stays; 0
 * if the first byte is to be escaped.
 */
size_t escape_kept(const unsigned char *in, size_t len);

/*
 * How many bytes at the end of @in are the beginning of a UTF-8 character
 * that may be whole when more bytes come: 0 to 3.
 */
size_t escape_cut_character(const unsigned char *in, size_t len);

/*
 * Writes @text, with a NUL, as an error text may show it: safe, and in no more
 * than ESCAPE_SHOWN_MAX bytes; a longer text ends in "...".
 */
#define ESCAPE_SHOWN_MAX 400
void escape_shown(char shown[ESCAPE_SHOWN_MAX], const char *text);

#endif
