/*
 * textmap - a value for each of many texts.
 *
 * L2, as it takes memory.  Nothing is removed but all at once.
 */
#ifndef UDPLOGGER_TEXTMAP_H
#define UDPLOGGER_TEXTMAP_H

#include <stddef.h>
#include <stdint.h>

struct textmap_entry {
	char *text; /* a copy */
	size_t len;
	uint32_t hash;
	void *value; /* the caller's; NULL at first */
	uint64_t count; /* likewise; 0 at first */
};

/* Zeroed: empty. */
struct textmap {
	struct textmap_entry **slots;
	size_t size; /* a power of two, or 0 */
	size_t used;
};

/* The entry of @text; NULL: there is none. */
struct textmap_entry *textmap_find(const struct textmap *map, const char *text,
				   size_t len);

/* The same, but it is made if there is none; NULL: there is no memory. */
struct textmap_entry *textmap_get(struct textmap *map, const char *text,
				  size_t len);

/* Frees all but the values. */
void textmap_free(struct textmap *map);

#endif
