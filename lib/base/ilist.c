/* ilist - a doubly linked list of small numbers; see ilist.h. */
#include "ilist.h"

size_t ilist_bytes(uint32_t members)
{
	return (size_t)members * sizeof(struct ilist_link);
}

void ilist_init(struct ilist *list, void *memory)
{
	list->links = memory;
	list->first = ILIST_NONE;
	list->last = ILIST_NONE;
}

void ilist_append(struct ilist *list, uint32_t member)
{
	list->links[member].previous = list->last;
	list->links[member].next = ILIST_NONE;
	if (list->last == ILIST_NONE)
		list->first = member;
	else
		list->links[list->last].next = member;
	list->last = member;
}

void ilist_remove(struct ilist *list, uint32_t member)
{
	const struct ilist_link *link = &list->links[member];

	if (link->previous == ILIST_NONE)
		list->first = link->next;
	else
		list->links[link->previous].next = link->next;
	if (link->next == ILIST_NONE)
		list->last = link->previous;
	else
		list->links[link->next].previous = link->previous;
}

uint32_t ilist_count(const struct ilist *list)
{
	uint32_t member = list->first;
	uint32_t count = 0;

	for (; member != ILIST_NONE; member = list->links[member].next)
		count++;
	return count;
}
