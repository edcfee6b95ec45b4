/* extwrite - a record of extended netconsole for the log; see extwrite.h. */
#include "extwrite.h"

#include <string.h>

#include "carve.h"
#include "decimal.h"
#include "exttext.h"
#include "limit.h"
#include "loss.h"
#include "record.h"
#include "settings.h"
#include "source.h"
#include "watch.h"

#define KERNEL_PRIOS 8 /* those of facility 0 are below */

size_t extwrite_bytes(uint32_t sources)
{
	return carve_bytes(joined_bytes(sources)) + carve_bytes(JOINED_MAX) +
	       carve_bytes(EXTWRITE_LINE_MAX) +
	       carve_bytes(EXTBODY_LIST_MAX(FRAGMENTS_WHOLE_MAX)) +
	       carve_bytes(RECORD_PAIRS * sizeof(struct extbody_pair));
}

void extwrite_init(struct extwrite *w, const struct settings *settings,
		   const struct source_table *sources, struct limit *limit,
		   void *memory)
{
	uint32_t clients = (uint32_t)settings->clients;
	char *at = memory;

	*w = (struct extwrite){
		.settings = settings,
		.sources = sources,
		.limit = limit,
	};
	w->line = carve(&at, EXTWRITE_LINE_MAX);
	w->record = (struct record){ .text = w->line, .as_text = true };
	w->listed = carve(&at, EXTBODY_LIST_MAX(FRAGMENTS_WHOLE_MAX));
	w->pairs = carve(&at, RECORD_PAIRS * sizeof(*w->pairs));
	w->joined_bytes = carve(&at, JOINED_MAX);
	joined_init(&w->joined, clients, carve(&at, joined_bytes(clients)));
}

static bool put_record(struct extwrite *w, const struct extwrite_record *r,
		       struct record *record)
{
	source_sign(w->sources, &w->sources->entries[r->source], record);
	return limit_put(w->limit, record, &r->arrival);
}

/* Writes in one line how many empty lines there are. */
static bool put_empty_lines(struct extwrite *w, const struct extwrite_record *r,
			    size_t lines)
{
	char text[64];
	struct record record = {
		.notice = "empty-lines",
		.lines = lines,
		.as_text = true,
		.text = (const unsigned char *)text,
	};

	strcpy(decimal_write(text, lines, 1), " empty lines");
	record.text_len = strlen(text);
	return put_record(w, r, &record);
}

static bool put_line(struct extwrite *w, const struct extwrite_record *r,
		     bool rest, size_t *at)
{
	size_t next = *at;

	w->record.text_len = extbody_show(r->header, &r->body, w->level, rest,
					  &next, w->line);
	if (!put_record(w, r, &w->record))
		return false;
	*at = next;
	return true;
}

/*
 * How many empty lines to write as one line; *@end is the place behind them.
 * The last line of a record that has pairs is not empty.  Up to *@counted, 0 at
 * first, there are too few in a row: a run of these is counted once.
 */
static size_t empty_run(const struct extbody *body, size_t at, size_t *counted,
			size_t *end)
{
	size_t lines;

	if (at < *counted || exttext_begins_full(body->text, at))
		return 0;
	lines = exttext_empty_lines(body->text, body->pairs.len == 0, at, end);
	if (lines > RECORD_EMPTY_MOST)
		return lines;
	*counted = *end;
	return 0;
}

/* How many lines of the log were written of a record, up to @end. */
static size_t count_lines(const struct extbody *body, size_t end)
{
	size_t at = 0, counted = 0, lines, behind;

	for (lines = 0; at < end; lines++) {
		if (empty_run(body, at, &counted, &behind) > 0)
			at = behind;
		else
			exttext_skip(body->text, &at);
	}
	return lines;
}

static bool put_lines(struct extwrite *w, const struct extwrite_record *r,
		      size_t *at)
{
	size_t most = record_lines_most(r->body.text.len);
	size_t lines = count_lines(&r->body, *at);
	size_t counted = 0, empty, end;

	for (; *at <= r->body.text.len; lines++) {
		empty = lines < most ? empty_run(&r->body, *at, &counted, &end)
				     : 0;
		if (empty > 0) {
			if (!put_empty_lines(w, r, empty))
				return false;
			*at = end;
		} else if (!put_line(w, r, lines >= most, at)) {
			return false;
		}
	}
	return true;
}

/* Decodes all the lines, with LFs between them. */
static size_t join_lines(const struct extwrite_record *r, unsigned char *out)
{
	size_t at = 0;
	size_t len = 0;

	while (at <= r->body.text.len) {
		if (at > 0)
			out[len++] = '\n';
		len += extbody_line(&r->body, false, &at, out + len);
	}
	return len;
}

/* When the sender of @r booted, as it is shown until the next call. */
static const char *show_boot(struct extwrite *w,
			     const struct extwrite_record *r)
{
	if (w->boot_us != r->boot_us)
		stamp_write_utc(w->boot, r->boot_us);
	w->boot_us = r->boot_us;
	return w->boot;
}

static bool put_object(struct extwrite *w, const struct extwrite_record *r,
		       size_t *at)
{
	struct record_extended extended = {
		.boot = show_boot(w, r),
		.header = r->header,
		.pairs = w->pairs,
		.pairs_len = r->body.pairs.len,
		.secret = w->sources->hash_keys[0],
		.missing = r->missing,
	};
	struct record record = { .text = w->line, .extended = &extended };

	if (*at > r->body.text.len)
		return true;
	record.text_len = join_lines(r, w->line);
	extended.pair_count = extbody_list(
		&r->body, w->listed, w->pairs,
		record_pairs_most(extended.pairs_len), &extended.rest);
	if (!put_record(w, r, &record))
		return false;
	*at = r->body.text.len + 1;
	return true;
}

/* Looks at the first line of @r for what it announces. */
static bool watch_first_line(struct incidents *incidents, struct extwrite *w,
			     const struct extwrite_record *r)
{
	size_t at = 0, len;

	len = extbody_line(&r->body, false, &at, w->line);
	return watch_message(incidents, r->source, w->line, len, &r->arrival);
}

/*
 * What users write, of any other facility, is not the kernel's own voice.
 * Apart, as it is seldom called.
 */
static __attribute__((noinline)) bool
watch_closely(struct incidents *incidents, struct extwrite *w,
	      const struct extwrite_record *r)
{
	if (r->header->prio >= KERNEL_PRIOS)
		return watch_rest(incidents, r->source, &r->arrival);
	return watch_first_line(incidents, w, r);
}

static bool watch_record(struct extwrite *w, const struct extwrite_record *r)
{
	struct incidents *incidents = w->limit->incidents;

	return !incidents ||
	       watch_passes_message(incidents, r->source, r->body.text.at,
				    r->body.text.len) ||
	       watch_closely(incidents, w, r);
}

/* A record ends in the form in which it began, whatever HUP has changed. */
static bool write_record(struct extwrite *w, const struct extwrite_record *r,
			 size_t *at)
{
	if (*at == 0 && !watch_record(w, r))
		return false;
	if (*at == 0)
		w->level = w->settings->level;
	if (w->settings->json && *at == 0)
		return put_object(w, r, at);
	return put_lines(w, r, at);
}

/* Writes @line, which @source has, and drops it. */
static bool write_joined(struct extwrite *w, uint32_t source,
			 const struct joined_line *line)
{
	struct extwrite_record r = { .source = source };
	struct joined_piece whole;
	size_t at = line->done;

	joined_read(&w->joined, line, w->joined_bytes, &whole);
	r.arrival = whole.arrival;
	r.header = whole.header;
	r.missing = whole.missing;
	r.boot_us = whole.boot_us;
	r.body = (struct extbody){ whole.text, whole.pairs,
				   w->settings->hides_ansi };
	if (!write_record(w, &r, &at)) {
		joined_note_done(&w->joined, source, at);
		return false;
	}
	joined_drop(&w->joined, source);
	return true;
}

bool extwrite_end_line(struct extwrite *w, uint32_t source)
{
	const struct joined_line *line = joined_at(&w->joined, source);

	return !line || write_joined(w, source, line);
}

/* Holds @r, a piece; where memory is used up, other lines end early. */
static bool hold_piece(struct extwrite *w, const struct extwrite_record *r)
{
	const struct joined_piece piece = { r->header,	  r->arrival,
					    r->body.text, r->body.pairs,
					    r->missing,	  r->boot_us };

	do {
		if (!joined_goes_on(&w->joined, r->source, &piece) &&
		    !extwrite_end_line(w, r->source))
			return false;
		if (joined_put(&w->joined, r->source, &piece, w->now_ms))
			return true;
	} while (extwrite_end_line(w, joined_victim(&w->joined)));
	return false;
}

bool extwrite_record(struct extwrite *w, const struct extwrite_record *r,
		     size_t *at)
{
	size_t len = r->body.text.len + r->body.pairs.len;

	if (*at > 0 || !joined_is_piece(r->header, len))
		return extwrite_end_line(w, r->source) &&
		       write_record(w, r, at);
	if (!hold_piece(w, r))
		return false;
	*at = r->body.text.len + 1;
	return true;
}

bool extwrite_expire(struct extwrite *w)
{
	uint32_t source;

	while ((source = joined_due(&w->joined, w->settings->timeout_ms,
				    w->now_ms)) != JOINED_NONE)
		if (!extwrite_end_line(w, source))
			return false;
	return true;
}

bool extwrite_flush(struct extwrite *w)
{
	uint32_t source;

	while ((source = joined_victim(&w->joined)) != JOINED_NONE)
		if (!extwrite_end_line(w, source))
			return false;
	return true;
}

uint64_t extwrite_deadline(const struct extwrite *w)
{
	return joined_deadline(&w->joined, w->settings->timeout_ms);
}

static bool write_notice(struct extwrite *w, const struct extwrite_record *r,
			 const char *notice, uint64_t lost, const char *text,
			 struct record_told *told)
{
	struct record record = {
		.notice = notice,
		.lost = lost,
		.text = (const unsigned char *)text,
		.text_len = strlen(text),
		.told = told,
	};

	if (!extwrite_end_line(w, r->source))
		return false;
	told->boot = show_boot(w, r);
	return put_record(w, r, &record);
}

bool extwrite_booted(struct extwrite *w, const struct extwrite_record *r)
{
	struct incidents *incidents = w->limit->incidents;
	struct record_told told = { .boot = NULL };

	return extwrite_end_line(w, r->source) &&
	       (!incidents ||
		watch_booted(incidents, r->source, r->header->release.at,
			     r->header->release.len, &r->arrival)) &&
	       write_notice(w, r, "booted", 0, "sender booted", &told);
}

/* Writes "@what@first..@last)". */
static void show_msgids(char *to, const char *what, uint32_t first,
			uint32_t last)
{
	to = decimal_after(to, what, first);
	to = decimal_after(to, "..", last);
	strcpy(to, ")");
}

bool extwrite_lost(struct extwrite *w, const struct extwrite_record *r,
		   const struct loss_notice *notice, uint64_t after)
{
	struct record_told told = {
		.has_msgids = true,
		.first = notice->first,
		.last = notice->last,
		.is_gap = true,
		.between = { after, r->header->sequnum },
	};
	char text[96];

	show_msgids(decimal_write(text, notice->lost, 1),
		    " messages lost (msgid ", told.first, told.last);
	if (!write_notice(w, r, "messages-lost", notice->lost, text, &told))
		return false;
	if (w->limit->incidents)
		watch_lost(w->limit->incidents, r->source, notice->lost);
	return true;
}

bool extwrite_late(struct extwrite *w, const struct extwrite_record *r,
		   const uint32_t *msgid)
{
	struct record_told told = { .has_come = true,
				    .came = r->header->sequnum };
	char text[96] = "1 messages late, not lost (msgid unknown)";

	if (msgid) {
		told.has_msgids = true;
		told.first = told.last = *msgid;
		show_msgids(text, "1 messages late, not lost (msgid ", *msgid,
			    *msgid);
	}
	return write_notice(w, r, "message-late", 0, text, &told);
}
