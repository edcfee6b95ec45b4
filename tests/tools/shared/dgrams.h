/*
 * dgrams - read a recording of datagrams.
 *
 * A recording is a sequence of records, with nothing between them:
 *
 *	@ MICROSECONDS ADDRESS PORT LENGTH LF
 *	LENGTH bytes of payload
 *	LF
 *
 * MICROSECONDS counts from the first datagram, never goes back, and is at most
 * DGRAMS_MAX_US.  ADDRESS is an IPv4 or IPv6 address in numbers, without a
 * scope.  PORT is 1 to 65535, LENGTH 0 to DGRAMS_MAX_LEN, the most that UDP
 * over IPv4 can carry.  Numbers are decimal, without sign or leading zeros;
 * fields are one space apart.
 *
 * The file is input like any other: whatever is in it, the reader stays inside
 * its bytes, and the first record that breaks a rule ends the reading with a
 * text that says what is wrong and at which offset of the file.
 *
 * Nothing here does network I/O or knows what the payload means.
 */
#ifndef TESTS_DGRAMS_H
#define TESTS_DGRAMS_H

#include <stddef.h>
#include <stdint.h>
#include <netinet/in.h>

#define DGRAMS_MAX_LEN	 65507U
#define DGRAMS_MAX_US	 1000000000000000U /* 31 years */
#define DGRAMS_MAX_BYTES ((size_t)1 << 30) /* of a file */
#define DGRAMS_ERROR_LEN 200

/* One datagram.  @bytes points into the recording and lives as long as it. */
struct dgram {
	uint64_t at_us;
	char addr[INET6_ADDRSTRLEN]; /* as inet_ntop() writes it */
	int family; /* AF_INET or AF_INET6 */
	uint16_t port; /* host byte order */
	const unsigned char *bytes;
	size_t len;
};

/* A recording and the place where reading stands. */
struct dgrams {
	const unsigned char *bytes;
	size_t len;
	size_t pos;
	uint64_t last_us;
	uint64_t count; /* records read so far */
	void *owned; /* what dgrams_close() frees, or NULL */
	char error[DGRAMS_ERROR_LEN]; /* "" or one text without LF */
};

/*
 * dgrams_from_memory - read from @len bytes that the caller keeps.
 *
 * Cannot fail: what is wrong with the bytes is said by dgrams_next().
 */
void dgrams_from_memory(struct dgrams *d, const void *bytes, size_t len);

/*
 * dgrams_open - load the file at @path, or standard input when it is "-".
 *
 * Returns 0, or -1 with the reason in @d->error.  dgrams_close() is right
 * after either.
 */
int dgrams_open(struct dgrams *d, const char *path);

void dgrams_close(struct dgrams *d);

/*
 * dgrams_next - the next datagram.
 *
 * Returns 1 and fills @out, or 0 at the end of the recording, or -1 with the
 * reason in @d->error; after 0 or -1 every further call returns the same.
 */
int dgrams_next(struct dgrams *d, struct dgram *out);

/*
 * dgrams_rewind - begin again at the first datagram, and forget an error in
 * the records (one of dgrams_open() stays: there is nothing to read then).
 */
void dgrams_rewind(struct dgrams *d);

#endif
