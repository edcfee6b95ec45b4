/*
 * sender - send datagrams to one receiver, each from a source of its own.
 *
 * A source is an address and port of a recording; it becomes one socket here,
 * the first time that it sends.  Where the receiver is on this machine, the
 * sender sees how much waits in the receiver's socket, and holds back in time,
 * so that nothing is lost however slow the receiver is.
 *
 * Functions that return int return 0, or -1 with a text in @error.
 */
#ifndef TESTS_SENDER_H
#define TESTS_SENDER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <netinet/in.h>

#include "dgrams.h"

#define SENDER_MAX_SOURCES 1024U
#define SENDER_PATIENCE_S  30 /* with a receiver that takes nothing */

enum sender_map {
	SENDER_DEFAULT, /* loopback to a loopback address, else any */
	SENDER_LOOPBACK, /* 10.99.0.2 sends as 127.99.0.2; over IPv6, as ::1 */
	SENDER_ASIS, /* from the recorded address, which must be local */
	SENDER_ANY /* from whatever the kernel picks */
};

union sender_address {
	struct sockaddr any;
	struct sockaddr_in in;
	struct sockaddr_in6 in6;
};

struct sender_source {
	char addr[INET6_ADDRSTRLEN];
	uint16_t port;
	int fd;
};

struct sender {
	union sender_address to;
	socklen_t to_len;
	enum sender_map map;
	uint64_t window_bytes; /* of the receiver's queue; 0: any number */
	struct sender_source sources[SENDER_MAX_SOURCES];
	size_t count;
	uint64_t sent, sent_bytes;
	uint64_t queued_bytes; /* in the receiver's queue, at most */
	bool blind; /* the receiver's queue is not to be seen */
	char error[200];
};

/*
 * sender_open - get ready to send to @host and @port, both in numbers.
 *
 * @window_bytes: how much may wait in the receiver's socket, with what the
 * kernel adds for each datagram; 0 does not look.
 */
int sender_open(struct sender *s, const char *host, const char *port,
		enum sender_map map, uint64_t window_bytes);

/*
 * sender_send - send one datagram from its source.
 *
 * Waits for the receiver and for our own side's queue, and fails when neither
 * moves for SENDER_PATIENCE_S.  Prints `FROM -> TO` on standard output when
 * the source is a new one: FROM as recorded, TO as the receiver sees it.
 */
int sender_send(struct sender *s, const struct dgram *dg);

/* sender_drain - wait until the receiver has taken all. */
int sender_drain(struct sender *s);

void sender_close(struct sender *s);

#endif
