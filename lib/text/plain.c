/* plain - text that is printable ASCII; see plain.h. */
#include "plain.h"

#include <stdint.h>
#include <string.h>

#define EVERY_BYTE(b) (UINT64_C(0x0101010101010101) * (b))

#define TOP_BITS EVERY_BYTE(0x80)

static uint64_t load(const unsigned char *in)
{
	uint64_t word;

	memcpy(&word, in, sizeof(word));
	return word;
}

/*
 * Top bits that are set where one of eight bytes isn't printable ASCII.  With
 * the top bits clear, adding 1 carries into the top bit only from 0x7f, and
 * adding 0x60 only from 0x20 and above.
 */
static uint64_t unprintable(uint64_t word)
{
	return (word | (word + EVERY_BYTE(0x01)) |
		~((word & ~TOP_BITS) + EVERY_BYTE(0x60)));
}

/* Whether four words are printable ASCII; unprintable() of all at once. */
static bool are_plain(const unsigned char *in)
{
	uint64_t a = load(in), b = load(in + 8);
	uint64_t c = load(in + 16), d = load(in + 24);
	uint64_t high = a | b | c | d | (a + EVERY_BYTE(0x01)) |
			(b + EVERY_BYTE(0x01)) | (c + EVERY_BYTE(0x01)) |
			(d + EVERY_BYTE(0x01));
	uint64_t low = (a + EVERY_BYTE(0x60)) & (b + EVERY_BYTE(0x60)) &
		       (c + EVERY_BYTE(0x60)) & (d + EVERY_BYTE(0x60));

	return ((high | ~low) & TOP_BITS) == 0;
}

size_t plain_length(const unsigned char *in, size_t len)
{
	const size_t word = sizeof(uint64_t);
	size_t n = 0;

	while (len - n >= 4 * word && are_plain(in + n))
		n += 4 * word;
	while (len - n >= word && (unprintable(load(in + n)) & TOP_BITS) == 0)
		n += word;
	/* The rest is shorter than a word; look at the last whole word. */
	if (n > 0 && len - n < word &&
	    (unprintable(load(in + len - word)) & TOP_BITS) == 0)
		n = len;
	return n;
}

/* Top bits that are set where one of eight bytes is zero, and perhaps above. */
static uint64_t zeros(uint64_t word)
{
	return (word - EVERY_BYTE(0x01)) & ~word & TOP_BITS;
}

size_t plain_unquoted(const unsigned char *in, size_t len)
{
	size_t n = 0;

	for (; len - n >= sizeof(uint64_t); n += sizeof(uint64_t)) {
		uint64_t word = load(in + n);

		if (((unprintable(word) & TOP_BITS) |
		     zeros(word ^ EVERY_BYTE('"')) |
		     zeros(word ^ EVERY_BYTE('\\'))) != 0)
			break;
	}
	return n;
}

#if defined(__SSE2__) || defined(__aarch64__)

/* Sixteen bytes at once, where machines have registers of that size. */
typedef signed char bytes16 __attribute__((vector_size(16)));
typedef unsigned char unsigned16 __attribute__((vector_size(16)));

/*
 * Copies 16 bytes; those that are printable ASCII become -1, others 0.  Adding
 * 1 makes the printable ones the highest there are, 0x21 and above, as 0x7f
 * becomes negative; it is done without a sign, as it carries.
 */
static inline bytes16 copy_16(char *out, const unsigned char *in)
{
	unsigned16 bytes;

	memcpy(&bytes, in, sizeof(bytes));
	memcpy(out, &bytes, sizeof(bytes));
	return (bytes16)(bytes + 1) > 0x20;
}

static inline bytes16 copy_32(char *out, const unsigned char *in)
{
	return copy_16(out, in) & copy_16(out + 16, in + 16);
}

static inline bool are_all(bytes16 found)
{
	uint64_t halves[2];

	memcpy(halves, &found, sizeof(halves));
	return (halves[0] & halves[1]) == UINT64_MAX;
}

/* Of 32 bytes, the last may be copied twice. */
static bool copy_by_16(char *out, const unsigned char *in, size_t len)
{
	bytes16 found;
	size_t n;

	if (len < 32)
		return false;
	found = copy_32(out + len - 32, in + len - 32);
	for (n = 0; n < len - 32; n += 32)
		found &= copy_32(out + n, in + n);
	return are_all(found);
}

#endif

bool plain_copy(char *out, const unsigned char *in, size_t len)
{
#if defined(__SSE2__) || defined(__aarch64__)
	return copy_by_16(out, in, len);
#else
	memcpy(out, in, len);
	return plain_length(in, len) == len;
#endif
}
