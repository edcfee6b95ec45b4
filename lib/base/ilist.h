/*
 * ilist - a doubly linked list of small numbers.
 *
 * L0.  The links stand in an array of their own, eight bytes a member, so
 * that moving a member touches that array and not the members themselves,
 * which lie far apart.  Members are 0 .. @members - 1; each is in the list at
 * most once.
 */
#ifndef UDPLOGGER_ILIST_H
#define UDPLOGGER_ILIST_H

#include <stddef.h>
#include <stdint.h>

#define ILIST_NONE UINT32_MAX

struct ilist_link {
	uint32_t previous;
	uint32_t next;
};

struct ilist {
	struct ilist_link *links; /* owned by the caller */
	uint32_t first;
	uint32_t last;
};

/* The bytes of memory that a list of @members needs. */
size_t ilist_bytes(uint32_t members);

/* Makes an empty list in ilist_bytes() of @memory, aligned for uint32_t. */
void ilist_init(struct ilist *list, void *memory);

/* Adds @member, which is not in the list, at its end. */
void ilist_append(struct ilist *list, uint32_t member);

/* Takes out @member, which is in the list. */
void ilist_remove(struct ilist *list, uint32_t member);

/* How many members there are; walks over them. */
uint32_t ilist_count(const struct ilist *list);

#endif
