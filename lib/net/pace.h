/*
 * pace - whether datagrams come so fast that to wake for each is a waste.
 *
 * L0.  Waking is nine tenths of what a datagram costs at 10,000 a second.  When
 * they come fast, the loop pauses before it receives, so that one wake-up
 * serves many; a line that comes alone is never delayed.
 */
#ifndef UDPLOGGER_PACE_H
#define UDPLOGGER_PACE_H

#include <stdbool.h>
#include <stdint.h>

#define PACE_PAUSE_US 1000 /* no line is later than that because of a pause */
#define PACE_LEAST_US 50 /* a shorter pause, timer included, saves nothing */
#define PACE_FAST     4 /* datagrams in a millisecond */

/* All zero at first. */
struct pace {
	uint64_t ms; /* the millisecond that was noted last */
	unsigned count; /* datagrams in it */
};

/*
 * Notes that @taken datagrams were received by @now_ms (monotonic), all that
 * there were.  True when they come fast.
 */
bool pace_note(struct pace *pace, unsigned taken, uint64_t now_ms);

/*
 * How many microseconds a receive buffer of @granted_bytes, in the units of
 * rbuf=, may go unattended: never more than PACE_PAUSE_US, and none if it is
 * small.  A KiB for each microsecond is more than a gigabit link can fill with
 * its smallest frames (1.5 a microsecond, charged 832 of twice these bytes).
 */
unsigned pace_pause_us(long granted_bytes);

#endif
