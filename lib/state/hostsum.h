/*
 * hostsum - lines of each name of hosts=, whatever senders had it.
 *
 * L1.  A sum only grows: neither another port of the same machine nor a sender
 * that made room for others takes from it.  A name is found by a hash, in
 * constant time; administrators choose them, and nobody wants them to collide.
 * One that hosts= does not have any more keeps its sum, in case it comes back,
 * and is not told.
 */
#ifndef UDPLOGGER_HOSTSUM_H
#define UDPLOGGER_HOSTSUM_H

#include <stddef.h>
#include <stdint.h>
#include <time.h>

#include "hosts.h"

/* Zeroed at first. */
struct hostsum {
	struct timespec heard; /* wall clock: latest arrival; 0: not yet */
	uint64_t lines;
	uint32_t next; /* in its bucket, from 1; 0: none */
	uint32_t edition; /* the latest edition of names that has it */
	uint8_t len;
	char name[HOSTS_NAME_MAX]; /* no NUL */
};

struct hostsums {
	struct hostsum *all;
	uint32_t *buckets;
	uint32_t count; /* at most HOSTS_MAX */
	uint32_t edition; /* counts hostsums_renew() */
};

size_t hostsums_bytes(void);

/* @memory: hostsums_bytes(), zeroed, aligned to 64 bytes, not owned. */
void hostsums_init(struct hostsums *sums, void *memory);

/* The names are others now: each that counts is named by hostsums_keep(). */
void hostsums_renew(struct hostsums *sums);
void hostsums_keep(struct hostsums *sums, const char *name, size_t len);

/* The sum of @name, which hosts= has; NULL: there are too many. */
struct hostsum *hostsums_get(struct hostsums *sums, const char *name,
			     size_t len);

/* The sum at @i, from 0; NULL: its name is to be passed over. */
const struct hostsum *hostsums_nth(const struct hostsums *sums, uint32_t i);

#endif
