/* live - --status and --heard; see live.h. */
#include "live.h"

#include <inttypes.h>
#include <string.h>

#include "decimal.h"
#include "diag.h"
#include "escape.h"
#include "page.h"
#include "paper.h"
#include "statuslist.h"
#include "told.h"
#include "whom.h"

static void warn_old(const struct told *told, const struct question *q,
		     struct diag *diag)
{
	diag_warn(diag,
		  "run=: what is there is %" PRId64 " s old; udplogger does "
		  "not run, or can't write it",
		  (int64_t)(q->now - told->written));
}

static int show_status(const struct question *q, struct told *told,
		       struct diag *diag)
{
	struct paper paper;
	bool written;

	statuslist_sort(told, q->sort);
	paper_begin(&paper);
	if (q->format == QUESTION_HTML)
		page_write(&paper, told, q->now);
	else if (q->format == QUESTION_JSON)
		statuslist_objects(&paper, told);
	else
		statuslist_table(&paper, told, q->now);
	written = paper_flush(&paper);
	paper_say_failure(&paper, diag);
	paper_end(&paper);
	if (told->is_old)
		warn_old(told, q, diag);
	if (!written)
		return LIVE_NO;
	return told->is_old ? LIVE_UNKNOWN : LIVE_YES;
}

static bool is_meant(const struct whom *whom, const struct told_sender *sender)
{
	const char *const *fields = sender->fields;
	uint64_t port = WHOM_NO_PORT;
	struct whom_seen seen = {
		.host = told_has(sender, TOLD_NAME) ? fields[TOLD_NAME] : NULL,
		.address = fields[TOLD_ADDRESS],
		.address_len = strlen(fields[TOLD_ADDRESS]),
	};

	seen.host_len = seen.host ? strlen(seen.host) : 0;
	if (decimal_parse(fields[TOLD_PORT], UINT16_MAX, &port))
		seen.port = (uint32_t)port;
	else
		seen.port = WHOM_NO_PORT;
	return whom_is(whom, &seen);
}

/* When the latest of those that are meant was heard, in ms; 0: none was. */
static uint64_t last_heard_ms(const struct told *told, const char *host)
{
	const struct hosts none = { .count = 0 };
	uint64_t latest = 0;
	struct whom whom;
	size_t i;

	whom_init(&whom, host, &none);
	for (i = 0; i < told->count; i++) {
		const struct told_sender *sender = &told->senders[i];
		uint64_t ms = told_thousandths(sender->fields[TOLD_HEARD]);

		if (ms > latest && is_meant(&whom, sender))
			latest = ms;
	}
	return latest;
}

static int tell_heard(const struct question *q, const struct told *told,
		      struct diag *diag)
{
	char shown[ESCAPE_SHOWN_MAX];
	uint64_t heard = last_heard_ms(told, q->host) / 1000;
	uint64_t now = (uint64_t)q->now;

	if (told->is_old) {
		warn_old(told, q, diag);
		return LIVE_UNKNOWN;
	}
	if (heard > 0 && (heard >= now || now - heard <= q->since_seconds))
		return LIVE_YES;
	escape_shown(shown, q->host);
	if (heard == 0)
		diag_say(diag, "%s was not heard", shown);
	else
		diag_say(diag, "%s was not heard for %" PRIu64 " s", shown,
			 now - heard);
	return LIVE_NO;
}

int live_answer(const struct question *q, struct diag *diag)
{
	char error[ERROR_MAX];
	struct told told;
	int status = LIVE_UNKNOWN;

	if (told_read(&told, q->options.settings.run, q->now, error))
		diag_error(diag, "%s", error);
	else if (q->mode == QUESTION_HEARD)
		status = tell_heard(q, &told, diag);
	else
		status = show_status(q, &told, diag);
	told_forget(&told);
	return status;
}
