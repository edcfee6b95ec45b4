/*
 * record - what a line of the log says, in its parts.
 *
 * L0.  All are views; a record owns nothing.
 */
#ifndef UDPLOGGER_RECORD_H
#define UDPLOGGER_RECORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "extmsg.h"

struct extbody_pair;

#define RECORD_PAIRS 512 /* of an extended record; kernels: about 256 */

/*
 * How many members an object should have of pairs of @bytes, as each costs as
 * much as many bytes.  Records of kernels stay below (the most that were seen
 * are 12 pairs in 931 bytes).
 */
static inline size_t record_pairs_most(size_t bytes)
{
	size_t most = 16 + bytes / 16;

	return most < RECORD_PAIRS ? most : RECORD_PAIRS;
}

#define RECORD_BOOT_BYTES 32 /* "YYYY-MM-DDTHH:MM:SS.UUUUUU+00:00" */

/* The parts of an extended record that are no text. */
struct record_extended {
	const char *boot; /* RECORD_BOOT_BYTES, when its sender booted */
	const struct extmsg *header;
	const struct extbody_pair *pairs;
	size_t pair_count; /* at most RECORD_PAIRS */
	struct extmsg_part rest; /* pairs beyond these, as they came */
	size_t pairs_len; /* bytes of all pairs and what separates them */
	uint64_t secret; /* random, for pairs_find_same() */
	uint32_t missing; /* bytes of the message that never came */
};

/* What a notice about a sender of extended records says, in JSON. */
struct record_told {
	const char *boot; /* RECORD_BOOT_BYTES, when the sender booted */
	bool has_msgids;
	uint32_t first; /* msgids of the messages that it is about */
	uint32_t last;
	bool is_gap;
	uint64_t between[2]; /* the sequnums at either end of the gap */
	bool has_come;
	uint64_t came; /* the sequnum of the message that came after all */
};

struct record {
	const char *stamp;
	size_t stamp_len; /* at most STAMP_ISO_BYTES, the space included */
	uint32_t source; /* its number; void without @prefix */
	uint8_t names; /* changes when it may have got another name */
	const char *prefix; /* "NAME ", "ADDRESS:PORT ", "ADDRESS ", or empty */
	size_t prefix_len; /* at most SRCADDR_TEXT_MAX */
	size_t host_len; /* of NAME; 0: the sender has none */
	const char *address; /* without brackets; void without @prefix */
	size_t address_len;
	unsigned port;
	bool by_address; /* there is no port */
	bool as_text; /* a line of a record that began as text ends as text */
	bool tells_local; /* @local is told in JSON */
	uint16_t local; /* the port that it was sent to; 0: none */
	const unsigned char *text; /* as it came, without LF */
	size_t text_len;
	const char *notice; /* kind of the daemon's own notice, or NULL */
	uint64_t lost; /* how many are lost, of a notice; or 0 */
	uint64_t lines; /* how many lines a notice stands for; or 0 */
	const struct record_told *told; /* more of a notice; or NULL */
	const struct record_extended *extended; /* in JSON; else NULL */
};

#define RECORD_EMPTY_MOST 16 /* empty lines in a row that stay lines */

/*
 * How many lines of the log @bytes from the network should become, at most, as
 * each has a stamp and a source.  Records of kernels stay below (tests/data has
 * 40 lines in 959 bytes).
 */
static inline size_t record_lines_most(size_t bytes)
{
	return 16 + bytes / 24;
}

#endif
