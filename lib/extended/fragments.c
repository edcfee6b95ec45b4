/* fragments - extended messages put together; see fragments.h. */
#include "fragments.h"

#include <stdio.h>
#include <string.h>

#include "carve.h"

#define BLOCK_BYTES 1024
#define PIECE_BYTES (BLOCK_BYTES - 3 * sizeof(uint32_t))

/* Bytes of a message that lie together. */
struct piece {
	uint32_t next; /* the one after it, or FRAGMENTS_NONE */
	uint32_t offset; /* in the message */
	uint32_t len;
	unsigned char bytes[PIECE_BYTES];
};

static size_t numbers_bytes(void)
{
	return FRAGMENTS_MESSAGES * sizeof(uint32_t);
}

size_t fragments_bytes(uint32_t sources)
{
	return carve_bytes(sources * sizeof(struct fragments_source)) +
	       carve_bytes(FRAGMENTS_MESSAGES *
			   sizeof(struct fragments_message)) +
	       2 * carve_bytes(ilist_bytes(FRAGMENTS_MESSAGES)) +
	       carve_bytes(numbers_bytes()) +
	       FRAGMENTS_BLOCKS * (size_t)BLOCK_BYTES;
}

void fragments_init(struct fragments *r, uint32_t sources, void *memory)
{
	char *at = memory;
	void *numbers;

	_Static_assert(sizeof(struct piece) == BLOCK_BYTES, "no holes");
	r->sources = carve(&at, sources * sizeof(*r->sources));
	r->messages = carve(&at, FRAGMENTS_MESSAGES * sizeof(*r->messages));
	ilist_init(&r->ages, carve(&at, ilist_bytes(FRAGMENTS_MESSAGES)));
	ilist_init(&r->waits, carve(&at, ilist_bytes(FRAGMENTS_MESSAGES)));
	numbers = carve(&at, numbers_bytes());
	pool_init(&r->numbers, numbers, numbers_bytes(), sizeof(uint32_t));
	pool_init(&r->blocks, at, FRAGMENTS_BLOCKS * (size_t)BLOCK_BYTES,
		  BLOCK_BYTES);
}

static struct piece *piece_at(const struct fragments *r, uint32_t number)
{
	return pool_at(&r->blocks, number);
}

/* Sources begin zeroed: no memory is touched for those that send none. */
static uint32_t newest(const struct fragments *r, uint32_t source)
{
	const struct fragments_source *s = &r->sources[source];

	return s->count > 0 ? s->messages : FRAGMENTS_NONE;
}

/* Nothing is added any more to what was written in part. */
static bool is_open(const struct fragments_message *m)
{
	return m->done == 0 || m->covered == m->header.total;
}

static uint32_t find(const struct fragments *r, uint32_t source,
		     const struct extmsg *fragment)
{
	uint32_t number = newest(r, source);

	while (number != FRAGMENTS_NONE) {
		const struct fragments_message *m = &r->messages[number];

		if (m->header.sequnum == fragment->sequnum &&
		    m->header.usec == fragment->usec &&
		    m->header.prio == fragment->prio &&
		    m->header.total == fragment->total && is_open(m))
			return number;
		number = m->next;
	}
	return FRAGMENTS_NONE;
}

static struct extmsg_part keep(unsigned char *to, size_t most,
			       struct extmsg_part part)
{
	if (part.len > most)
		part.len = most;
	if (part.len > 0)
		memcpy(to, part.at, part.len);
	return (struct extmsg_part){ to, part.len };
}

/* The views of the header would outlive what they look at. */
static void keep_header(struct fragments_message *m,
			const struct extmsg *fragment)
{
	m->header = *fragment;
	m->header.chunk = (struct extmsg_part){ NULL, 0 };
	m->header.release =
		keep(m->release, sizeof(m->release), fragment->release);
	m->header.caller = keep(m->caller, sizeof(m->caller), fragment->caller);
}

static uint32_t start(struct fragments *r, uint32_t source,
		      const struct extmsg *fragment,
		      const struct timespec *arrival, uint64_t now_ms)
{
	struct fragments_source *s = &r->sources[source];
	uint32_t number = pool_get(&r->numbers);
	struct fragments_message *m;

	if (number == POOL_NONE)
		return FRAGMENTS_NONE;
	m = &r->messages[number];
	*m = (struct fragments_message){
		.arrival = *arrival,
		.since_ms = now_ms,
		.source = source,
		.next = newest(r, source),
		.pieces = FRAGMENTS_NONE,
	};
	keep_header(m, fragment);
	s->messages = number;
	s->count++;
	ilist_append(&r->ages, number);
	return number;
}

/* Bytes of a fragment of which none is there yet, no more than a piece has. */
struct gap {
	uint32_t *link; /* of the piece before them */
	uint32_t at;
	uint32_t until;
};

/* The next gap from @gap->at on that a fragment up to @end fills, or none. */
static bool next_gap(const struct fragments *r, struct gap *gap, uint32_t end)
{
	while (gap->at < end && *gap->link != FRAGMENTS_NONE) {
		struct piece *next = piece_at(r, *gap->link);

		if (gap->at < next->offset)
			break;
		if (gap->at < next->offset + next->len)
			gap->at = next->offset + next->len;
		gap->link = &next->next;
	}
	gap->until = end;
	if (*gap->link != FRAGMENTS_NONE &&
	    piece_at(r, *gap->link)->offset < end)
		gap->until = piece_at(r, *gap->link)->offset;
	if (gap->at >= end)
		return false;
	if (gap->until - gap->at > PIECE_BYTES)
		gap->until = gap->at + (uint32_t)PIECE_BYTES;
	return true;
}

static void add_piece(struct fragments *r, struct fragments_message *m,
		      const struct gap *gap, const unsigned char *bytes)
{
	uint32_t number = pool_get(&r->blocks);
	struct piece *piece = piece_at(r, number);

	piece->next = *gap->link;
	piece->offset = gap->at;
	piece->len = gap->until - gap->at;
	memcpy(piece->bytes, bytes, piece->len);
	*gap->link = number;
	m->piece_count++;
	m->covered += piece->len;
}

static struct gap gaps_of(struct fragments_message *m,
			  const struct extmsg *fragment)
{
	return (struct gap){ .link = &m->pieces, .at = fragment->offset };
}

static uint32_t end_of(const struct extmsg *fragment)
{
	return fragment->offset + (uint32_t)fragment->chunk.len;
}

/* How many pieces it takes to add what is not there yet of @fragment. */
static uint32_t count_gaps(const struct fragments *r,
			   struct fragments_message *m,
			   const struct extmsg *fragment)
{
	struct gap gap = gaps_of(m, fragment);
	uint32_t count = 0;

	for (; next_gap(r, &gap, end_of(fragment)); gap.at = gap.until)
		count++;
	return count;
}

static void fill_gaps(struct fragments *r, struct fragments_message *m,
		      const struct extmsg *fragment)
{
	struct gap gap = gaps_of(m, fragment);

	for (; next_gap(r, &gap, end_of(fragment)); gap.at = gap.until)
		add_piece(r, m, &gap,
			  fragment->chunk.at + (gap.at - fragment->offset));
}

/* Of a source that holds too many. */
static uint32_t spare_one(const struct fragments *r, uint32_t source)
{
	uint32_t number = fragments_lowest_waiting(r, source);

	return number != FRAGMENTS_NONE ? number
					: fragments_oldest_of(r, source, 0);
}

/*
 * Of all, when memory is used up: of those that there are more of.  So neither
 * kind, sent by whoever forges sources, drives out the other.
 */
static uint32_t spare_any(const struct fragments *r)
{
	if (r->waiting > r->numbers.used / 2)
		return fragments_first_waiting(r);
	return fragments_oldest(r);
}

static enum fragments_state put_fragment(struct fragments *r, uint32_t source,
					 const struct extmsg *fragment,
					 const struct timespec *arrival,
					 uint64_t now_ms, uint32_t *number)
{
	struct fragments_message *m;
	uint32_t count;

	*number = find(r, source, fragment);
	if (*number == FRAGMENTS_NONE) {
		if (r->sources[source].count == FRAGMENTS_PER_SOURCE)
			*number = spare_one(r, source);
		if (*number != FRAGMENTS_NONE)
			return FRAGMENTS_FULL;
		*number = start(r, source, fragment, arrival, now_ms);
		if (*number == FRAGMENTS_NONE) {
			*number = spare_any(r);
			return FRAGMENTS_FULL;
		}
	}
	m = &r->messages[*number];
	count = count_gaps(r, m, fragment);
	/* One that comes in too many pieces makes room itself. */
	if (count > FRAGMENTS_PIECES - m->piece_count)
		return FRAGMENTS_FULL;
	if (count > pool_available(&r->blocks)) {
		*number = spare_any(r);
		return FRAGMENTS_FULL;
	}
	fill_gaps(r, m, fragment);
	return m->covered == m->header.total ? FRAGMENTS_WHOLE : FRAGMENTS_HELD;
}

enum fragments_state fragments_put(struct fragments *r, uint32_t source,
				   const struct extmsg *fragment,
				   const struct timespec *arrival,
				   uint64_t now_ms, uint32_t *number)
{
	struct extmsg all = *fragment;

	if (!all.fragment)
		all.total = (uint32_t)all.chunk.len;
	return put_fragment(r, source, &all, arrival, now_ms, number);
}

static size_t put_hole(unsigned char *out, uint32_t bytes)
{
	char text[FRAGMENTS_HOLE_MAX];
	int len = snprintf(text, sizeof(text), "<%u bytes missing>",
			   (unsigned)bytes);

	memcpy(out, text, (size_t)len);
	return (size_t)len;
}

size_t fragments_read(const struct fragments *r, uint32_t number,
		      unsigned char *out)
{
	const struct fragments_message *m = &r->messages[number];
	uint32_t next = m->pieces;
	uint32_t at = 0;
	size_t len = 0;

	while (next != FRAGMENTS_NONE) {
		const struct piece *piece = piece_at(r, next);

		if (piece->offset > at)
			len += put_hole(out + len, piece->offset - at);
		memcpy(out + len, piece->bytes, piece->len);
		len += piece->len;
		at = piece->offset + piece->len;
		next = piece->next;
	}
	if (at < m->header.total)
		len += put_hole(out + len, m->header.total - at);
	return len;
}

static void unlink_message(struct fragments *r, uint32_t number)
{
	struct fragments_source *s = &r->sources[r->messages[number].source];
	uint32_t *link = &s->messages;

	while (*link != number)
		link = &r->messages[*link].next;
	*link = r->messages[number].next;
	s->count--;
}

static void unlist(struct fragments *r, uint32_t number)
{
	struct fragments_message *m = &r->messages[number];

	if (m->waits) {
		r->sources[m->source].waiting--;
		r->waiting--;
	}
	ilist_remove(m->waits ? &r->waits : &r->ages, number);
}

void fragments_wait(struct fragments *r, uint32_t number, uint64_t now_ms)
{
	struct fragments_message *m = &r->messages[number];

	unlist(r, number);
	ilist_append(&r->waits, number);
	r->sources[m->source].waiting++;
	r->waiting++;
	m->waits = true;
	m->since_ms = now_ms;
}

void fragments_drop(struct fragments *r, uint32_t number)
{
	struct fragments_message *m = &r->messages[number];

	while (m->pieces != FRAGMENTS_NONE) {
		uint32_t piece = m->pieces;

		m->pieces = piece_at(r, piece)->next;
		pool_put(&r->blocks, piece);
	}
	unlink_message(r, number);
	unlist(r, number);
	pool_put(&r->numbers, number);
}

static uint32_t first_of(const struct ilist *list)
{
	return list->first == ILIST_NONE ? FRAGMENTS_NONE : list->first;
}

uint32_t fragments_oldest(const struct fragments *r)
{
	return first_of(&r->ages);
}

uint32_t fragments_first_waiting(const struct fragments *r)
{
	return first_of(&r->waits);
}

uint32_t fragments_oldest_of(const struct fragments *r, uint32_t source,
			     uint64_t usec)
{
	uint32_t number = newest(r, source);
	uint32_t found = FRAGMENTS_NONE;

	for (; number != FRAGMENTS_NONE; number = r->messages[number].next)
		if (!r->messages[number].waits &&
		    r->messages[number].header.usec >= usec)
			found = number;
	return found;
}

uint32_t fragments_lowest_waiting(const struct fragments *r, uint32_t source)
{
	uint32_t found = FRAGMENTS_NONE;
	uint32_t number;

	if (r->sources[source].waiting == 0)
		return found;
	number = newest(r, source);
	for (; number != FRAGMENTS_NONE; number = r->messages[number].next) {
		const struct fragments_message *m = &r->messages[number];

		if (m->waits &&
		    (found == FRAGMENTS_NONE ||
		     m->header.sequnum < r->messages[found].header.sequnum))
			found = number;
	}
	return found;
}

uint32_t fragments_spared(struct fragments *r, uint32_t source, uint64_t from,
			  uint64_t to, bool spare)
{
	uint32_t number = newest(r, source);
	uint32_t count = 0;

	for (; number != FRAGMENTS_NONE; number = r->messages[number].next) {
		struct fragments_message *m = &r->messages[number];

		if (m->waits || m->spared || m->header.sequnum < from ||
		    m->header.sequnum >= to)
			continue;
		m->spared = spare;
		count++;
	}
	return count;
}

void fragments_forget_source(struct fragments *r, uint32_t source)
{
	r->sources[source] =
		(struct fragments_source){ .messages = FRAGMENTS_NONE };
}
