/*
 * pairs - which pairs of a record have the same key.
 *
 * L0.  For JSON, where a name may stand in an object once.
 */
#ifndef UDPLOGGER_PAIRS_H
#define UDPLOGGER_PAIRS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "record.h"

#define PAIRS_NONE UINT16_MAX

struct pairs_same {
	uint16_t next[RECORD_PAIRS]; /* the next pair of that key */
	bool again[RECORD_PAIRS]; /* an earlier one has that key */
};

/*
 * Finds for each of @count pairs, at most RECORD_PAIRS, the next pair of the
 * same key, or PAIRS_NONE.  @secret is random and kept from senders.
 */
void pairs_find_same(const struct extbody_pair *pairs, size_t count,
		     uint64_t secret, struct pairs_same *same);

#endif
