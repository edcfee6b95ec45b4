/*
 * joined - lines of extended records whose ends are still to come.
 *
 * L1.  Linux of about 4.2 to 4.9 does not join the pieces of a line for an
 * extended console: each is a record, the first with flag "c", the others with
 * "+" (Documentation/ABI/testing/dev-kmsg; msg_print_ext_header() in
 * kernel/printk/printk.c of that time).  Newer kernels set "c" on whole lines
 * as well, so a line waits JOINED_BRIEF_MS for its next piece, and only that of
 * a source that has sent "+" waits longer.
 *
 * A source has one line at most.  Memory is bounded, and no call takes longer
 * the more is held.
 */
#ifndef UDPLOGGER_JOINED_H
#define UDPLOGGER_JOINED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

#include "extmsg.h"
#include "ilist.h"
#include "pool.h"

#define JOINED_NONE	POOL_NONE
#define JOINED_MAX	16384 /* bytes of text and pairs of a line */
#define JOINED_LINES	4096 /* held at once, of all sources */
#define JOINED_BRIEF_MS 1000

struct joined_line {
	struct extmsg header; /* of the first piece; without chunk */
	struct timespec arrival; /* of the first piece, wall clock */
	uint64_t since_ms; /* when the wait began, monotonic */
	uint64_t next; /* sequnum of the next piece */
	uint64_t boot_us; /* when its sender booted */
	uint32_t missing; /* bytes of the pieces that never came */
	uint32_t done; /* how far it is in the queue; then it goes on no more */
	uint32_t text; /* of all pieces, escaped; linebuf.h */
	uint32_t pairs; /* of all pieces, as they came; linebuf.h */
	bool open_pair; /* @pairs have no LF at their end */
	bool patient; /* waits as long as any unfinished line */
	unsigned char caller[EXTMSG_CALLER_MAX];
	unsigned char release[EXTMSG_RELEASE_MAX];
};

struct joined_source {
	uint32_t line; /* number, or JOINED_NONE plus 1, which is 0 */
	bool joins; /* has sent "+" */
};

struct joined {
	struct joined_source *sources;
	struct ilist brief; /* sources whose line waits JOINED_BRIEF_MS */
	struct ilist patient; /* the other sources that have a line */
	struct pool lines; /* struct joined_line */
	struct pool bytes; /* of texts and pairs */
};

/* A piece: a record, its body split. */
struct joined_piece {
	const struct extmsg *header;
	struct timespec arrival;
	struct extmsg_part text;
	struct extmsg_part pairs;
	uint32_t missing;
	uint64_t boot_us; /* when its sender booted, since 1970, wall clock */
};

/* The bytes of memory that are needed for @sources sources. */
size_t joined_bytes(uint32_t sources);

/* @memory is zeroed, and aligned to 64 bytes; not owned. */
void joined_init(struct joined *j, uint32_t sources, void *memory);

/* The line of @source, or NULL. */
const struct joined_line *joined_at(const struct joined *j, uint32_t source);

/*
 * Whether a record of @header, whose text and pairs have @len bytes, begins a
 * line, or goes on one, and may be held.
 */
static inline bool joined_is_piece(const struct extmsg *header, size_t len)
{
	return header->flag != '-' && len < JOINED_MAX;
}

/* Whether @piece of @source goes on its line. */
bool joined_goes_on(const struct joined *j, uint32_t source,
		    const struct joined_piece *piece);

/*
 * Takes in a piece at @now_ms, which goes on the line of @source, or begins one
 * if it has none.  False if memory is used up; then nothing has changed.
 */
bool joined_put(struct joined *j, uint32_t source,
		const struct joined_piece *piece, uint64_t now_ms);

/*
 * Copies text and pairs of @line to @out, of JOINED_MAX bytes; @piece is then
 * the line as one record, of which these are views.
 */
void joined_read(const struct joined *j, const struct joined_line *line,
		 unsigned char *out, struct joined_piece *piece);

/* Notes how far the line of @source is in the queue. */
void joined_note_done(struct joined *j, uint32_t source, size_t done);

/* Drops the line of @source, which has one. */
void joined_drop(struct joined *j, uint32_t source);

/* Forgets @source, which has no line, as it becomes another sender. */
void joined_forget(struct joined *j, uint32_t source);

/* A source whose line may go when memory is used up; JOINED_NONE: no line. */
uint32_t joined_victim(const struct joined *j);

/*
 * A source whose line has waited long enough, where the others wait
 * @timeout_ms; JOINED_NONE: none has.
 */
uint32_t joined_due(const struct joined *j, uint64_t timeout_ms,
		    uint64_t now_ms);

/* When joined_due() will have one; DEADLINE_NEVER: no line is held. */
uint64_t joined_deadline(const struct joined *j, uint64_t timeout_ms);

/* How many lines are held. */
static inline uint32_t joined_held(const struct joined *j)
{
	return j->lines.used;
}

#endif
