/*
 * boots - which boot of its sender a line is of.
 *
 * L2.  Boots are those of the files of incidents.  What stands before a
 * sender's first one is of a boot, too.  A stamp may be of a whole second: then
 * a boot begins with the line in that second that announces it.
 */
#ifndef UDPLOGGER_BOOTS_H
#define UDPLOGGER_BOOTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "textmap.h"
#include "timespan.h"

struct caselist;
struct logline;
struct whom;

/* Zeroed: none. */
struct boots {
	struct textmap sources; /* of each its boots */
	bool lacks_memory;
};

/* Takes the boots of @sender from @list. */
void boots_take(struct boots *boots, const struct caselist *list,
		const struct whom *sender);

/*
 * The time in which lines of boot @back, 0 for the present one, can be, of
 * whatever source.  False: no source has so many.
 */
bool boots_span(const struct boots *boots, uint64_t back,
		struct timespan *span);

/*
 * Whether @line, of the time @stamp, is of boot @back of its source.  Lines
 * come in the order of time.
 */
bool boots_has(struct boots *boots, uint64_t back, const struct logline *line,
	       const struct timespan_stamp *stamp);

void boots_free(struct boots *boots);

#endif
