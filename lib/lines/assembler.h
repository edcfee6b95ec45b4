/*
 * assembler - lines of text out of the bytes that senders send.
 *
 * L1.  A line ends at LF, and with line=cr at CR, with line=datagram at the end
 * of the datagram; or timeout= after its first byte on the monotonic clock, or
 * at wbuf= bytes.  A line cut by the last two goes on as the next line of that
 * source, with the stamp of the datagram that goes on.  When the memory for
 * unfinished lines is full, the oldest makes room: written early, never
 * dropped.
 *
 * CRs around LF are part of that line end.  A datagram that becomes more lines
 * than record_lines_most() uses up credit, which all senders share; when there
 * is none, its rest is one line.
 *
 * A function that writes lines returns false when the queues are full.
 * Nothing is lost then, and it is called again with the same arguments once
 * bytes were taken from the queues.
 */
#ifndef UDPLOGGER_ASSEMBLER_H
#define UDPLOGGER_ASSEMBLER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "deadline.h"
#include "ilist.h"
#include "pool.h"
#include "record.h"

#define ASSEMBLER_CREDIT    65536 /* lines beyond record_lines_most() */
#define ASSEMBLER_CREDIT_MS 4 /* lines that come back in a millisecond */

struct datagram;
struct limit;
struct settings;
struct source;
struct source_table;

struct assembler {
	const struct settings *settings; /* none of these three is owned */
	struct source_table *sources;
	struct limit *limit;
	struct ilist unfinished; /* sources with a line, oldest line first */
	struct pool held;
	unsigned char *line; /* one line put together */
	struct record record; /* of each line; all but text and source is 0 */
	size_t counted; /* bytes in which there are few empty lines in a row */
	size_t lines_left; /* of record_lines_most(), of the datagram */
	uint32_t credit; /* lines that are left, of ASSEMBLER_CREDIT */
	uint64_t credit_ms; /* when @credit was last topped up */
};

/* The bytes of memory that @settings need. */
size_t assembler_bytes(const struct settings *settings);

/* @memory: assembler_bytes(), zeroed, aligned to 64 bytes, not owned. */
void assembler_init(struct assembler *a, const struct settings *settings,
		    struct source_table *sources, struct limit *limit,
		    void *memory);

/*
 * Takes in @d, of @source and not empty, from *@offset on, which is 0 at first.
 * False when the queues are full; *@offset is then how much of @d is taken in.
 */
bool assembler_put(struct assembler *a, struct source *source,
		   const struct datagram *d, size_t *offset, uint64_t now_ms);

/* Writes the unfinished line of @source, as far as it has come. */
bool assembler_write(struct assembler *a, struct source *source);

/* Writes the unfinished lines whose time is up. */
bool assembler_expire(struct assembler *a, uint64_t now_ms);

/* When to call assembler_expire(); DEADLINE_NEVER: no need. */
uint64_t assembler_deadline(const struct assembler *a);

/* Writes all unfinished lines, in the order of their begin. */
bool assembler_flush(struct assembler *a);

/* How many lines are unfinished. */
uint32_t assembler_unfinished(const struct assembler *a);

#endif
