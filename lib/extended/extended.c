/* extended - records of extended netconsole as lines; see extended.h. */
#include "extended.h"

#include "carve.h"
#include "collector.h"
#include "linebuf.h"
#include "settings.h"

size_t extended_bytes(uint32_t sources)
{
	return carve_bytes(sources * sizeof(struct extended_source)) +
	       carve_bytes(FRAGMENTS_WHOLE_MAX) +
	       carve_bytes(extwrite_bytes()) + fragments_bytes(sources);
}

void extended_init(struct extended *x, const struct settings *settings,
		   const struct extwrite_sink *sink, void *memory)
{
	uint32_t sources = (uint32_t)settings->clients;
	char *at = memory;

	_Static_assert(offsetof(struct extended_source, sequence.seen) == 64 &&
			       sizeof(struct extended_source) % 64 == 0,
		       "cache lines");
	*x = (struct extended){ .settings = settings };
	x->sources = carve(&at, sources * sizeof(*x->sources));
	x->whole = carve(&at, FRAGMENTS_WHOLE_MAX);
	extwrite_init(&x->write, settings, sink, carve(&at, extwrite_bytes()));
	fragments_init(&x->reasm, sources, at);
}

bool extended_is(struct extended *x, struct source *source, uint32_t number,
		 const struct datagram *d, struct extmsg *msg)
{
	uint64_t *doubtful = &x->sources[number].doubtful;

	if (!source->extended && source->line != LINEBUF_EMPTY)
		return false;
	if (!extmsg_read(msg, d->bytes, d->len))
		return false;
	if (source->extended)
		return true;
	/* 0 is none, as no other comes before it. */
	if (source->plain && (*doubtful == 0 || *doubtful != msg->sequnum)) {
		*doubtful = msg->sequnum + 1;
		return false;
	}
	source->extended = true;
	return true;
}

/* Writes what comes after *@at, which is 0 at first, and moves that. */
static bool write_record(struct extended *x, struct extwrite_record *r,
			 size_t *at)
{
	struct order *s = &x->sources[r->source].sequence;
	/* Of what is late already, it was told whether it is missing. */
	uint64_t from = s->begun ? s->next : 0;
	uint64_t to = r->header->sequnum;

	/* Mostly none is held; then nothing of the source is looked at. */
	if (extended_held(x) == 0)
		return extwrite_put(&x->write, s, r, at);
	r->spared = fragments_spared(&x->reasm, r->source, from, to, false);
	if (!extwrite_put(&x->write, s, r, at))
		return false;
	if (r->numbered)
		fragments_spared(&x->reasm, r->source, from, to, true);
	return true;
}

/* Writes a message that is held, whole or not, and forgets it. */
static bool write_message(struct extended *x, uint32_t message)
{
	struct fragments_message *m = &x->reasm.messages[message];
	size_t at = m->done;
	struct extwrite_record r = {
		.source = m->source,
		.arrival = m->arrival,
		.header = &m->header,
		.whole = { x->whole,
			   fragments_read(&x->reasm, message, x->whole) },
		.missing = m->header.total - m->covered,
		.accounted = m->spared,
	};
	bool written = write_record(x, &r, &at);

	m->done = (uint32_t)at;
	if (written)
		fragments_drop(&x->reasm, message);
	return written;
}

/* Writes those of a source that wait for no other any more. */
static bool write_ready(struct extended *x, uint32_t number)
{
	const struct order *s = &x->sources[number].sequence;
	uint32_t lowest;

	/* Mostly none waits; then nothing of the source is looked at. */
	if (fragments_first_waiting(&x->reasm) == FRAGMENTS_NONE)
		return true;
	while ((lowest = fragments_lowest_waiting(&x->reasm, number)) !=
		       FRAGMENTS_NONE &&
	       s->begun && x->reasm.messages[lowest].header.sequnum <= s->next)
		if (!write_message(x, lowest))
			return false;
	return true;
}

/* Writes @message, or one that has to be written before it. */
static bool write_in_turn(struct extended *x, uint32_t message)
{
	const struct fragments_message *m = &x->reasm.messages[message];

	if (m->waits)
		message = fragments_lowest_waiting(&x->reasm, m->source);
	return write_message(x, message);
}

/*
 * What is held of the boot before comes first.  There may be fragments of the
 * new one already, whose time is closer to that of @r.
 */
static bool tell_boot(struct extended *x, const struct extwrite_record *r)
{
	struct order *s = &x->sources[r->source].sequence;
	uint64_t between = s->usec / 2 + r->header->usec / 2 + 1;
	uint32_t held;

	while ((held = fragments_lowest_waiting(&x->reasm, r->source)) !=
	       FRAGMENTS_NONE)
		if (!write_message(x, held))
			return false;
	while ((held = fragments_oldest_of(&x->reasm, r->source, between)) !=
	       FRAGMENTS_NONE)
		if (!write_message(x, held))
			return false;
	if (!extwrite_booted(&x->write, r))
		return false;
	*s = (struct order){ .next = 0 };
	return true;
}

/* Whether a source holds all it may, and all that wait belong after @header. */
static bool comes_before_all(const struct extended *x, uint32_t number,
			     const struct extmsg *header)
{
	uint32_t lowest = fragments_lowest_waiting(&x->reasm, number);

	return lowest != FRAGMENTS_NONE &&
	       x->reasm.sources[number].count == FRAGMENTS_PER_SOURCE &&
	       header->sequnum < x->reasm.messages[lowest].header.sequnum;
}

/* Whether others may come that belong before it. */
static bool has_to_wait(const struct extended *x, uint32_t number,
			enum order_place place, const struct extmsg *header)
{
	if (place != ORDER_AHEAD &&
	    !(place == ORDER_FIRST && header->sequnum > 0))
		return false;
	return x->settings->reorder_ms > 0 &&
	       !comes_before_all(x, number, header);
}

/* Finds where it belongs; tells of a boot that comes before it. */
static bool find_place(struct extended *x, const struct extwrite_record *r,
		       enum order_place *place)
{
	*place = order_look(&x->sources[r->source].sequence, r->header,
			    r->whole.len);
	if (*place != ORDER_BOOT)
		return true;
	*place = ORDER_FIRST;
	return tell_boot(x, r);
}

/* Holds a datagram; *@number is its message, once it is whole. */
static bool hold(struct extended *x, uint32_t number, const struct datagram *d,
		 const struct extmsg *msg, uint64_t now_ms, uint32_t *message)
{
	enum fragments_state state;

	while ((state = fragments_put(&x->reasm, number, msg, &d->arrival,
				      now_ms, message)) == FRAGMENTS_FULL)
		if (!write_in_turn(x, *message))
			return false;
	if (state == FRAGMENTS_HELD || x->reasm.messages[*message].waits)
		*message = FRAGMENTS_NONE;
	return true;
}

static void wait_for_others(struct extended *x, uint32_t message,
			    uint64_t now_ms)
{
	const struct fragments_message *m = &x->reasm.messages[message];

	order_remember(&x->sources[m->source].sequence, &m->header,
		       m->header.total);
	fragments_wait(&x->reasm, message, now_ms);
}

/* A fragment that makes its message whole has that written, or wait. */
static bool put_fragment(struct extended *x, uint32_t number,
			 const struct datagram *d, const struct extmsg *msg,
			 uint64_t now_ms)
{
	enum order_place place = ORDER_NEXT;
	const struct fragments_message *m;
	uint32_t message;

	if (!hold(x, number, d, msg, now_ms, &message))
		return false;
	if (message == FRAGMENTS_NONE)
		return true;
	m = &x->reasm.messages[message];
	if (m->done == 0) {
		const struct extwrite_record r = {
			.source = number,
			.arrival = m->arrival,
			.header = &m->header,
			.whole = { NULL, m->header.total },
		};

		if (!find_place(x, &r, &place))
			return false;
	}
	if (!has_to_wait(x, number, place, &m->header))
		return write_message(x, message);
	wait_for_others(x, message, now_ms);
	return true;
}

/* *@offset stands where the last line that was written ends. */
static bool put_whole(struct extended *x, uint32_t number,
		      const struct datagram *d, const struct extmsg *msg,
		      size_t *offset, uint64_t now_ms)
{
	size_t head = (size_t)(msg->chunk.at - d->bytes);
	size_t at = *offset == 0 ? 0 : *offset - head + 1;
	struct extwrite_record r = {
		.source = number,
		.arrival = d->arrival,
		.header = msg,
		.whole = msg->chunk,
	};
	enum order_place place = ORDER_NEXT;
	uint32_t message;

	if (*offset == 0 && !find_place(x, &r, &place))
		return false;
	if (has_to_wait(x, number, place, msg)) {
		if (!hold(x, number, d, msg, now_ms, &message))
			return false;
		if (message != FRAGMENTS_NONE)
			wait_for_others(x, message, now_ms);
		return true;
	}
	if (write_record(x, &r, &at))
		return true;
	*offset = at == 0 ? 0 : head + at - 1;
	return false;
}

static bool is_double(const struct extended *x, uint32_t number,
		      const struct extmsg *msg)
{
	size_t len = msg->fragment ? msg->total : msg->chunk.len;

	return order_look(&x->sources[number].sequence, msg, len) ==
	       ORDER_DOUBLE;
}

static bool take_in(struct extended *x, uint32_t number,
		    const struct datagram *d, const struct extmsg *msg,
		    size_t *offset, uint64_t now_ms)
{
	if (*offset == 0 && is_double(x, number, msg)) {
		x->doubles++;
		return true;
	}
	if (msg->fragment)
		return put_fragment(x, number, d, msg, now_ms);
	return put_whole(x, number, d, msg, offset, now_ms);
}

bool extended_put(struct extended *x, uint32_t number, const struct datagram *d,
		  const struct extmsg *msg, size_t *offset, uint64_t now_ms)
{
	if (*offset < d->len) {
		if (!take_in(x, number, d, msg, offset, now_ms))
			return false;
		*offset = d->len;
	}
	return write_ready(x, number);
}

/* When the one that waits longest has waited long enough. */
static uint64_t release_ms(const struct extended *x)
{
	uint32_t first = fragments_first_waiting(&x->reasm);

	return first == FRAGMENTS_NONE ? DEADLINE_NEVER
				       : x->reasm.messages[first].since_ms +
						 x->settings->reorder_ms;
}

/* When the oldest fragments have. */
static uint64_t expire_ms(const struct extended *x)
{
	uint32_t oldest = fragments_oldest(&x->reasm);

	return oldest == FRAGMENTS_NONE ? DEADLINE_NEVER
					: x->reasm.messages[oldest].since_ms +
						  x->settings->timeout_ms;
}

/* Who was begun with is ended with, also where there was no room between. */
bool extended_release(struct extended *x, uint64_t now_ms)
{
	while (x->releases || release_ms(x) <= now_ms) {
		uint32_t first = fragments_first_waiting(&x->reasm);

		if (!x->releases) {
			x->released = x->reasm.messages[first].source;
			if (!write_in_turn(x, first))
				return false;
			x->releases = true;
		}
		if (!write_ready(x, x->released))
			return false;
		x->releases = false;
	}
	return true;
}

bool extended_expire(struct extended *x, uint64_t now_ms)
{
	if (!extended_release(x, now_ms))
		return false;
	while (expire_ms(x) <= now_ms)
		if (!write_message(x, fragments_oldest(&x->reasm)))
			return false;
	return true;
}

uint64_t extended_deadline(const struct extended *x)
{
	return deadline_earlier(release_ms(x), expire_ms(x));
}

bool extended_flush(struct extended *x)
{
	uint32_t held;

	while ((held = fragments_first_waiting(&x->reasm)) != FRAGMENTS_NONE ||
	       (held = fragments_oldest(&x->reasm)) != FRAGMENTS_NONE)
		if (!write_in_turn(x, held))
			return false;
	return true;
}

uint32_t extended_held(const struct extended *x)
{
	return x->reasm.numbers.used;
}

bool extended_give_way(struct extended *x, uint32_t number)
{
	uint32_t held;

	while ((held = fragments_lowest_waiting(&x->reasm, number)) !=
		       FRAGMENTS_NONE ||
	       (held = fragments_oldest_of(&x->reasm, number, 0)) !=
		       FRAGMENTS_NONE)
		if (!write_message(x, held))
			return false;
	fragments_forget_source(&x->reasm, number);
	x->sources[number] = (struct extended_source){ .doubtful = 0 };
	return true;
}
