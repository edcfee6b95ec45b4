/*
 * cases - incidents of a story: what senders announce, and what the files tell
 * of it.
 *
 * In every story each incident that began is told or counted, and ends once.
 * In a calm one, where nothing fails and no clock is set, it is known which
 * begin, what ends them, and how many lines each has.
 */
#ifndef TESTS_CASES_H
#define TESTS_CASES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "class.h"

#define CASES_WHY_MAX 1024

/* Begins.  @calm: nothing fails in this story. */
void cases_open(bool calm);

/* What stands before the text of a line that announces one; "" for NONE. */
const char *cases_words(enum incident_class class);

/* A class to announce, or CLASS_NONE, as @lot has it. */
enum incident_class cases_draw(unsigned lot);

/*
 * Line @unit of @source, below 16, arrives; its number stands behind those
 * words and a letter.
 */
void cases_heard(unsigned source, enum incident_class class, unsigned unit,
		 uint64_t now_ms);

/* Reads a line of a file; false: it tells of no incident. */
bool cases_read(const char *line, size_t len);

/* Whether it tells of one. */
bool cases_are_in(const char *line, size_t len);

/* There were lines about incidents in what people have deleted. */
void cases_gone(void);

/*
 * All was read.  @begun: how many the daemon has
 * counted; @copies: how many more of a line there may be.
 */
bool cases_close(uint64_t begun, unsigned copies, char why[CASES_WHY_MAX]);

#endif
