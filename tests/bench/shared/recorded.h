/*
 * recorded - says whether a log holds what a recording, sent by many sources at
 * once, must leave there.
 */
#ifndef BENCH_RECORDED_H
#define BENCH_RECORDED_H

#include "loglines.h"

/*
 * @expected is a file of what one source's lines are, "NAME TEXT" each, as
 * tests/tools/expect prints them.  The log holds them @sources times @passes times,
 * each source's own in order.  Adds to @found.
 */
void check_recorded(struct view *logs, size_t count, const char *expected,
		    uint32_t sources, uint64_t passes, struct findings *found);

#endif
