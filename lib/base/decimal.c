/* decimal - numbers read and written; see decimal.h. */
#include "decimal.h"

#include <string.h>

#define SAFE_DIGITS 19 /* that fit into 64 bits, whatever they are */

/* Whether the digits from @in to @end say more than 64 bits hold. */
static bool overflows(const unsigned char *in, const unsigned char *end)
{
	uint64_t n = 0;

	for (; in < end; in++) {
		unsigned digit = (unsigned)(*in - '0');

		if (n > (UINT64_MAX - digit) / 10)
			return true;
		n = n * 10 + digit;
	}
	return false;
}

#define EVERY_BYTE(b) (UINT64_C(0x0101010101010101) * (b))

/*
 * Reads the digits at @in, up to seven of them; *@n becomes how many, 8 if they
 * are more.  Behind the eight bytes at @in may be nothing.
 *
 * The digits move to the end of the word, behind zeros, and become pairs, then
 * fours, then one number; each step weighs what comes first.
 */
static uint64_t read_few(const unsigned char *in, unsigned *n)
{
	uint64_t word, others;

	memcpy(&word, in, sizeof(word));
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
	word = __builtin_bswap64(word);
#endif
	word ^= EVERY_BYTE('0');
	others = (word | (word + EVERY_BYTE(0x76))) & EVERY_BYTE(0x80);
	*n = others == 0 ? 8 : (unsigned)__builtin_ctzll(others) / 8;
	if (*n == 0 || *n == 8)
		return 0;
	word <<= 64 - 8 * *n;
	word = (word * 10 + (word >> 8)) & UINT64_C(0x00ff00ff00ff00ff);
	word = (word * 100 + (word >> 16)) & UINT64_C(0x0000ffff0000ffff);
	return (word * 10000 + (word >> 32)) & UINT32_MAX;
}

bool decimal_read(const unsigned char **at, const unsigned char *end,
		  uint64_t most, uint64_t *value)
{
	const unsigned char *begin = *at;
	const unsigned char *in;
	uint64_t n = 0;
	unsigned few;

	if (end - begin >= 8) {
		n = read_few(begin, &few);
		if (few < 8) {
			*at = begin + few;
			*value = n;
			return few > 0 && n <= most;
		}
	}
	for (in = begin; in < end && decimal_is_digit(*in); in++)
		n = n * 10 + (uint64_t)(*in - '0');
	if (in - begin > SAFE_DIGITS && overflows(begin, in))
		return false;
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

/* 10^N */
static const uint64_t powers[DECIMAL_MAX] = {
	1u,
	10u,
	100u,
	1000u,
	10000u,
	100000u,
	1000000u,
	10000000u,
	100000000u,
	1000000000u,
	10000000000u,
	100000000000u,
	1000000000000u,
	10000000000000u,
	100000000000000u,
	1000000000000000u,
	10000000000000000u,
	100000000000000000u,
	1000000000000000000u,
	10000000000000000000u,
};

/* How many digits @value has, or @least if it has fewer. */
static int count_digits(uint64_t value, int least)
{
	int n = least > 0 ? least : 1;

	while (n < DECIMAL_MAX && value >= powers[n])
		n++;
	return n;
}

/* Writes @value in @n digits, which suffice, with zeros before it. */
static char *write_digits(char *to, uint64_t value, int n)
{
	char *end = to + n;

	for (; n > 1; n -= 2, value /= 100)
		memcpy(to + n - 2, pairs + value % 100 * 2, 2);
	if (n > 0)
		*to = (char)('0' + value);
	return end;
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
	return write_digits(to, value, count_digits(value, width));
}

char *decimal_write_6(char *to, unsigned value)
{
	memcpy(to, pairs + value / 10000 * 2, 2);
	memcpy(to + 2, pairs + value / 100 % 100 * 2, 2);
	memcpy(to + 4, pairs + value % 100 * 2, 2);
	return to + 6;
}

char *decimal_pad(char *to, uint64_t value, int width)
{
	int n = count_digits(value, 1);

	for (; width > n; width--)
		*to++ = ' ';
	return write_digits(to, value, n);
}

char *decimal_after(char *to, const char *text, uint64_t value)
{
	size_t len = strlen(text);

	memcpy(to, text, len);
	return decimal_write(to + len, value, 1);
}
