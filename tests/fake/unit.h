/*
 * unit - cmocka, from 1.1.5 to 2.x, and what they don't have in common.
 *
 * The first that a unit test includes.
 */
#ifndef TESTS_UNIT_H
#define TESTS_UNIT_H

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <stdio.h>

/* The rest of a test can't be run here, because of @reason; run-units shows it. */
#define skip_because(reason)                  \
	do {                                  \
		printf("SKIP: %s\n", reason); \
		skip();                       \
	} while (0)

/* assert_in_range() is deprecated in 2.0, and what replaces it new there. */
#define assert_between(value, least, most)                                  \
	do {                                                                \
		uintmax_t value_ = (uintmax_t)(value);                      \
		uintmax_t least_ = (uintmax_t)(least);                      \
                                                                            \
		if (value_ < least_ || value_ > (uintmax_t)(most))          \
			fail_msg("%s is %ju, not %s to %s", #value, value_, \
				 #least, #most);                            \
	} while (0)

#endif
