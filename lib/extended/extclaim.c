/* extclaim - whether a datagram is a record; see extclaim.h. */
#include "extclaim.h"

#include "datagram.h"
#include "linebuf.h"
#include "source.h"

bool extclaim_read(struct source *source, uint64_t *doubtful,
		   const struct datagram *d, struct extmsg *msg)
{
	if (!source->extended && source->line != LINEBUF_EMPTY)
		return false;
	if (!extmsg_read(msg, d->bytes, d->len))
		return false;
	if (source->extended)
		return true;
	/* 0: none, as no record comes before sequnum 0. */
	if (source->plain &&
	    (!source->doubted || *doubtful == 0 || *doubtful != msg->sequnum)) {
		source->doubted = true;
		*doubtful = msg->sequnum + 1;
		return false;
	}
	source->extended = true;
	return true;
}
