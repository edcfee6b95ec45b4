/* carve - several tables out of one piece of memory; see carve.h. */
#include "carve.h"

size_t carve_bytes(size_t bytes)
{
	return (bytes + CARVE_ALIGN - 1) / CARVE_ALIGN * CARVE_ALIGN;
}

void *carve(char **memory, size_t bytes)
{
	void *piece = *memory;

	*memory += carve_bytes(bytes);
	return piece;
}
