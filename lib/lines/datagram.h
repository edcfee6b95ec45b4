/*
 * datagram - a datagram as it was received: bytes, sender, arrival.
 *
 * L0.
 */
#ifndef UDPLOGGER_DATAGRAM_H
#define UDPLOGGER_DATAGRAM_H

#include <stddef.h>
#include <time.h>

#include "srcaddr.h"

struct datagram {
	const unsigned char *bytes; /* not owned */
	size_t len;
	struct srcaddr from; /* with source=address, its port is 0 */
	struct timespec arrival; /* wall clock, the kernel's */
};

#endif
