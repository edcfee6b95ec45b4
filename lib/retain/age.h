/*
 * age - how many days old a file is, by the date in its name.
 *
 * L0.
 */
#ifndef UDPLOGGER_AGE_H
#define UDPLOGGER_AGE_H

#include <stdbool.h>
#include <stdint.h>

/*
 * Whether the day of @period, filename.h, is before @today, stamp.h, and before
 * @days whole days before that.
 */
bool age_exceeds(int32_t today, uint32_t period, uint64_t days);

#endif
