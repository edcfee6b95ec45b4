/*
 * facts - what the daemon counts, gathered for udplogger.prom.
 *
 * L3.  Reads other rooms, and changes none.
 */
#ifndef UDPLOGGER_FACTS_H
#define UDPLOGGER_FACTS_H

#include <stdbool.h>
#include <stdint.h>
#include <time.h>

#include "promfile.h"

struct intake;
struct retain;
struct sys;

/*
 * Fills in all of @facts but version, started and queue_bytes, which takes a
 * walk over all files; of what never shrinks, more than is there already.
 */
void facts_gather(struct promfile_facts *facts, const struct sys *sys,
		  const struct intake *intake, const struct retain *retain,
		  uint64_t now_ms);

/*
 * Adds to *@bytes those that wait in the queues of up to @most files, from
 * *@file on, which is moved.  False: there are no more.
 */
bool facts_add_waiting(const struct intake *intake, uint32_t *file,
		       uint32_t most, uint64_t *bytes);

#endif
