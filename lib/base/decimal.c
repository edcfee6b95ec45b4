/* decimal - numbers read and written; see decimal.h. */
#include "decimal.h"

#include <string.h>

#define SAFE_DIGITS 19 /* that fit into 64 bits, whatever they are */

bool decimal_read(const unsigned char **at, const unsigned char *end,
		  uint64_t most, uint64_t *value)
{
	const unsigned char *begin = *at;
	const unsigned char *in = begin;
	const unsigned char *safe =
		end - begin > SAFE_DIGITS ? begin + SAFE_DIGITS : end;
	uint64_t n = 0;

	for (; in < safe && decimal_is_digit(*in); in++)
		n = n * 10 + (uint64_t)(*in - '0');
	for (; in < end && decimal_is_digit(*in); in++) {
		unsigned digit = (unsigned)(*in - '0');

		if (n > (UINT64_MAX - digit) / 10)
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

#define ROW(tens)                                                           \
	tens "0" tens "1" tens "2" tens "3" tens "4" tens "5" tens "6" tens \
	     "7" tens "8" tens "9"

/* All pairs of digits: one division makes two. */
static const char pairs[] = ROW("0") ROW("1") ROW("2") ROW("3") ROW("4")
	ROW("5") ROW("6") ROW("7") ROW("8") ROW("9");

static int count_digits(uint64_t value)
{
	uint64_t limit = 10;
	int n = 1;

	for (; n < SAFE_DIGITS && value >= limit; limit *= 10)
		n++;
	return n < SAFE_DIGITS || value < limit ? n : n + 1;
}

static char *write_filled(char *to, uint64_t value, int width, char fill)
{
	int n = count_digits(value);
	char *at;

	for (; width > n; width--)
		*to++ = fill;
	for (at = to + n; value >= 100; value /= 100) {
		at -= 2;
		memcpy(at, pairs + value % 100 * 2, 2);
	}
	if (value >= 10)
		memcpy(to, pairs + value * 2, 2);
	else
		*to = (char)('0' + value);
	return to + n;
}

/* Below 1000, as most numbers are. */
static char *write_small(char *to, unsigned value)
{
	if (value < 10) {
		*to = (char)('0' + value);
		return to + 1;
	}
	if (value >= 100)
		*to++ = (char)('0' + value / 100);
	memcpy(to, pairs + value % 100 * 2, 2);
	return to + 2;
}

char *decimal_write(char *to, uint64_t value, int width)
{
	if (value < 1000 && width <= 1)
		return write_small(to, (unsigned)value);
	return write_filled(to, value, width, '0');
}

char *decimal_pad(char *to, uint64_t value, int width)
{
	return write_filled(to, value, width, ' ');
}

char *decimal_after(char *to, const char *text, uint64_t value)
{
	size_t len = strlen(text);

	memcpy(to, text, len);
	return decimal_write(to + len, value, 1);
}
