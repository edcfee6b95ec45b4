/*
 * nearest - what somebody meant who wrote a name that is none.
 *
 * L0.  Letters that are missing, too many, others, or swapped count as one
 * mistake each; one is forgiven, in long names two, and a name that was cut
 * short.  Capital letters are small ones here.
 */
#ifndef UDPLOGGER_NEAREST_H
#define UDPLOGGER_NEAREST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * How many mistakes make @right of the @len bytes at @name, no more than are
 * forgiven; NEAREST_FAR: nobody meant that.
 */
#define NEAREST_FAR UINT8_MAX
uint8_t nearest_mistakes(const char *name, size_t len, const char *right);

#define NEAREST_MAX 32

/* Whether "--check" and its like may be meant, and whether rather. */
enum nearest_flags {
	NEAREST_NO_FLAGS,
	NEAREST_FLAGS_LAST,
	NEAREST_FLAGS_FIRST
};

/*
 * Writes into @meant, with a NUL, "port=" for the option that is nearest to the
 * @len bytes at @name, or "--check" by @flags.  False: none is near.
 */
bool nearest_option(char meant[NEAREST_MAX], const char *name, size_t len,
		    enum nearest_flags flags);

#endif
