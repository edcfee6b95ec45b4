/*
 * common - what the fuzzers share: reading the input, and what must be true.
 */
#ifndef FUZZ_COMMON_H
#define FUZZ_COMMON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

/* Like assert(), but never compiled out. */
#define MUST(condition) \
	((condition) ? (void)0 : fuzz_broken(#condition, __FILE__, __LINE__))

_Noreturn void fuzz_broken(const char *what, const char *file, int line);

/* What is left of the input.  Reading past its end gives zeros. */
struct input {
	const uint8_t *bytes;
	size_t left;
};

uint8_t input_byte(struct input *in);
uint16_t input_u16(struct input *in);
/* The next @len bytes, or as many as there are; *@got tells. */
const uint8_t *input_bytes(struct input *in, size_t len, size_t *got);

/* Whether all of @text may be shown: no control, nothing but valid UTF-8. */
bool reference_is_safe(const char *text, size_t len);

#endif
