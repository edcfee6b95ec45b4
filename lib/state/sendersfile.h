/*
 * sendersfile - what the file "senders" says, as text.
 *
 * L1.  A head, and a row for each sender, TABs between:
 *
 *	name address port heard lines rate lost boots incident incident_time
 *
 * "-" stands for what there is none of.  Times are seconds since the epoch with
 * three decimals, the rate is lines a second with one.  Of the senders that
 * made room for others, one row has the sums, with neither name nor address.
 * No field can hold a TAB or LF: names are those that hosts= allows.
 */
#ifndef UDPLOGGER_SENDERSFILE_H
#define UDPLOGGER_SENDERSFILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

#define SENDERSFILE_NAME "senders"

struct sendersfile_row {
	const char *name; /* no NUL */
	size_t name_len; /* at most 64; 0: none */
	const char *address; /* ends in NUL, less than 64 bytes; "": none */
	bool has_port;
	unsigned port;
	struct timespec heard; /* wall clock; 0: none */
	uint64_t lines;
	uint64_t rate_tenths; /* of a line a second */
	uint64_t lost;
	uint64_t boots;
	const char *incident; /* its class, or NULL */
	uint64_t incident_ms; /* wall clock */
};

/* Both return the length; there is no NUL. */
#define SENDERSFILE_ROW_MAX 512
size_t sendersfile_head(char out[SENDERSFILE_ROW_MAX]);
size_t sendersfile_row(char out[SENDERSFILE_ROW_MAX],
		       const struct sendersfile_row *row);

#endif
