/*
 * memory - all the memory that will ever be used, taken at the start.
 *
 * L3.  It is mapped, and costs nothing until it is touched.  How much follows
 * from the settings.
 */
#ifndef UDPLOGGER_MEMORY_H
#define UDPLOGGER_MEMORY_H

#include <stdbool.h>
#include <stddef.h>

struct settings;

/* Pieces, zeroed, for rooms that say what they need. */
struct memory {
	void *collected; /* collector_bytes() */
	void *received; /* netrx_bytes() */
	void *queued; /* settings.queue_bytes */
	void *tabled; /* filetable_bytes() */
	void *written; /* agenda_bytes() */
	void *named; /* hostsfile_bytes(); NULL without hosts= and conf= */
	void *kept; /* retain_bytes(); NULL if no old file is ever to go */
	void *counted; /* earlier_bytes(); NULL: no file is to be counted */
	void *told; /* state_bytes(); NULL without run= */
	void *shown; /* TEE_BYTES; NULL where nothing is shown on stdout */
};

#define MEMORY_WHY_MAX 200

/*
 * Takes the memory.  @shows: lines are shown on stdout.  False, with the reason
 * in @why: how much it is, and which options would make it less.
 */
bool memory_take(struct memory *memory, const struct settings *settings,
		 bool shows, char why[MEMORY_WHY_MAX]);

#endif
