/*
 * extclaim - whether a datagram is a record of extended netconsole, or text.
 *
 * L1.  A datagram that only looks like a record is text: in the middle of a
 * line, and from a source that sends lines without a time, as such a line may
 * look like anything; but not two in a row with successive sequnums.
 */
#ifndef UDPLOGGER_EXTCLAIM_H
#define UDPLOGGER_EXTCLAIM_H

#include <stdbool.h>
#include <stdint.h>

#include "extmsg.h"

struct datagram;
struct source;

/*
 * Reads @d, from @source, as a record.  True if it is one; then *@msg is its
 * header, and the source is marked as one that sends records.  *@doubtful is
 * kept for the source, and not touched for most of them.
 */
bool extclaim_read(struct source *source, uint64_t *doubtful,
		   const struct datagram *d, struct extmsg *msg);

#endif
