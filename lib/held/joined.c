/* joined - lines of extended records in pieces; see joined.h. */
#include "joined.h"

#include <string.h>

#include "carve.h"
#include "deadline.h"
#include "linebuf.h"

/* What a line of JOINED_MAX bytes takes at most, blocks being its unit. */
#define LINE_BYTES  (JOINED_MAX * 5 / 4 + 4 * LINEBUF_BLOCK_BYTES)
#define USUAL_BYTES 2048 /* for the line of each source, usually */
#define MOST_BYTES  (2 * 1024 * 1024)
#define PARTING	    2 /* bytes that may part the pairs of two pieces */

static uint32_t lines_of(uint32_t sources)
{
	return sources < JOINED_LINES ? sources : JOINED_LINES;
}

static size_t text_bytes_of(uint32_t sources)
{
	size_t bytes = (size_t)sources * USUAL_BYTES;

	if (bytes > MOST_BYTES)
		bytes = MOST_BYTES;
	return bytes > LINE_BYTES ? bytes : LINE_BYTES;
}

static size_t lines_bytes(uint32_t sources)
{
	return lines_of(sources) * sizeof(struct joined_line);
}

size_t joined_bytes(uint32_t sources)
{
	return carve_bytes(sources * sizeof(struct joined_source)) +
	       2 * carve_bytes(ilist_bytes(sources)) +
	       carve_bytes(lines_bytes(sources)) +
	       carve_bytes(text_bytes_of(sources));
}

void joined_init(struct joined *j, uint32_t sources, void *memory)
{
	char *at = memory;

	*j = (struct joined){ .sources = NULL };
	j->sources = carve(&at, sources * sizeof(*j->sources));
	ilist_init(&j->brief, carve(&at, ilist_bytes(sources)));
	ilist_init(&j->patient, carve(&at, ilist_bytes(sources)));
	pool_init(&j->lines, carve(&at, lines_bytes(sources)),
		  lines_bytes(sources), sizeof(struct joined_line));
	pool_init(&j->bytes, carve(&at, text_bytes_of(sources)),
		  text_bytes_of(sources), LINEBUF_BLOCK_BYTES);
}

static struct joined_line *line_of(const struct joined *j, uint32_t source)
{
	/* Mostly no line is held; then no memory of the source is touched. */
	if (j->lines.used == 0 || j->sources[source].line == 0)
		return NULL;
	return pool_at(&j->lines, j->sources[source].line - 1);
}

const struct joined_line *joined_at(const struct joined *j, uint32_t source)
{
	return line_of(j, source);
}

static size_t length_of(const struct joined *j, uint32_t bytes)
{
	return bytes == LINEBUF_EMPTY ? 0 : linebuf_length(bytes, &j->bytes);
}

bool joined_goes_on(const struct joined *j, uint32_t source,
		    const struct joined_piece *piece)
{
	const struct joined_line *line = line_of(j, source);

	return line && line->done == 0 && piece->header->flag == '+' &&
	       piece->header->sequnum == line->next &&
	       length_of(j, line->text) + length_of(j, line->pairs) +
			       piece->text.len + piece->pairs.len + PARTING <
		       JOINED_MAX;
}

/* How many blocks @len more bytes take at most. */
static uint32_t blocks_for(size_t len)
{
	return (uint32_t)(len / (LINEBUF_BLOCK_BYTES - sizeof(uint32_t)) + 2);
}

static void add_bytes(struct joined *j, uint32_t *to, struct extmsg_part part)
{
	const struct linebuf_begin begin = { .since_ms = 0 };

	if (part.len == 0)
		return;
	if (*to == LINEBUF_EMPTY)
		linebuf_start(to, &j->bytes, &begin);
	linebuf_add(*to, &j->bytes, part.at, part.len);
}

/* Whether @part is what @bytes holds. */
static bool holds_same(const struct joined *j, uint32_t bytes,
		       struct extmsg_part part)
{
	unsigned char held[JOINED_MAX];

	if (length_of(j, bytes) != part.len || part.len == 0)
		return false;
	linebuf_copy(bytes, &j->bytes, held);
	return memcmp(held, part.at, part.len) == 0;
}

/* Pairs that all pieces have stand once.  The bytes between may be missing. */
static void add_pairs(struct joined *j, struct joined_line *line,
		      struct extmsg_part pairs)
{
	static const unsigned char parting[] = "\n ";
	bool first = line->pairs == LINEBUF_EMPTY;

	if (pairs.len == 0 || holds_same(j, line->pairs, pairs))
		return;
	if (line->open_pair)
		add_bytes(j, &line->pairs, (struct extmsg_part){ parting, 1 });
	if (!first && *pairs.at != ' ')
		add_bytes(j, &line->pairs,
			  (struct extmsg_part){ parting + 1, 1 });
	add_bytes(j, &line->pairs, pairs);
	line->open_pair = pairs.at[pairs.len - 1] != '\n';
}

static struct joined_line *begin_line(struct joined *j, uint32_t source,
				      const struct joined_piece *piece)
{
	uint32_t number = pool_get(&j->lines);
	struct joined_line *line = pool_at(&j->lines, number);

	*line = (struct joined_line){
		.arrival = piece->arrival,
		.boot_us = piece->boot_us,
		.text = LINEBUF_EMPTY,
		.pairs = LINEBUF_EMPTY,
	};
	extmsg_keep(&line->header, line->caller, line->release, piece->header);
	j->sources[source].line = number + 1;
	return line;
}

static struct ilist *list_of(struct joined *j, const struct joined_line *line)
{
	return line->patient ? &j->patient : &j->brief;
}

/* The line waits from @now_ms on; a patient one does so from its begin. */
static void wait(struct joined *j, uint32_t source, struct joined_line *line,
		 bool is_new, uint64_t now_ms)
{
	bool patient = j->sources[source].joins;

	if (!is_new && line->patient == patient)
		return;
	if (!is_new)
		ilist_remove(list_of(j, line), source);
	line->patient = patient;
	line->since_ms = now_ms;
	ilist_append(list_of(j, line), source);
}

bool joined_put(struct joined *j, uint32_t source,
		const struct joined_piece *piece, uint64_t now_ms)
{
	struct joined_line *line = line_of(j, source);
	bool is_new = !line;

	if ((is_new && pool_available(&j->lines) == 0) ||
	    pool_available(&j->bytes) <
		    blocks_for(piece->text.len) +
			    blocks_for(piece->pairs.len + PARTING))
		return false;
	if (is_new)
		line = begin_line(j, source, piece);
	add_bytes(j, &line->text, piece->text);
	add_pairs(j, line, piece->pairs);
	line->missing += piece->missing;
	line->next = piece->header->sequnum + 1;
	if (piece->header->flag == '+')
		j->sources[source].joins = true;
	wait(j, source, line, is_new, now_ms);
	return true;
}

static struct extmsg_part read_bytes(const struct joined *j, uint32_t bytes,
				     unsigned char *out)
{
	if (bytes != LINEBUF_EMPTY)
		linebuf_copy(bytes, &j->bytes, out);
	return (struct extmsg_part){ out, length_of(j, bytes) };
}

void joined_read(const struct joined *j, const struct joined_line *line,
		 unsigned char *out, struct joined_piece *piece)
{
	*piece = (struct joined_piece){ .header = &line->header,
					.arrival = line->arrival,
					.missing = line->missing,
					.boot_us = line->boot_us };
	piece->text = read_bytes(j, line->text, out);
	piece->pairs = read_bytes(j, line->pairs, out + piece->text.len);
}

void joined_note_done(struct joined *j, uint32_t source, size_t done)
{
	line_of(j, source)->done = (uint32_t)done;
}

static void clear(struct joined *j, uint32_t *bytes)
{
	if (*bytes != LINEBUF_EMPTY)
		linebuf_clear(bytes, &j->bytes);
}

void joined_drop(struct joined *j, uint32_t source)
{
	struct joined_line *line = line_of(j, source);

	clear(j, &line->text);
	clear(j, &line->pairs);
	ilist_remove(list_of(j, line), source);
	pool_put(&j->lines, j->sources[source].line - 1);
	j->sources[source].line = 0;
}

void joined_forget(struct joined *j, uint32_t source)
{
	/* Memory that was never touched stays untouched. */
	if (j->sources[source].joins)
		j->sources[source].joins = false;
}

uint32_t joined_victim(const struct joined *j)
{
	return j->brief.first != ILIST_NONE ? j->brief.first : j->patient.first;
}

static uint64_t list_deadline(const struct joined *j, const struct ilist *list,
			      uint64_t ms)
{
	if (list->first == ILIST_NONE)
		return DEADLINE_NEVER;
	return line_of(j, list->first)->since_ms + ms;
}

uint32_t joined_due(const struct joined *j, uint64_t timeout_ms,
		    uint64_t now_ms)
{
	if (list_deadline(j, &j->brief, JOINED_BRIEF_MS) <= now_ms)
		return j->brief.first;
	if (list_deadline(j, &j->patient, timeout_ms) <= now_ms)
		return j->patient.first;
	return JOINED_NONE;
}

uint64_t joined_deadline(const struct joined *j, uint64_t timeout_ms)
{
	return deadline_earlier(list_deadline(j, &j->brief, JOINED_BRIEF_MS),
				list_deadline(j, &j->patient, timeout_ms));
}
