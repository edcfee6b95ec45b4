/* collector - datagrams in, finished lines out; see collector.h. */
#include "collector.h"

#include <string.h>

#include "carve.h"
#include "datagram.h"
#include "linebuf.h"
#include "record.h"
#include "settings.h"

/* The longest text of a line, or of an extended message. */
static size_t text_bytes(const struct settings *settings)
{
	size_t len = settings->wbuf_bytes;

	if (settings_reads_extended(settings) && len < EXTWRITE_LINE_MAX)
		len = EXTWRITE_LINE_MAX;
	return output_bytes(settings, len);
}

size_t collector_bytes(const struct settings *settings)
{
	uint32_t clients = (uint32_t)settings->clients;
	size_t extended = 0;

	if (settings_reads_extended(settings))
		extended = extended_bytes(clients);
	return extended + carve_bytes(source_table_bytes(clients)) +
	       carve_bytes(ilist_bytes(clients)) +
	       carve_bytes(settings->held_bytes) +
	       carve_bytes(settings->wbuf_bytes) +
	       carve_bytes(text_bytes(settings));
}

static bool finish_line(struct collector *c, const struct source *source,
			const struct timespec *time, const unsigned char *text,
			size_t len)
{
	struct record record = { .text = text, .text_len = len };

	source_sign(&c->sources, source, &record);
	return output_put(&c->output, &record, time);
}

void collector_init(struct collector *c, const struct settings *settings,
		    const uint64_t hash_keys[SRCADDR_HASH_KEYS], void *memory,
		    struct spool *spool, struct outq *tee)
{
	uint32_t clients = (uint32_t)settings->clients;
	char *at = memory;

	*c = (struct collector){
		.settings = settings,
	};
	source_table_init(&c->sources, clients, hash_keys,
			  carve(&at, source_table_bytes(clients)));
	ilist_init(&c->unfinished, carve(&at, ilist_bytes(clients)));
	pool_init(&c->held, carve(&at, settings->held_bytes),
		  settings->held_bytes, LINEBUF_BLOCK_BYTES);
	c->line = carve(&at, settings->wbuf_bytes);
	output_init(&c->output, settings, spool, tee,
		    carve(&at, text_bytes(settings)));
	if (settings_reads_extended(settings))
		extended_init(&c->extended, settings, &c->sources, &c->output,
			      at);
}

static size_t held_length(const struct collector *c, const struct source *s)
{
	if (s->line == LINEBUF_EMPTY)
		return 0;
	return linebuf_length(s->line, &c->held);
}

static void let_go(struct collector *c, struct source *source)
{
	if (source->line == LINEBUF_EMPTY)
		return;
	linebuf_clear(&source->line, &c->held);
	ilist_remove(&c->unfinished, source_number(&c->sources, source));
}

/* Writes the unfinished line of @source, as far as it has come. */
static bool write_unfinished(struct collector *c, struct source *source)
{
	size_t len = held_length(c, source);
	const struct timespec *time;

	if (len == 0)
		return true;
	time = &linebuf_begin(source->line, &c->held)->arrival;
	linebuf_copy(source->line, &c->held, c->line);
	if (!finish_line(c, source, time, c->line, len))
		return false;
	let_go(c, source);
	source->cut = false;
	return true;
}

static struct source *oldest_unfinished(const struct collector *c)
{
	if (c->unfinished.first == ILIST_NONE)
		return NULL;
	return &c->sources.entries[c->unfinished.first];
}

/* Writes what is held of the source silent longest, which has to go. */
static bool make_way(struct collector *c)
{
	struct source *source = source_silent_longest(&c->sources);

	if (settings_reads_extended(c->settings) &&
	    !extended_give_way(&c->extended,
			       source_number(&c->sources, source)))
		return false;
	return write_unfinished(c, source);
}

static struct source *find_source(struct collector *c, const struct datagram *d)
{
	struct source *source = source_find(&c->sources, &d->from);

	if (source)
		return source;
	if (source_table_full(&c->sources) && !make_way(c))
		return NULL;
	return source_add(&c->sources, &d->from);
}

/*
 * Writes a line whose LF has come: its held bytes, and @len bytes at @text.
 *
 * Serial consoles end lines in CR LF, and in CR CR LF where the tty added a CR
 * (tests/data has both); these CRs say nothing.  A cut line that goes on with
 * CRs alone has no next line.
 */
static bool write_whole(struct collector *c, struct source *source,
			const struct datagram *d, const unsigned char *text,
			size_t len)
{
	const struct timespec *time = &d->arrival;
	size_t held = held_length(c, source);

	if (held > 0) {
		time = &linebuf_begin(source->line, &c->held)->arrival;
		linebuf_copy(source->line, &c->held, c->line);
		memcpy(c->line + held, text, len);
		text = c->line;
		len += held;
	}
	while (!c->settings->raw && len > 0 && text[len - 1] == '\r')
		len--;
	if (!(source->cut && len == 0) &&
	    !finish_line(c, source, time, text, len))
		return false;
	let_go(c, source);
	source->cut = false;
	return true;
}

static void start_line(struct collector *c, struct source *source,
		       const struct datagram *d, uint64_t now_ms)
{
	const struct linebuf_begin begin = { d->arrival, now_ms };

	linebuf_start(&source->line, &c->held, &begin);
	ilist_append(&c->unfinished, source_number(&c->sources, source));
}

/*
 * Writes the first piece of a line longer than wbuf=.  A character that the cut
 * would split goes whole into the next piece.
 */
static bool write_piece(struct collector *c, struct source *source,
			const struct datagram *d, uint64_t now_ms)
{
	size_t len = held_length(c, source);
	const struct timespec *time =
		&linebuf_begin(source->line, &c->held)->arrival;
	size_t kept = 0;

	linebuf_copy(source->line, &c->held, c->line);
	if (!c->settings->raw)
		kept = escape_cut_character(c->line, len);
	if (!finish_line(c, source, time, c->line, len - kept))
		return false;
	let_go(c, source);
	source->cut = true;
	if (kept > 0) {
		start_line(c, source, d, now_ms);
		linebuf_add(source->line, &c->held, c->line + len - kept, kept);
	}
	return true;
}

/*
 * Holds @len bytes of an unfinished line, or as many as wbuf= and the memory
 * allow, for which other lines are written early.  False when the queues are
 * full; *@taken is how many bytes were taken in.
 */
static bool hold_bytes(struct collector *c, struct source *source,
		       const struct datagram *d, size_t len, size_t *taken,
		       uint64_t now_ms)
{
	const unsigned char *bytes = d->bytes + *taken;
	size_t room = c->settings->wbuf_bytes - held_length(c, source);

	if (room == 0)
		return write_piece(c, source, d, now_ms);
	if (len > room)
		len = room;
	if (source->line == LINEBUF_EMPTY && pool_available(&c->held) > 0)
		start_line(c, source, d, now_ms);
	if (source->line != LINEBUF_EMPTY)
		room = linebuf_add(source->line, &c->held, bytes, len);
	else
		room = 0;
	*taken += room;
	if (room == 0)
		return write_unfinished(c, oldest_unfinished(c));
	return true;
}

void collector_expect(const struct collector *c, const struct srcaddr *sources,
		      size_t count)
{
	source_prefetch(&c->sources, sources, count);
}

static bool take_text(struct collector *c, struct source *source,
		      const struct datagram *d, size_t *offset, uint64_t now_ms)
{
	if (*offset == 0 && source->line == LINEBUF_EMPTY && *d->bytes != '[')
		source->plain = true;
	while (*offset < d->len) {
		const unsigned char *text = d->bytes + *offset;
		size_t len = d->len - *offset;
		const unsigned char *lf = memchr(text, '\n', len);
		size_t held = held_length(c, source);

		if (lf)
			len = (size_t)(lf - text);
		if (!lf || held + len > c->settings->wbuf_bytes) {
			if (!hold_bytes(c, source, d, len, offset, now_ms))
				return false;
			continue;
		}
		if (!write_whole(c, source, d, text, len))
			return false;
		*offset += len + 1;
	}
	return true;
}

/*
 * A retried datagram must not be classified again: the part already taken may
 * have ended the line that made it text.  (For records, source->extended does
 * this.)
 */
static bool put_from(struct collector *c, struct source *source,
		     const struct datagram *d, size_t *offset, uint64_t now_ms)
{
	uint32_t number = source_number(&c->sources, source);
	struct extmsg msg;

	if (settings_reads_extended(c->settings) && !c->text_refused &&
	    extended_claim(&c->extended, source, number, d, &msg))
		return extended_put(&c->extended, number, d, &msg, offset,
				    now_ms);
	c->text_refused = !take_text(c, source, d, offset, now_ms);
	return !c->text_refused;
}

bool collector_put(struct collector *c, const struct datagram *d,
		   size_t *offset, uint64_t now_ms)
{
	struct source *source = d->len > 0 ? find_source(c, d) : NULL;

	if (d->len > 0 && (!source || !put_from(c, source, d, offset, now_ms)))
		return false;
	c->counts.datagrams++;
	c->counts.bytes += d->len;
	return true;
}

static uint64_t line_deadline(const struct collector *c)
{
	const struct source *source = oldest_unfinished(c);

	if (!source)
		return DEADLINE_NEVER;
	return linebuf_begin(source->line, &c->held)->since_ms +
	       c->settings->timeout_ms;
}

static uint64_t message_deadline(const struct collector *c)
{
	if (!settings_reads_extended(c->settings))
		return DEADLINE_NEVER;
	return extended_deadline(&c->extended);
}

bool collector_release(struct collector *c, uint64_t now_ms)
{
	return !settings_reads_extended(c->settings) ||
	       extended_release(&c->extended, now_ms);
}

bool collector_expire(struct collector *c, uint64_t now_ms)
{
	while (line_deadline(c) <= now_ms)
		if (!write_unfinished(c, oldest_unfinished(c)))
			return false;
	return !settings_reads_extended(c->settings) ||
	       extended_expire(&c->extended, now_ms);
}

bool collector_flush(struct collector *c)
{
	struct source *source;

	while ((source = oldest_unfinished(c)))
		if (!write_unfinished(c, source))
			return false;
	return !settings_reads_extended(c->settings) ||
	       extended_flush(&c->extended);
}

uint32_t collector_unfinished(const struct collector *c)
{
	uint32_t number = c->unfinished.first;
	uint32_t count = 0;

	for (; number != ILIST_NONE; number = c->unfinished.links[number].next)
		count++;
	if (settings_reads_extended(c->settings))
		count += extended_held(&c->extended);
	return count;
}

uint64_t collector_deadline(const struct collector *c)
{
	return deadline_earlier(line_deadline(c), message_deadline(c));
}

bool collector_note(struct collector *c, const struct timespec *time,
		    uint64_t lost, const char *text)
{
	struct record record = {
		.prefix = "",
		.notice = "datagrams-lost",
		.lost = lost,
		.text = (const unsigned char *)text,
		.text_len = strlen(text),
	};

	return output_put(&c->output, &record, time);
}
