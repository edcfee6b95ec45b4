/*
 * printed - what is printed on stdout, caught.
 *
 * Nothing else may print meanwhile.
 */
#ifndef TESTS_PRINTED_H
#define TESTS_PRINTED_H

#include <stddef.h>

/* From here on stdout is caught. */
void printed_begin(void);

/*
 * Until here.  Returns what was printed, with a NUL behind its *@len bytes;
 * void at the next printed_begin().
 */
const char *printed_end(size_t *len);

#endif
