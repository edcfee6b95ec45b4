/* assembler - lines of text out of senders' bytes; see assembler.h. */
#include "assembler.h"

#include <string.h>

#include "carve.h"
#include "datagram.h"
#include "escape.h"
#include "linebuf.h"
#include "output.h"
#include "record.h"
#include "settings.h"
#include "source.h"

size_t assembler_bytes(const struct settings *settings)
{
	return carve_bytes(ilist_bytes((uint32_t)settings->clients)) +
	       carve_bytes(settings->held_bytes) +
	       carve_bytes(settings->wbuf_bytes);
}

void assembler_init(struct assembler *a, const struct settings *settings,
		    struct source_table *sources, struct output *output,
		    void *memory)
{
	char *at = memory;

	*a = (struct assembler){
		.settings = settings,
		.sources = sources,
		.output = output,
	};
	ilist_init(&a->unfinished,
		   carve(&at, ilist_bytes((uint32_t)settings->clients)));
	pool_init(&a->held, carve(&at, settings->held_bytes),
		  settings->held_bytes, LINEBUF_BLOCK_BYTES);
	a->line = carve(&at, settings->wbuf_bytes);
}

static bool finish_line(struct assembler *a, const struct source *source,
			const struct timespec *time, const unsigned char *text,
			size_t len)
{
	struct record record = { .text = text, .text_len = len };

	source_sign(a->sources, source, &record);
	return output_put(a->output, &record, time);
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

bool assembler_write(struct assembler *a, struct source *source)
{
	size_t len = held_length(a, source);
	const struct timespec *time;

	if (len == 0)
		return true;
	time = &linebuf_begin(source->line, &a->held)->arrival;
	linebuf_copy(source->line, &a->held, a->line);
	if (!finish_line(a, source, time, a->line, len))
		return false;
	let_go(a, source);
	source->cut = false;
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
	size_t held = held_length(a, source);

	if (held > 0) {
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

bool assembler_put(struct assembler *a, struct source *source,
		   const struct datagram *d, size_t *offset, uint64_t now_ms)
{
	if (*offset == 0 && source->line == LINEBUF_EMPTY && *d->bytes != '[')
		source->plain = true;
	while (*offset < d->len) {
		const unsigned char *text = d->bytes + *offset;
		size_t len = d->len - *offset;
		const unsigned char *lf = memchr(text, '\n', len);
		size_t held = held_length(a, source);

		if (lf)
			len = (size_t)(lf - text);
		if (!lf || held + len > a->settings->wbuf_bytes) {
			if (!hold_bytes(a, source, d, len, offset, now_ms))
				return false;
			continue;
		}
		if (!write_whole(a, source, d, text, len))
			return false;
		*offset += len + 1;
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
	uint32_t number = a->unfinished.first;
	uint32_t count = 0;

	for (; number != ILIST_NONE; number = a->unfinished.links[number].next)
		count++;
	return count;
}
