/*
 * tee - finished lines on stdout too, for people at a terminal.
 *
 * L2.  The log comes first: nothing here waits.  Lines that a slow or stopped
 * terminal doesn't take in time aren't shown, and their number is said there.
 */
#ifndef UDPLOGGER_TEE_H
#define UDPLOGGER_TEE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "console.h"
#include "outq.h"
#include "pool.h"

struct sys;

#define TEE_BYTES (1024 * 1024) /* that wait for the terminal, at most */

struct tee {
	const struct sys *sys;
	struct console out;
	struct pool blocks;
	struct outq queue; /* the collector puts lines here */
	uint64_t said; /* lines not shown whose number was said */
	bool blocked; /* stdout takes nothing at present */
	bool dead; /* stdout takes nothing ever again */
};

/* @memory: TEE_BYTES, not owned.  stdout has been opened as @out. */
void tee_init(struct tee *tee, const struct sys *sys, const struct console *out,
	      void *memory);

/*
 * Writes what stdout takes at once.  @not_shown: lines without room in @queue,
 * since the start.  False when stdout is gone for good.
 */
bool tee_drain(struct tee *tee, uint64_t not_shown);

#endif
