/* assembler - lines of text out of senders' bytes; see assembler.h. */
#include "assembler.h"

#include <string.h>

#include "ansi.h"
#include "carve.h"
#include "datagram.h"
#include "decimal.h"
#include "escape.h"
#include "linebuf.h"
#include "limit.h"
#include "lineend.h"
#include "record.h"
#include "settings.h"
#include "source.h"
#include "watch.h"

#define EMPTY_LINES " empty lines"

size_t assembler_bytes(const struct settings *settings)
{
	return carve_bytes(ilist_bytes((uint32_t)settings->clients)) +
	       carve_bytes(settings->held_bytes) +
	       carve_bytes(settings->wbuf_bytes);
}

void assembler_init(struct assembler *a, const struct settings *settings,
		    struct source_table *sources, struct limit *limit,
		    void *memory)
{
	char *at = memory;

	*a = (struct assembler){
		.settings = settings,
		.sources = sources,
		.limit = limit,
		.credit = ASSEMBLER_CREDIT,
	};
	ilist_init(&a->unfinished,
		   carve(&at, ilist_bytes((uint32_t)settings->clients)));
	pool_init(&a->held, carve(&at, settings->held_bytes),
		  settings->held_bytes, LINEBUF_BLOCK_BYTES);
	a->line = carve(&at, settings->wbuf_bytes);
}

/* Apart, as it is seldom called. */
static __attribute__((noinline)) bool put_watched(struct limit *limit,
						  struct record *record,
						  bool cut,
						  const struct timespec *time)
{
	return watch_line(limit->incidents, record, cut, time) &&
	       limit_put(limit, record, time);
}

static bool finish_line(struct assembler *a, const struct source *source,
			const struct timespec *time, const unsigned char *text,
			size_t len)
{
	struct record *record = &a->record;

	if (a->settings->hides_ansi) {
		len = ansi_hide(a->line, text, len);
		text = a->line;
	}
	record->text = text;
	record->text_len = len;
	source_sign(a->sources, source, record);
	if (a->limit->incidents && !watch_passes(source, text, len))
		return put_watched(a->limit, record, source->cut, time);
	return limit_put_calm(a->limit, record, time);
}

static size_t held_length(const struct assembler *a, const struct source *s)
{
	if (s->line == LINEBUF_EMPTY)
		return 0;
	return linebuf_length(s->line, &a->held);
}

static void let_go(struct assembler *a, struct source *source)
{
	if (source->line == LINEBUF_EMPTY)
		return;
	linebuf_clear(&source->line, &a->held);
	ilist_remove(&a->unfinished, source_number(a->sources, source));
}

static bool are_crs(const unsigned char *text, size_t len)
{
	while (len > 0 && text[len - 1] == '\r')
		len--;
	return len == 0;
}

bool assembler_write(struct assembler *a, struct source *source)
{
	size_t len = held_length(a, source);
	const struct timespec *time;
	bool after_cr;

	if (len == 0)
		return true;
	time = &linebuf_begin(source->line, &a->held)->arrival;
	linebuf_copy(source->line, &a->held, a->line);
	after_cr = a->line[len - 1] == '\r';
	if (!(source->cut && !a->settings->raw && are_crs(a->line, len)) &&
	    !finish_line(a, source, time, a->line, len))
		return false;
	let_go(a, source);
	source->cut = false;
	source->after_cr = after_cr;
	return true;
}

static struct source *oldest_unfinished(const struct assembler *a)
{
	if (a->unfinished.first == ILIST_NONE)
		return NULL;
	return &a->sources->entries[a->unfinished.first];
}

/*
 * Writes a line whose LF has come: its held bytes, and @len bytes at @text.
 *
 * Serial consoles end lines in CR LF, and in CR CR LF where the tty added a CR
 * (tests/data has both); these CRs say nothing.  A cut line that goes on with
 * CRs alone has no next line.
 */
static bool write_whole(struct assembler *a, struct source *source,
			const struct datagram *d, const unsigned char *text,
			size_t len)
{
	const struct timespec *time = &d->arrival;

	if (source->line != LINEBUF_EMPTY) {
		size_t held = held_length(a, source);

		time = &linebuf_begin(source->line, &a->held)->arrival;
		linebuf_copy(source->line, &a->held, a->line);
		memcpy(a->line + held, text, len);
		text = a->line;
		len += held;
	}
	while (!a->settings->raw && len > 0 && text[len - 1] == '\r')
		len--;
	if (!(source->cut && len == 0) &&
	    !finish_line(a, source, time, text, len))
		return false;
	let_go(a, source);
	source->cut = false;
	return true;
}

static void start_line(struct assembler *a, struct source *source,
		       const struct datagram *d, uint64_t now_ms)
{
	const struct linebuf_begin begin = { d->arrival, now_ms };

	linebuf_start(&source->line, &a->held, &begin);
	ilist_append(&a->unfinished, source_number(a->sources, source));
}

/*
 * Writes the first piece of a line longer than wbuf=.  A character that the cut
 * would split goes whole into the next piece.
 */
static bool write_piece(struct assembler *a, struct source *source,
			const struct datagram *d, uint64_t now_ms)
{
	size_t len = held_length(a, source);
	const struct timespec *time =
		&linebuf_begin(source->line, &a->held)->arrival;
	size_t kept = 0;

	linebuf_copy(source->line, &a->held, a->line);
	if (!a->settings->raw)
		kept = escape_cut_character(a->line, len);
	if (kept == 0 && a->settings->hides_ansi)
		kept = ansi_cut(a->line, len);
	if (!finish_line(a, source, time, a->line, len - kept))
		return false;
	let_go(a, source);
	source->cut = true;
	if (kept > 0) {
		start_line(a, source, d, now_ms);
		linebuf_add(source->line, &a->held, a->line + len - kept, kept);
	}
	return true;
}

/*
 * Holds @len bytes of an unfinished line, or as many as wbuf= and the memory
 * allow, for which other lines are written early.  False when the queues are
 * full; *@taken is how many bytes were taken in.
 */
static bool hold_bytes(struct assembler *a, struct source *source,
		       const struct datagram *d, size_t len, size_t *taken,
		       uint64_t now_ms)
{
	const unsigned char *bytes = d->bytes + *taken;
	size_t room = a->settings->wbuf_bytes - held_length(a, source);

	if (room == 0)
		return write_piece(a, source, d, now_ms);
	if (len > room)
		len = room;
	if (source->line == LINEBUF_EMPTY && pool_available(&a->held) > 0)
		start_line(a, source, d, now_ms);
	if (source->line != LINEBUF_EMPTY)
		room = linebuf_add(source->line, &a->held, bytes, len);
	else
		room = 0;
	*taken += room;
	if (room == 0)
		return assembler_write(a, oldest_unfinished(a));
	return true;
}

/* Writes in one line how many empty lines there are. */
static bool write_empty_lines(struct assembler *a, const struct source *source,
			      const struct datagram *d, size_t lines)
{
	char text[DECIMAL_MAX + sizeof(EMPTY_LINES)];
	char *end = decimal_write(text, lines, 1);
	struct record record = {
		.notice = "empty-lines",
		.lines = lines,
		.text = (const unsigned char *)text,
	};

	end = (char *)memcpy(end, EMPTY_LINES, sizeof(EMPTY_LINES) - 1) +
	      sizeof(EMPTY_LINES) - 1;
	record.text_len = (size_t)(end - text);
	source_sign(a->sources, source, &record);
	return watch_line(a->limit->incidents, &record, true, &d->arrival) &&
	       limit_put(a->limit, &record, &d->arrival);
}

/* Whether the present datagram may become one more line of its own. */
static bool may_have_line(const struct assembler *a)
{
	return a->lines_left > 0 || a->credit > 0;
}

static void count_line(struct assembler *a)
{
	if (a->lines_left > 0)
		a->lines_left--;
	else if (a->credit > 0)
		a->credit--;
}

static void top_up_credit(struct assembler *a, uint64_t now_ms)
{
	uint64_t more = (now_ms - a->credit_ms) * ASSEMBLER_CREDIT_MS;
	uint32_t used = ASSEMBLER_CREDIT - a->credit;

	a->credit += more < used ? (uint32_t)more : used;
	a->credit_ms = now_ms;
}

/* NULs before the end of a datagram end a string, and are no text. */
static size_t without_nuls(const unsigned char *text, size_t len)
{
	while (len > 0 && text[len - 1] == '\0')
		len--;
	return len;
}

/* Takes in the next line of @d, or a part of it, from *@offset on. */
static bool take_line(struct assembler *a, struct source *source,
		      const struct datagram *d, size_t *offset, uint64_t now_ms)
{
	const unsigned char *text = d->bytes + *offset;
	size_t left = d->len - *offset;
	size_t len = may_have_line(a)
			     ? lineend_first(a->settings->line, text, left)
			     : lineend_last(a->settings->line, text, left);
	bool ends = len < left;
	size_t shown = len;

	if ((!ends && a->settings->line != SETTINGS_LINE_DATAGRAM) ||
	    held_length(a, source) + len > a->settings->wbuf_bytes)
		return hold_bytes(a, source, d, len, offset, now_ms);
	if (!ends && !a->settings->raw)
		shown = without_nuls(text, len);
	if (!write_whole(a, source, d, text, shown))
		return false;
	count_line(a);
	source->after_cr = ends && text[len] == '\r';
	*offset += len + ends;
	return true;
}

/* Where a line begins, passes over the rest of the line end before it. */
static void pass_line_end(struct source *source, const struct datagram *d,
			  size_t *offset)
{
	*offset += lineend_rest(d->bytes + *offset, d->len - *offset,
				&source->after_cr);
}

/*
 * How many empty lines to write as one line, *@bytes long; 0: none.  Lines of a
 * run are counted once, not at each of them.
 */
static size_t empty_lines(struct assembler *a, const struct datagram *d,
			  size_t offset, size_t *bytes)
{
	size_t lines;

	if (offset < a->counted)
		return 0;
	lines = lineend_count_empty(d->bytes + offset, d->len - offset,
				    !a->settings->raw, bytes);
	if (lines > RECORD_EMPTY_MOST && may_have_line(a))
		return lines;
	a->counted = offset + *bytes;
	return 0;
}

/*
 * Where a line begins with CR or LF, takes in what is left of the line end
 * before it, and empty lines if they are many.
 */
static bool take_line_ends(struct assembler *a, struct source *source,
			   const struct datagram *d, size_t *offset)
{
	size_t bytes, lines;

	if (!a->settings->raw)
		pass_line_end(source, d, offset);
	lines = empty_lines(a, d, *offset, &bytes);
	if (lines == 0)
		return true;
	if (!write_empty_lines(a, source, d, lines))
		return false;
	count_line(a);
	*offset += bytes;
	return true;
}

bool assembler_put(struct assembler *a, struct source *source,
		   const struct datagram *d, size_t *offset, uint64_t now_ms)
{
	if (*offset == 0) {
		a->lines_left = record_lines_most(d->len);
		a->counted = 0;
		if (now_ms != a->credit_ms)
			top_up_credit(a, now_ms);
		if (source->line == LINEBUF_EMPTY && *d->bytes != '[')
			source->plain = true;
	}
	while (*offset < d->len) {
		size_t before = *offset;

		if (d->bytes[before] <= '\r' && source->line == LINEBUF_EMPTY &&
		    !source->cut && !take_line_ends(a, source, d, offset))
			return false;
		if (*offset == before &&
		    !take_line(a, source, d, offset, now_ms))
			return false;
	}
	return true;
}

uint64_t assembler_deadline(const struct assembler *a)
{
	const struct source *source = oldest_unfinished(a);

	if (!source)
		return DEADLINE_NEVER;
	return linebuf_begin(source->line, &a->held)->since_ms +
	       a->settings->timeout_ms;
}

bool assembler_expire(struct assembler *a, uint64_t now_ms)
{
	while (assembler_deadline(a) <= now_ms)
		if (!assembler_write(a, oldest_unfinished(a)))
			return false;
	return true;
}

bool assembler_flush(struct assembler *a)
{
	struct source *source;

	while ((source = oldest_unfinished(a)))
		if (!assembler_write(a, source))
			return false;
	return true;
}

uint32_t assembler_unfinished(const struct assembler *a)
{
	return ilist_count(&a->unfinished);
}
