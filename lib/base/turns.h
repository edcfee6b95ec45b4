/*
 * turns - who makes way in a full table: one of those silent longest.
 *
 * L0.  The second-chance algorithm (CLOCK): a turn goes round the members, and
 * passes over whoever was heard since it came by last.  Hearing is a bit, so
 * that it costs next to nothing however many members there are; an exact order
 * would touch three places of memory far apart.  A turn looks at 64 members a
 * step, and can pass over a member only once for each time that it was heard.
 * If all were heard, whose turn it was makes way, though heard a moment ago.
 */
#ifndef UDPLOGGER_TURNS_H
#define UDPLOGGER_TURNS_H

#include <stddef.h>
#include <stdint.h>

struct turns {
	uint64_t *heard; /* a bit for each member; owned by the caller */
	uint32_t members;
	uint32_t next; /* who makes way, unless heard */
};

/* The bytes of memory that @members need. */
size_t turns_bytes(uint32_t members);

/*
 * For members 0 .. @members - 1, none of which was heard, in turns_bytes() of
 * @memory, zeroed, aligned for uint64_t.
 */
void turns_init(struct turns *turns, uint32_t members, void *memory);

/* Passes over @member when its turn comes. */
static inline void turns_hear(struct turns *turns, uint32_t member)
{
	turns->heard[member / 64] |= UINT64_C(1) << member % 64;
}

/* Who makes way; the same again, unless heard meanwhile. */
uint32_t turns_who(struct turns *turns);

/*
 * Another has taken the place of turns_who(), which is returned, and has not
 * been heard: its turn comes when all others have had theirs.
 */
uint32_t turns_replace(struct turns *turns);

#endif
