/*
 * report - what the daemon says of its own work: losses, counts, how it is.
 *
 * L3.  On stderr through diag, and to a service manager through notify.
 * Monotonic milliseconds.
 */
#ifndef UDPLOGGER_REPORT_H
#define UDPLOGGER_REPORT_H

#include <stdint.h>

#include "diag.h"
#include "notify.h"

struct intake;
struct retain;

/* How often a service manager is told, while there is something new. */
#define REPORT_STATUS_MS 10000

struct report {
	/* None is owned. */
	struct diag *diag;
	const struct intake *intake; /* and its collector, writer, files */
	const struct retain *retain;
	struct notify notify; /* set up by notify_open() */

	/* Zero at first. */
	uint64_t begun_ms;
	struct diag_loss drops; /* datagrams that the kernel dropped */
	uint64_t drops_known; /* total of @drops when it was last looked at */
	struct diag_loss messages; /* of senders, lost on the network */
	uint64_t messages_known; /* total of @messages likewise */
	uint64_t status_ms; /* when the status was told */
	uint64_t status_lines; /* and the lines that there were by then */
	bool status_moved; /* it told of lines or a fault, which may end */
};

/* Of a zeroed @report; those named outlive it. */
void report_init(struct report *report, struct diag *diag,
		 const struct intake *intake, const struct retain *retain);

/* It listens: the service manager is told, and time counts from here. */
void report_begin(struct report *report, uint64_t now_ms);

/* Says on stderr what the log has of losses. */
void report_losses(struct report *report, uint64_t now_ms);

/* Says the counts that USR1 asks for. */
void report_counts(const struct report *report);

/* Tells the service manager how it is, if it is time. */
void report_tick(struct report *report, uint64_t now_ms);

/* When to call report_losses() and report_tick(); DEADLINE_NEVER. */
uint64_t report_deadline(const struct report *report);

/* The end: says what was kept back of losses. */
void report_losses_end(struct report *report, uint64_t now_ms);

/* The last line: how long it ran, and what it did. */
void report_end(const struct report *report, uint64_t now_ms);

#endif
