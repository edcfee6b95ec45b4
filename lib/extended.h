/*
 * extended - records of extended netconsole as lines of text.
 *
 * L1.  A record becomes the lines that the sender's text console would have
 * shown, "[    1.758426] TEXT", with its dictionary and user data at the end of
 * the last one, " {KEY=VALUE KEY=VALUE}".  Records in fragments are put
 * together; what stays incomplete is written when its time is up, with
 * "<N bytes missing>" where they are.
 *
 * The lines go to a sink, which may find no room.  Whatever writes lines then
 * returns false, has lost nothing, and is called again with the same arguments.
 */
#ifndef UDPLOGGER_EXTENDED_H
#define UDPLOGGER_EXTENDED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

#include "extbody.h"
#include "extmsg.h"
#include "reasm.h"
#include "source.h"

struct datagram;

/* The longest line: of a message that is all text, or all user data. */
#define EXTENDED_LINE_MAX (EXTBODY_SHOWN_MAX(REASM_WHOLE_MAX))
#define EXTENDED_NEVER	  UINT64_MAX

/* Takes a line of the source with that number, without LF. */
struct extended_sink {
	bool (*line)(void *owner, uint32_t source, time_t second,
		     const unsigned char *text, size_t len);
	void *owner;
};

struct extended {
	struct extended_sink sink;
	bool level; /* "<PRIO>" stands before the text */
	struct reasm reasm;
	uint64_t *doubtful; /* per source, sequnum + 1; extended_is() */
	unsigned char *whole; /* a message put together */
	unsigned char *line; /* one that is shown */
};

/* The bytes of memory that are needed for @sources sources. */
size_t extended_bytes(uint32_t sources);

/* @memory: extended_bytes(), zeroed, aligned to 64 bytes, not owned. */
void extended_init(struct extended *x, uint32_t sources, void *memory);

/*
 * Whether @d, from the @number-th source, is of extended netconsole; then *@msg
 * is its header.  What only looks like it is text: in the middle of a line, and
 * if the source sends lines without a time, as one of them may look like
 * anything, but not two that are numbered one after the other.
 */
bool extended_is(struct extended *x, struct source *source, uint32_t number,
		 const struct datagram *d, struct extmsg *msg);

/* Takes in @d, which is of that kind, from *@offset on, which is 0 at first. */
bool extended_put(struct extended *x, uint32_t number, const struct datagram *d,
		  const struct extmsg *msg, size_t *offset, uint64_t now_ms);

/* Writes the oldest message as it stands; there is one. */
bool extended_write_oldest(struct extended *x);

/* When the oldest message began, monotonic, or EXTENDED_NEVER. */
uint64_t extended_oldest_ms(const struct extended *x);

/* How many messages are held. */
uint32_t extended_held(const struct extended *x);

/* Writes what is held of a source, which another will take the place of. */
bool extended_give_way(struct extended *x, uint32_t number);

#endif
