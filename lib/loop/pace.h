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

#define PACE_PAUSE_US 1000 /* the pause when they come fast */
#define PACE_LONG_US  1800 /* the same and taking in, when they come faster */
#define PACE_LEAST_US 50 /* a shorter pause, timer included, saves nothing */
#define PACE_FAST     4 /* datagrams in a millisecond */
#define PACE_FASTER   32 /* datagrams at a wake-up */

/* All zero at first: no pause. */
struct pace {
	unsigned pause_us; /* when they come fast */
	unsigned long_us; /* when they come faster, taking them in included */
	uint64_t ms; /* the millisecond that was noted last */
	unsigned count; /* datagrams in it */
};

/*
 * Lets a receive buffer of @granted_bytes, in the units of rbuf=, go unattended
 * as long as it may: PACE_LONG_US at most, and not at all if it is small.  A
 * KiB for each microsecond is more than a gigabit link can fill with its
 * smallest frames (1.5 a microsecond, charged 832 of twice these bytes).
 */
void pace_init(struct pace *pace, long granted_bytes);

/*
 * Notes that @taken datagrams were received by @now_ms (monotonic), all that
 * there were.  True when they come fast.
 */
bool pace_note(struct pace *pace, unsigned taken, uint64_t now_ms);

/*
 * How many microseconds to pause now that they come fast; 0: not at all.  The
 * more there were at this wake-up, the longer does it take to take in the next
 * ones, about a microsecond each, and the sooner it begins: no line is later
 * than PACE_LONG_US because of a pause.
 */
unsigned pace_pause_us(const struct pace *pace);

#endif
