/* report - what the daemon says of its own work; see report.h. */
#include "report.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <time.h>

#include "deadline.h"
#include "errortext.h"
#include "intake.h"
#include "retain.h"
#include "sys.h"
#include "writer.h"

#define DROPS	 "datagrams lost"
#define MESSAGES "messages lost on the network"
#define MIB	 1048576U

static const struct collector *collector_of(const struct report *r)
{
	return r->intake->collector;
}

static uint64_t messages_lost(const struct report *r)
{
	return collector_of(r)->extended.pass.counts.lost;
}

void report_init(struct report *r, struct diag *diag,
		 const struct intake *intake, const struct retain *retain)
{
	r->diag = diag;
	r->intake = intake;
	r->retain = retain;
}

void report_begin(struct report *r, uint64_t now_ms)
{
	r->begun_ms = now_ms;
	r->status_ms = now_ms;
	notify_ready(&r->notify, now_ms);
}

void report_losses(struct report *r, uint64_t now_ms)
{
	const char *cause;
	uint64_t drops = intake_logged(r->intake, &cause);
	uint64_t lost = messages_lost(r);

	if (drops == r->drops_known && lost == r->messages_known &&
	    r->drops.count == 0 && r->messages.count == 0)
		return;
	if (drops > r->drops_known)
		diag_lost(r->diag, &r->drops, now_ms, drops - r->drops_known,
			  DROPS, cause);
	r->drops_known = drops;
	/* Fewer than before: some came late. */
	if (lost > r->messages_known)
		diag_lost(r->diag, &r->messages, now_ms,
			  lost - r->messages_known, MESSAGES, NULL);
	r->messages_known = lost;
	diag_loss_check(r->diag, &r->drops, now_ms, DROPS);
	diag_loss_check(r->diag, &r->messages, now_ms, MESSAGES);
}

void report_losses_end(struct report *r, uint64_t now_ms)
{
	report_losses(r, now_ms);
	diag_loss_end(r->diag, &r->drops, DROPS);
	diag_loss_end(r->diag, &r->messages, MESSAGES);
}

void report_counts(const struct report *r)
{
	const struct collector *c = collector_of(r);
	const struct extpass_counts *records = &c->extended.pass.counts;

	diag_say(r->diag,
		 "counts: datagrams %" PRIu64 " bytes %" PRIu64
		 " lines %" PRIu64 " sources %" PRIu32 " lost %" PRIu64
		 " waiting %zu messages-lost %" PRIu64 " gaps %" PRIu64
		 " doubles %" PRIu64 " removed %" PRIu64 " left-out %" PRIu64,
		 c->counts.datagrams, c->counts.bytes, c->output.lines,
		 c->sources.count, intake_lost(r->intake),
		 filetable_waiting(c->output.files), records->lost,
		 records->gaps, c->extended.doubles, r->retain->removed,
		 c->limit.total);
}

static uint64_t lost(const struct report *r)
{
	return intake_lost(r->intake) + messages_lost(r);
}

/* Writes "disk full since 03:14, 40 MiB wait". */
static void write_fault(const struct report *r, uint64_t now_ms,
			char text[NOTIFY_TEXT_MAX])
{
	const struct retrywrite_disk *disk = &r->intake->writer->agenda.disk;
	size_t waits = filetable_waiting(collector_of(r)->output.files);
	struct timespec now = { 0, 0 };
	time_t since;
	struct tm tm = { 0 };

	r->notify.sys->clock_gettime(CLOCK_REALTIME, &now);
	since = (time_t)(((int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000 -
			  (int64_t)(now_ms - disk->fault.since_ms)) /
			 1000);
	localtime_r(&since, &tm);
	snprintf(text, NOTIFY_TEXT_MAX, "%s since %02d:%02d, %zu %s wait",
		 disk->error == ENOSPC ? "disk full" : errortext(disk->error),
		 tm.tm_hour, tm.tm_min, waits / (waits < MIB ? 1024 : MIB),
		 waits < MIB ? "KiB" : "MiB");
}

/* Writes "12 senders, 340 lines/s, 0 lost". */
static void write_work(const struct report *r, uint64_t now_ms,
		       char text[NOTIFY_TEXT_MAX])
{
	const struct collector *c = collector_of(r);
	uint64_t lines = c->output.lines - r->status_lines;
	uint64_t ms = now_ms - r->status_ms;

	snprintf(text, NOTIFY_TEXT_MAX,
		 "%" PRIu32 " senders, %" PRIu64 " lines/s, %" PRIu64 " lost",
		 c->sources.count, ms > 0 ? lines * 1000 / ms : 0, lost(r));
}

static bool is_disk_failing(const struct report *r)
{
	return r->intake->writer->agenda.disk.failing;
}

static bool has_news(const struct report *r)
{
	return r->status_moved || is_disk_failing(r) ||
	       collector_of(r)->output.lines != r->status_lines;
}

static uint64_t status_deadline(const struct report *r)
{
	return r->notify.wanted && has_news(r) ? r->status_ms + REPORT_STATUS_MS
					       : DEADLINE_NEVER;
}

void report_tick(struct report *r, uint64_t now_ms)
{
	char text[NOTIFY_TEXT_MAX];

	notify_tick(&r->notify, now_ms);
	if (now_ms < status_deadline(r))
		return;
	r->status_moved = is_disk_failing(r) ||
			  collector_of(r)->output.lines != r->status_lines;
	if (is_disk_failing(r))
		write_fault(r, now_ms, text);
	else
		write_work(r, now_ms, text);
	notify_status(&r->notify, text);
	r->status_ms = now_ms;
	r->status_lines = collector_of(r)->output.lines;
}

uint64_t report_deadline(const struct report *r)
{
	uint64_t due = deadline_earlier(diag_loss_due(&r->drops),
					diag_loss_due(&r->messages));

	return deadline_earlier(due,
				deadline_earlier(status_deadline(r),
						 notify_deadline(&r->notify)));
}

/* Writes "3 days 04:05:06", or "04:05:06". */
static void write_duration(char text[48], uint64_t ms)
{
	uint64_t days = ms / 86400000;
	unsigned seconds = (unsigned)(ms / 1000 % 86400);
	int len = 0;

	if (days > 0)
		len = snprintf(text, 48, "%" PRIu64 " day%s ", days,
			       days == 1 ? "" : "s");
	snprintf(text + len, 48 - (size_t)len, "%02u:%02u:%02u", seconds / 3600,
		 seconds / 60 % 60, seconds % 60);
}

void report_end(const struct report *r, uint64_t now_ms)
{
	const struct collector *c = collector_of(r);
	char ran[48];

	write_duration(ran, now_ms - r->begun_ms);
	diag_say(r->diag,
		 "ran %s: %" PRIu64 " lines of %" PRIu64 " senders, %" PRIu64
		 " datagrams and %" PRIu64 " messages lost",
		 ran, c->output.lines, c->sources.count + c->counts.evictions,
		 intake_lost(r->intake), messages_lost(r));
}
