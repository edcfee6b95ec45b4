/*
 * udpstat - why this machine's kernel dropped datagrams, as far as it counts.
 *
 * L2.  The counts of /proc/self/net/snmp and snmp6 (proc(5); RFC 4113 has their
 * names) are of all sockets of the network namespace together.
 */
#ifndef UDPLOGGER_UDPSTAT_H
#define UDPLOGGER_UDPSTAT_H

#include <stdbool.h>
#include <stdint.h>

struct sys;

struct udpstat {
	uint64_t full; /* RcvbufErrors: the socket's buffer was full */
	uint64_t memory; /* MemErrors: beyond net.ipv4.udp_mem */
	uint64_t checksum; /* InCsumErrors: a wrong checksum */
};

/* Reads the sums of IPv4 and IPv6; false: there is nothing to read. */
bool udpstat_read(const struct sys *sys, struct udpstat *sums);

/*
 * Names why datagrams were dropped between @before and @after, " or " between
 * several reasons; NULL: not known.
 */
const char *udpstat_cause(const struct udpstat *before,
			  const struct udpstat *after);

#endif
