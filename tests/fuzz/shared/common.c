/* common - what the fuzzers share; see common.h. */
#include "common.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model.h"

_Noreturn void fuzz_broken(const char *what, const char *file, int line)
{
	fprintf(stderr, "%s:%d: broken: %s\n", file, line, what);
	abort();
}

uint8_t input_byte(struct input *in)
{
	if (in->left == 0)
		return 0;
	in->left--;
	return *in->bytes++;
}

uint16_t input_u16(struct input *in)
{
	unsigned high = input_byte(in);

	return (uint16_t)(high << 8 | input_byte(in));
}

const uint8_t *input_bytes(struct input *in, size_t len, size_t *got)
{
	const uint8_t *bytes = in->bytes;

	*got = len < in->left ? len : in->left;
	in->bytes += *got;
	in->left -= *got;
	return bytes;
}

bool reference_is_safe(const char *text, size_t len)
{
	static struct model_bytes same;

	same.len = 0;
	model_escape(&same, (const unsigned char *)text, len);
	return same.len == len && (len == 0 || memcmp(same.at, text, len) == 0);
}
