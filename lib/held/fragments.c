/* fragments - extended messages put together; see fragments.h. */
#include "fragments.h"

#include <string.h>

#include "carve.h"
#include "decimal.h"

#define BLOCK_BYTES ((uint32_t)FRAGMENTS_BLOCK_BYTES)

/* The chunk of a fragment, and its place in the message. */
struct piece {
	const unsigned char *bytes;
	uint32_t from;
	uint32_t to;
};

static size_t blocks_bytes(size_t held_bytes)
{
	size_t blocks = held_bytes / 8 / BLOCK_BYTES;

	if (blocks < FRAGMENTS_BLOCKS_MIN)
		blocks = FRAGMENTS_BLOCKS_MIN;
	if (blocks > FRAGMENTS_BLOCKS)
		blocks = FRAGMENTS_BLOCKS;
	return blocks * BLOCK_BYTES;
}

uint32_t fragments_most(size_t held_bytes)
{
	_Static_assert(FRAGMENTS_MESSAGES == FRAGMENTS_BLOCKS / 2, "the most");
	return (uint32_t)(blocks_bytes(held_bytes) / BLOCK_BYTES / 2);
}

static size_t messages_bytes(uint32_t messages)
{
	return messages * sizeof(struct fragments_message);
}

size_t fragments_bytes(uint32_t sources, size_t held_bytes)
{
	uint32_t messages = fragments_most(held_bytes);

	return carve_bytes(shelves_bytes(sources, messages)) +
	       carve_bytes(ilist_bytes(messages)) +
	       carve_bytes(messages_bytes(messages)) + blocks_bytes(held_bytes);
}

void fragments_init(struct fragments *f, uint32_t sources, size_t held_bytes,
		    void *memory)
{
	uint32_t messages = fragments_most(held_bytes);
	char *at = memory;

	_Static_assert(FRAGMENTS_BLOCKS < UINT16_MAX, "numbers of blocks");
	shelves_init(&f->shelves, sources, messages,
		     carve(&at, shelves_bytes(sources, messages)));
	ilist_init(&f->ages, carve(&at, ilist_bytes(messages)));
	pool_init(&f->messages, carve(&at, messages_bytes(messages)),
		  messages_bytes(messages), sizeof(struct fragments_message));
	pool_init(&f->blocks, at, blocks_bytes(held_bytes), BLOCK_BYTES);
}

static uint32_t start(struct fragments *f, uint32_t source,
		      const struct extmsg *msg, const struct timespec *arrival,
		      uint64_t now_ms)
{
	const struct shelf_entry entry = {
		.sequnum = msg->sequnum,
		.usec = msg->usec,
		.total = msg->total,
		.number = pool_get(&f->messages),
		.prio = (uint16_t)msg->prio,
		.replayed = msg->replayed,
	};
	struct fragments_message *m;

	if (entry.number == FRAGMENTS_NONE)
		return FRAGMENTS_NONE;
	m = fragments_at(f, entry.number);
	m->arrival = *arrival;
	m->since_ms = now_ms;
	m->source = source;
	m->covered = m->done = m->span_count = 0;
	m->waits = false;
	memset(m->blocks, 0, sizeof(m->blocks));
	extmsg_keep(&m->header, m->caller, m->release, msg);
	shelf_add(&f->shelves, source, &entry);
	ilist_append(&f->ages, entry.number);
	return entry.number;
}

/* How many blocks are missing to hold the piece. */
static uint32_t blocks_missing(const struct fragments_message *m,
			       const struct piece *piece)
{
	uint32_t last = (piece->to + BLOCK_BYTES - 1) / BLOCK_BYTES;
	uint32_t count = 0;
	uint32_t i;

	for (i = piece->from / BLOCK_BYTES; i < last; i++)
		count += m->blocks[i] == 0;
	return count;
}

/* Copies the bytes of @piece from @from to @to; there are blocks enough. */
static void fill(struct fragments *f, struct fragments_message *m,
		 const struct piece *piece, uint32_t from, uint32_t to)
{
	m->covered += to - from;
	while (from < to) {
		uint16_t *block = &m->blocks[from / BLOCK_BYTES];
		uint32_t at = from % BLOCK_BYTES;
		uint32_t n = BLOCK_BYTES - at < to - from ? BLOCK_BYTES - at
							  : to - from;

		if (*block == 0)
			*block = (uint16_t)(pool_get(&f->blocks) + 1);
		memcpy((unsigned char *)pool_at(&f->blocks, *block - 1) + at,
		       piece->bytes + (from - piece->from), n);
		from += n;
	}
}

/* The first span that ends at @at or behind it: mostly the last, or none. */
static uint32_t span_from(const struct fragments_message *m, uint32_t at)
{
	uint32_t low = 0, high = m->span_count;

	if (high > 0 && m->spans[high - 1].to < at)
		return high;
	while (low < high) {
		uint32_t middle = (low + high) / 2;

		if (m->spans[middle].to < at)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* The first span behind @first that does not touch the piece. */
static uint32_t span_behind(const struct fragments_message *m, uint32_t first,
			    const struct piece *piece)
{
	while (first < m->span_count && m->spans[first].from <= piece->to)
		first++;
	return first;
}

/* Fills the gaps within the piece; spans @first to @end touch it. */
static void fill_gaps(struct fragments *f, struct fragments_message *m,
		      const struct piece *piece, uint32_t first, uint32_t end)
{
	uint32_t at = piece->from;

	for (; first < end; first++) {
		if (m->spans[first].from > at)
			fill(f, m, piece, at, m->spans[first].from);
		if (m->spans[first].to > at)
			at = m->spans[first].to;
	}
	if (at < piece->to)
		fill(f, m, piece, at, piece->to);
}

/* One span takes the place of those from @first to @end. */
static void join_spans(struct fragments_message *m, const struct piece *piece,
		       uint32_t first, uint32_t end)
{
	struct fragments_span joined = { piece->from, piece->to };

	if (first < end && m->spans[first].from < joined.from)
		joined.from = m->spans[first].from;
	if (first < end && m->spans[end - 1].to > joined.to)
		joined.to = m->spans[end - 1].to;
	memmove(&m->spans[first + 1], &m->spans[end],
		(m->span_count - end) * sizeof(joined));
	m->spans[first] = joined;
	m->span_count = m->span_count - (end - first) + 1;
}

static enum fragments_state
add(struct fragments *f, struct fragments_message *m, const struct piece *piece)
{
	uint32_t first = span_from(m, piece->from);
	uint32_t end = span_behind(m, first, piece);

	if (first == end && m->span_count == FRAGMENTS_SPANS)
		return FRAGMENTS_FULL_SPANS;
	if (blocks_missing(m, piece) > pool_available(&f->blocks))
		return FRAGMENTS_FULL;
	if (piece->from < piece->to) {
		fill_gaps(f, m, piece, first, end);
		join_spans(m, piece, first, end);
	}
	return m->covered == m->header.total ? FRAGMENTS_WHOLE : FRAGMENTS_HELD;
}

enum fragments_state fragments_put(struct fragments *f, uint32_t source,
				   const struct extmsg *fragment,
				   const struct timespec *arrival,
				   uint64_t now_ms, uint32_t *number)
{
	struct extmsg msg = *fragment;
	struct piece piece = { msg.chunk.at, msg.offset, msg.offset };

	piece.to += (uint32_t)msg.chunk.len;
	if (!msg.fragment)
		msg.total = piece.to;
	*number = shelf_find(&f->shelves, source, &msg);
	if (*number == FRAGMENTS_NONE) {
		if (shelf_count(&f->shelves, source) == FRAGMENTS_PER_SOURCE)
			return FRAGMENTS_FULL_SOURCE;
		*number = start(f, source, &msg, arrival, now_ms);
	}
	if (*number == FRAGMENTS_NONE)
		return FRAGMENTS_FULL;
	return add(f, fragments_at(f, *number), &piece);
}

static size_t put_hole(unsigned char *out, uint32_t bytes)
{
	static const char after[] = " bytes missing>";
	char *to = decimal_after((char *)out, "<", bytes);

	memcpy(to, after, sizeof(after) - 1);
	return (size_t)(to - (char *)out) + sizeof(after) - 1;
}

static size_t read_span(const struct fragments *f,
			const struct fragments_message *m,
			struct fragments_span span, unsigned char *out)
{
	size_t len = span.to - span.from;

	while (span.from < span.to) {
		uint32_t block = m->blocks[span.from / BLOCK_BYTES] - 1U;
		uint32_t at = span.from % BLOCK_BYTES;
		uint32_t n = span.to - span.from;

		if (n > BLOCK_BYTES - at)
			n = BLOCK_BYTES - at;
		memcpy(out, (unsigned char *)pool_at(&f->blocks, block) + at,
		       n);
		out += n;
		span.from += n;
	}
	return len;
}

size_t fragments_read(const struct fragments *f, uint32_t number,
		      unsigned char *out)
{
	const struct fragments_message *m = fragments_at(f, number);
	uint32_t at = 0;
	size_t len = 0;
	uint32_t i;

	for (i = 0; i < m->span_count; i++) {
		if (m->spans[i].from > at)
			len += put_hole(out + len, m->spans[i].from - at);
		len += read_span(f, m, m->spans[i], out + len);
		at = m->spans[i].to;
	}
	if (at < m->header.total)
		len += put_hole(out + len, m->header.total - at);
	return len;
}

static struct shelf_entry *entry_of(const struct fragments *f, uint32_t number)
{
	const struct fragments_message *m = fragments_at(f, number);

	return shelf_entry(&f->shelves, m->source, m->header.sequnum, number);
}

void fragments_note_done(struct fragments *f, uint32_t number, uint32_t done)
{
	struct fragments_message *m = fragments_at(f, number);

	m->done = done;
	entry_of(f, number)->closed = done > 0 && m->covered < m->header.total;
}

void fragments_set_waits(struct fragments *f, uint32_t number, bool waits)
{
	fragments_at(f, number)->waits = waits;
	entry_of(f, number)->waits = waits;
	if (waits)
		ilist_remove(&f->ages, number);
	else
		ilist_append(&f->ages, number);
}

/* Only blocks that a span touches are in use: of most messages, few. */
static void give_blocks_back(struct fragments *f, struct fragments_message *m)
{
	uint32_t next = 0;
	uint32_t i;

	for (i = 0; i < m->span_count; i++) {
		uint32_t block = m->spans[i].from / BLOCK_BYTES;
		uint32_t end = (m->spans[i].to + BLOCK_BYTES - 1) / BLOCK_BYTES;

		if (block < next)
			block = next;
		for (; block < end; block++)
			pool_put(&f->blocks, m->blocks[block] - 1U);
		next = end;
	}
}

void fragments_drop(struct fragments *f, uint32_t number)
{
	struct fragments_message *m = fragments_at(f, number);

	give_blocks_back(f, m);
	shelf_remove(&f->shelves, m->source, m->header.sequnum, number);
	ilist_remove(&f->ages, number);
	pool_put(&f->messages, number);
}

uint32_t fragments_held(const struct fragments *f)
{
	return f->messages.used;
}

uint32_t fragments_oldest(const struct fragments *f)
{
	return f->ages.first == ILIST_NONE ? FRAGMENTS_NONE : f->ages.first;
}

static bool came_within_second(const struct fragments_message *m,
			       const struct timespec *arrival)
{
	const struct timespec *came = &m->arrival;

	if (came->tv_sec == arrival->tv_sec)
		return true;
	return came->tv_sec < arrival->tv_sec &&
	       came->tv_sec == arrival->tv_sec - 1 &&
	       came->tv_nsec > arrival->tv_nsec;
}

uint32_t fragments_of_before(const struct fragments *f, uint32_t source,
			     uint64_t usec, const struct timespec *arrival)
{
	const struct shelf_entry *held;
	uint32_t i;

	for (i = 0; (held = shelf_at(&f->shelves, source, i)); i++)
		if (held->usec >= usec ||
		    !came_within_second(fragments_at(f, held->number), arrival))
			return held->number;
	return FRAGMENTS_NONE;
}
