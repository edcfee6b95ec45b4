/*
 * decimal - numbers read from and written in decimal digits.
 *
 * L0.  Digits alone: no sign, no space, no separator, and no overflow.
 */
#ifndef UDPLOGGER_DECIMAL_H
#define UDPLOGGER_DECIMAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define DECIMAL_MAX 20 /* digits of UINT64_MAX */

static inline bool decimal_is_digit(unsigned char c)
{
	return c >= '0' && c <= '9';
}

/*
 * Reads the digits at *@at, which end at @end or before, and moves *@at behind
 * them.  False if there are none, or if they say more than @most.
 */
bool decimal_read(const unsigned char **at, const unsigned char *end,
		  uint64_t most, uint64_t *value);

/* Reads all of @text, which ends in NUL, as a number up to @most. */
bool decimal_parse(const char *text, uint64_t most, uint64_t *value);

/* Writes @value in at least @width digits, and zeros; returns what follows. */
char *decimal_write(char *to, uint64_t value, int width);

/* Writes @value, below a million, in six digits; returns what follows. */
char *decimal_write_6(char *to, unsigned value);

/* Writes @text, and then @value; returns what follows. */
char *decimal_after(char *to, const char *text, uint64_t value);

/* The same as decimal_write(), but with spaces instead of leading zeros. */
char *decimal_pad(char *to, uint64_t value, int width);

#endif
