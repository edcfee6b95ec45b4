/*
 * forged - datagrams that a forger may think of, to make a receiver work, and
 * the usual ones that they are compared with.
 *
 * Each kind is a stream of datagrams; datagram k of a kind always is the same.
 */
#ifndef BENCH_FORGED_H
#define BENCH_FORGED_H

#include <stddef.h>
#include <stdint.h>

#include "packets.h"

struct forged {
	uint32_t sources; /* how many there are */
	size_t most; /* bytes of a datagram, up to PACKETS_LEN */
	uint32_t source; /* of the datagram, below @sources */
	size_t len;
	char bytes[PACKETS_LEN];
};

/* A kind's number; -1: there is no such kind. */
int forged_kind(const char *name);

/* Makes datagram @k of @kind; @f has its first two fields set. */
void forged_make(struct forged *f, int kind, uint64_t k);

#endif
