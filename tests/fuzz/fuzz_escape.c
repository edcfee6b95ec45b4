/* fuzz_escape - escape against a slow reference, for any bytes. */
#include "escape.h"

#include <stdlib.h>
#include <string.h>

#include "common.h"
#include "model.h"

/* What the model makes of @in; valid until the next call. */
static const struct model_bytes *expect(const unsigned char *in, size_t len)
{
	static struct model_bytes expected;

	expected.len = 0;
	model_escape(&expected, in, len);
	return &expected;
}

static void try_escape(const unsigned char *in, size_t len)
{
	const struct model_bytes *expected = expect(in, len);
	char *out = malloc(ESCAPE_GROWTH * len + 1);
	size_t n = escape_text(out, in, len);

	MUST(n <= ESCAPE_GROWTH * len);
	MUST(n >= len);
	MUST(n == expected->len);
	MUST(n == 0 || memcmp(out, expected->at, n) == 0);
	MUST(reference_is_safe(out, n));
	free(out);
}

/* @text as an error text shows it: safe, and all of it unless it's long. */
static void try_shown(const unsigned char *bytes, size_t len)
{
	char *text = malloc(len + 1);
	const struct model_bytes *expected;
	char shown[ESCAPE_SHOWN_MAX];
	size_t n;

	memcpy(text, bytes, len);
	text[len] = '\0';
	n = strlen(text);
	escape_shown(shown, text);
	MUST(memchr(shown, '\0', sizeof(shown)));
	MUST(reference_is_safe(shown, strlen(shown)));
	if (n > 0 && n < (ESCAPE_SHOWN_MAX - 4) / ESCAPE_GROWTH) {
		expected = expect((unsigned char *)text, n);
		MUST(strlen(shown) == expected->len);
		MUST(memcmp(shown, expected->at, expected->len) == 0);
	}
	free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	/* A copy of exactly this size, at every alignment of a word. */
	size_t skip = len > 0 ? bytes[0] % 8 : 0;
	unsigned char *in;

	if (skip > len)
		skip = len;
	in = malloc(len + 1);
	if (!in)
		return 0;
	memcpy(in, bytes, len);
	try_escape(in + skip, len - skip);
	try_shown(bytes, len);
	MUST(escape_cut_character(in, len) == model_cut_character(in, len));
	free(in);
	return 0;
}
