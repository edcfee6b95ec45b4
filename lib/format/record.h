/*
 * record - what a line of the log says, in its parts.
 *
 * L0.  All are views; a record owns nothing.
 */
#ifndef UDPLOGGER_RECORD_H
#define UDPLOGGER_RECORD_H

#include <stddef.h>
#include <stdint.h>

#include "extmsg.h"

struct extbody_pair;

#define RECORD_PAIRS 512 /* of an extended record; kernels: about 256 */

/* The parts of an extended record that are no text. */
struct record_extended {
	const struct extmsg *header;
	const struct extbody_pair *pairs;
	size_t pair_count; /* at most RECORD_PAIRS */
	struct extmsg_part rest; /* pairs beyond these, as they came */
	size_t pairs_len; /* bytes of all pairs and what separates them */
	uint32_t missing; /* bytes of the message that never came */
};

struct record {
	const char *stamp;
	size_t stamp_len; /* at most STAMP_ISO_BYTES, the space included */
	const char *prefix; /* "ADDRESS:PORT "; empty: about no sender */
	size_t prefix_len; /* at most SRCADDR_TEXT_MAX */
	const char *address; /* without brackets; void without @prefix */
	size_t address_len;
	unsigned port;
	const unsigned char *text; /* as it came, without LF */
	size_t text_len;
	const char *notice; /* kind of the daemon's own notice, or NULL */
	uint64_t lost; /* a notice's count, or 0 */
	const struct record_extended *extended; /* in JSON; else NULL */
};

#endif
