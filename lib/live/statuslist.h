/*
 * statuslist - the answer to --status as a table of text, or objects of JSON.
 *
 * L2.
 */
#ifndef UDPLOGGER_STATUSLIST_H
#define UDPLOGGER_STATUSLIST_H

#include <stdint.h>
#include <time.h>

struct paper;
struct told;

/* Numbers and times go down, texts up; @column as sort= has its words. */
void statuslist_sort(struct told *told, unsigned column);

void statuslist_table(struct paper *paper, const struct told *told, time_t now);

/*
 * First an object of the daemon's own counts, then one for each sender, with
 * what it has.
 */
void statuslist_objects(struct paper *paper, const struct told *told);

/* Writes the local time of @ms, "2026-11-22 01:14:00"; of 0, "-". */
#define STATUSLIST_TIME_MAX 40
void statuslist_time(char text[STATUSLIST_TIME_MAX], uint64_t ms);

/* Writes "120 senders, 34.5 lines/s, ...", of all. */
#define STATUSLIST_SUM_MAX 400
void statuslist_sum(char text[STATUSLIST_SUM_MAX], const struct told *told);

#endif
