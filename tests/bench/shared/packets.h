/*
 * packets - how the benchmark's sender gets its datagrams out.
 *
 * With CAP_NET_RAW the packets are made by hand, so that 60,000 sources cost
 * no sockets; else each source is a socket of its own, as many as the process
 * may have open.  One source whose datagrams all have the same length can have
 * the kernel cut them from one piece (UDP_SEGMENT, udp(7)), which is several
 * times as fast.  The destination is always 127.0.0.1, the sources are always
 * in 127.77.0.0/16, so nothing leaves the machine.
 */
#ifndef BENCH_PACKETS_H
#define BENCH_PACKETS_H

#include <netinet/in.h>
#include <netinet/ip.h>
#include <netinet/udp.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

#include "common.h"

#define PACKETS_LEN   1472 /* payload, the most of a datagram on Ethernet */
#define PACKETS_BATCH 32
#define PACKETS_PIECE \
	64 /* datagrams of a piece; every kernel takes that many */

struct packet {
	struct iphdr ip;
	struct udphdr udp;
	char payload[PACKETS_LEN];
};

enum packets_how {
	PACKETS_OWN, /* sockets of their own */
	PACKETS_RAW, /* made by hand */
	PACKETS_CUT /* out of one piece */
};

struct packets {
	enum packets_how how;
	uint32_t sources; /* perhaps fewer than wanted */
	uint16_t port;
	int raw;
	int *own;
	struct sockaddr_in to;
	size_t filled; /* of the batch, datagrams; of the piece, bytes */
	char piece[PACKETS_PIECE * BENCH_LINE_MAX];
	struct packet packets[PACKETS_BATCH];
	struct iovec iov[PACKETS_BATCH];
	struct mmsghdr msgs[PACKETS_BATCH];
};

/*
 * @how: "raw", "own", "cut", or "auto" for raw if possible, else own.  All are
 * to be of @even bytes if it is "cut", which needs one source.
 */
void packets_open(struct packets *p, const char *how, uint32_t sources,
		  uint16_t port, size_t even);

/* Sends, at once or with others that follow; @len is at most PACKETS_LEN. */
void packets_put(struct packets *p, uint32_t source, const char *text,
		 size_t len);

/* Sends what was put and waits for more. */
void packets_flush(struct packets *p);

const char *packets_name(const struct packets *p); /* "own", "raw" or "cut" */

#endif
