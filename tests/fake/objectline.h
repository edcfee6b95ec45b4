/*
 * objectline - an object of JSON as the line of text that says the same.
 *
 * For the lines of the senders of tests, whose texts need no escape.
 */
#ifndef TESTS_OBJECTLINE_H
#define TESTS_OBJECTLINE_H

#include <stddef.h>

#define OBJECTLINE_MAX 81920

/*
 * Writes the line of text, and a NUL.  Of a record the time at its head is void,
 * and of its pairs only msgids are there.  Returns its length; 0: it is none.
 */
size_t objectline_text(char text[OBJECTLINE_MAX], const char *line, size_t len);

#endif
