/*
 * netrxworld - what the tests of netrx have in common: a receiver, and numbers
 * that are sent to it.  Included by them.
 */
#ifndef TESTS_NETRXWORLD_H
#define TESTS_NETRXWORLD_H

#include "unit.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "fakesys.h"
#include "netrx.h"

static struct netrx rx;
static struct netrx_socket sock;
static struct drops *const drops = &sock.drops;
static void *memory;

static inline int set_up(void **state)
{
	(void)state;
	fake_reset();
	memory = calloc(1, netrx_bytes());
	netrx_init(&rx, &fakesys, memory);
	netrx_socket_init(&sock, &fakesys, fake_udp(), 6666);
	return 0;
}

static inline int tear_down(void **state)
{
	(void)state;
	fake_reset();
	free(memory);
	return 0;
}

static inline void say_numbers(unsigned first, unsigned count)
{
	char text[16];
	unsigned i;

	for (i = first; i < first + count; i++) {
		snprintf(text, sizeof(text), "%u", i);
		fake_say(1, text);
	}
}

/* What drops_log() does when there is room. */
static inline void note_logged(uint32_t dropped)
{
	drops->logged += dropped;
	drops->total += dropped;
}

/* Takes the current datagram, which must be the one with @number. */
static inline uint32_t take_number(unsigned number, struct timespec *arrival)
{
	struct datagram d;
	uint32_t dropped;
	char text[16];

	snprintf(text, sizeof(text), "%u", number);
	assert_true(netrx_current(&rx, &d, &dropped));
	assert_int_equal(d.len, strlen(text));
	assert_memory_equal(d.bytes, text, d.len);
	if (arrival)
		*arrival = d.arrival;
	note_logged(dropped);
	netrx_taken(&rx);
	return dropped;
}

#endif
