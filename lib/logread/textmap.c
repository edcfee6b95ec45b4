/* textmap - a value for each of many texts; see textmap.h. */
#include "textmap.h"

#include <stdlib.h>
#include <string.h>

#define FIRST_SIZE 64

/* FNV-1a, 32 bits. */
static uint32_t hash_of_text(const char *text, size_t len)
{
	uint32_t hash = 0x811c9dc5;
	size_t i;

	for (i = 0; i < len; i++)
		hash = (hash ^ (unsigned char)text[i]) * 0x01000193;
	return hash;
}

/* Where the entry is, or would be; there is a free slot. */
static size_t slot_of(const struct textmap *map, const char *text, size_t len,
		      uint32_t hash)
{
	size_t at = hash & (map->size - 1);

	while (map->slots[at]) {
		const struct textmap_entry *entry = map->slots[at];

		if (entry->hash == hash && entry->len == len &&
		    memcmp(entry->text, text, len) == 0)
			break;
		at = (at + 1) & (map->size - 1);
	}
	return at;
}

struct textmap_entry *textmap_find(const struct textmap *map, const char *text,
				   size_t len)
{
	if (map->size == 0)
		return NULL;
	return map->slots[slot_of(map, text, len, hash_of_text(text, len))];
}

/* Makes room for one more; half of the slots stay free. */
static int grow_map(struct textmap *map)
{
	struct textmap larger = {
		.size = map->size > 0 ? 2 * map->size : FIRST_SIZE,
		.used = map->used,
	};
	size_t i;

	if (2 * map->used < map->size)
		return 0;
	larger.slots = calloc(larger.size, sizeof(*larger.slots));
	if (!larger.slots)
		return -1;
	for (i = 0; i < map->size; i++) {
		struct textmap_entry *entry = map->slots[i];

		if (entry)
			larger.slots[slot_of(&larger, entry->text, entry->len,
					     entry->hash)] = entry;
	}
	free(map->slots);
	*map = larger;
	return 0;
}

struct textmap_entry *textmap_get(struct textmap *map, const char *text,
				  size_t len)
{
	uint32_t hash = hash_of_text(text, len);
	struct textmap_entry *entry;
	size_t at;

	if (grow_map(map))
		return NULL;
	at = slot_of(map, text, len, hash);
	if (map->slots[at])
		return map->slots[at];
	entry = calloc(1, sizeof(*entry) + len + 1);
	if (!entry)
		return NULL;
	*entry = (struct textmap_entry){
		.text = (char *)(entry + 1),
		.len = len,
		.hash = hash,
	};
	memcpy(entry->text, text, len);
	map->slots[at] = entry;
	map->used++;
	return entry;
}

void textmap_free(struct textmap *map)
{
	size_t i;

	for (i = 0; i < map->size; i++)
		free(map->slots[i]);
	free(map->slots);
	*map = (struct textmap){ .size = 0 };
}
