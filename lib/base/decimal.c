/* decimal - numbers read and written; see decimal.h. */
#include "decimal.h"

#include <string.h>

#define SAFE_DIGITS 19 /* that fit into 64 bits, whatever they are */

bool decimal_read(const unsigned char **at, const unsigned char *end,
		  uint64_t most, uint64_t *value)
{
	const unsigned char *begin = *at;
	const unsigned char *in = begin;
	uint64_t n = 0;

	for (; in < end && decimal_is_digit(*in); in++) {
		unsigned digit = (unsigned)(*in - '0');

		if (in - begin >= SAFE_DIGITS && n > (UINT64_MAX - digit) / 10)
			return false;
		n = n * 10 + digit;
	}
	*at = in;
	*value = n;
	return in > begin && n <= most;
}

bool decimal_parse(const char *text, uint64_t most, uint64_t *value)
{
	const unsigned char *at = (const unsigned char *)text;

	return decimal_read(&at, at + strlen(text), most, value) && *at == '\0';
}

static char *write_filled(char *to, uint64_t value, int width, char fill)
{
	char digits[DECIMAL_MAX];
	int n = 0;

	do {
		digits[n++] = (char)('0' + value % 10);
		value /= 10;
	} while (value > 0);
	for (; width > n; width--)
		*to++ = fill;
	while (n > 0)
		*to++ = digits[--n];
	return to;
}

char *decimal_write(char *to, uint64_t value, int width)
{
	return write_filled(to, value, width, '0');
}

char *decimal_pad(char *to, uint64_t value, int width)
{
	return write_filled(to, value, width, ' ');
}
