/* extended - records of extended netconsole into the log; see extended.h. */
#include "extended.h"

#include "carve.h"
#include "datagram.h"
#include "extclaim.h"
#include "settings.h"

size_t extended_bytes(const struct settings *settings)
{
	uint32_t clients = (uint32_t)settings->clients;

	return carve_bytes(extpass_bytes(clients)) +
	       carve_bytes(clients * sizeof(uint64_t)) +
	       carve_bytes(FRAGMENTS_WHOLE_MAX) +
	       carve_bytes(extwrite_bytes(clients)) +
	       carve_bytes(waiting_bytes(settings->held_bytes)) +
	       fragments_bytes(clients, settings->held_bytes);
}

void extended_init(struct extended *x, const struct settings *settings,
		   const struct source_table *sources, struct limit *limit,
		   void *memory)
{
	uint32_t clients = (uint32_t)settings->clients;
	char *at = memory;

	*x = (struct extended){ .settings = settings };
	extpass_init(&x->pass, clients, &x->fragments.shelves, &x->write,
		     carve(&at, extpass_bytes(clients)));
	x->doubtful = carve(&at, clients * sizeof(*x->doubtful));
	x->whole = carve(&at, FRAGMENTS_WHOLE_MAX);
	extwrite_init(&x->write, settings, sources, limit,
		      carve(&at, extwrite_bytes(clients)));
	waiting_init(&x->waiting, &x->fragments,
		     carve(&at, waiting_bytes(settings->held_bytes)));
	fragments_init(&x->fragments, clients, settings->held_bytes, at);
}

bool extended_claim(struct extended *x, struct source *source, uint32_t number,
		    const struct datagram *d, struct extmsg *msg)
{
	return extclaim_read(source, &x->doubtful[number], d, msg);
}

static void drop_message(struct extended *x, uint32_t message)
{
	if (x->interrupted == message + 1)
		x->interrupted = 0;
	if (fragments_at(&x->fragments, message)->waits)
		waiting_remove(&x->waiting, message);
	fragments_drop(&x->fragments, message);
}

static bool drop_double(struct extended *x, uint32_t message)
{
	x->doubles++;
	drop_message(x, message);
	return true;
}

/* Writes a held message, whole or not, and drops it. */
static bool write_message(struct extended *x, uint32_t message, bool fresh)
{
	const struct fragments_message *m =
		fragments_at(&x->fragments, message);
	const struct extmsg_part whole = {
		x->whole, fragments_read(&x->fragments, message, x->whole)
	};
	struct extwrite_record r = {
		.source = m->source,
		.arrival = m->arrival,
		.header = &m->header,
		.missing = m->header.total - m->covered,
	};
	size_t at = m->done;

	if (at == 0 && extpass_is_rest(&x->pass, &r))
		return drop_double(x, message);
	if (!extpass_record(&x->pass, &r, whole, fresh, &at)) {
		fragments_note_done(&x->fragments, message, (uint32_t)at);
		return false;
	}
	drop_message(x, message);
	return true;
}

/* Writes the waiting records of a source whose earlier ones have passed. */
static bool write_ready(struct extended *x, uint32_t source)
{
	const struct order *order = &x->pass.sources[source].order;
	const struct shelf_entry *lowest;

	while ((lowest = waiting_lowest(&x->waiting, source)) && order->begun &&
	       lowest->sequnum <= order->next)
		if (!write_message(x, lowest->number, false))
			return false;
	return true;
}

/* Writes @message, or a waiting one that belongs before it. */
static bool write_in_turn(struct extended *x, uint32_t message)
{
	const struct fragments_message *m =
		fragments_at(&x->fragments, message);
	const struct shelf_entry *lowest =
		waiting_lowest(&x->waiting, m->source);

	if (lowest && lowest->sequnum < m->header.sequnum)
		message = lowest->number;
	if (write_message(x, message, false))
		return true;
	x->interrupted = message + 1;
	return false;
}

/*
 * Logs that the sender of @r booted, after the held messages of the boot
 * before.  Fragments of the new boot may be held already: they came just now,
 * and with a time closer to that of @r.
 */
static bool say_boot(struct extended *x, const struct extwrite_record *r)
{
	uint64_t usec = x->pass.sources[r->source].order.usec;
	uint64_t between = usec / 2 + r->header->usec / 2 + 1;
	const struct shelf_entry *waits;
	uint32_t held;

	while ((waits = waiting_lowest(&x->waiting, r->source)))
		if (!write_message(x, waits->number, false))
			return false;
	while ((held = fragments_of_before(&x->fragments, r->source, between,
					   &r->arrival)) != FRAGMENTS_NONE)
		if (!write_message(x, held, false))
			return false;
	return extpass_boot(&x->pass, r);
}

/* Whether earlier records may still come, and there is time to wait. */
static bool has_to_wait(const struct extended *x, uint32_t source,
			enum order_place place, uint64_t sequnum)
{
	if (place != ORDER_AHEAD && !(place == ORDER_FIRST && sequnum > 0))
		return false;
	return x->settings->reorder_ms > 0 &&
	       !waiting_is_full(&x->waiting, source, sequnum);
}

/* A boot is logged first; the record is then the first of its sender. */
static bool settle_boot(struct extended *x, const struct extwrite_record *r,
			enum order_place *place)
{
	if (*place != ORDER_BOOT)
		return true;
	*place = ORDER_FIRST;
	return say_boot(x, r);
}

/* Holds a datagram; *@message is its message once all fragments are there. */
static bool hold_datagram(struct extended *x, uint32_t source,
			  const struct datagram *d, const struct extmsg *msg,
			  uint64_t now_ms, uint32_t *message)
{
	enum fragments_state state;

	while ((state = fragments_put(&x->fragments, source, msg, &d->arrival,
				      now_ms, message)) > FRAGMENTS_WHOLE) {
		uint32_t victim = *message; /* of FRAGMENTS_FULL_SPANS */

		if (state == FRAGMENTS_FULL_SOURCE)
			victim = waiting_victim_of(&x->waiting, source);
		else if (state == FRAGMENTS_FULL)
			victim = waiting_victim(&x->waiting);
		if (!write_in_turn(x, victim))
			return false;
	}
	if (state == FRAGMENTS_HELD ||
	    fragments_at(&x->fragments, *message)->waits)
		*message = FRAGMENTS_NONE;
	return true;
}

static void wait_for_others(struct extended *x, uint32_t message,
			    const struct datagram *d, uint64_t now_ms)
{
	const struct fragments_message *m =
		fragments_at(&x->fragments, message);

	extpass_remember(&x->pass, m->source, &m->header, m->header.total);
	waiting_add(&x->waiting, message, &d->arrival, now_ms);
}

/* Writes the message that @d has just made whole, or has it wait. */
static bool put_message(struct extended *x, uint32_t message,
			const struct datagram *d, uint64_t now_ms)
{
	const struct fragments_message *m =
		fragments_at(&x->fragments, message);
	struct extwrite_record r = { .source = m->source,
				     .arrival = m->arrival,
				     .header = &m->header };
	enum order_place place =
		m->done > 0 ? ORDER_NEXT
			    : extpass_place(&x->pass, m->source, &m->header,
					    m->header.total);
	struct extmsg_part whole = { x->whole, m->header.total };

	if (place == ORDER_AGAIN) {
		fragments_read(&x->fragments, message, x->whole);
		if (!extpass_again(&x->pass, &r, whole))
			return false;
	}
	if (place == ORDER_DOUBLE || place == ORDER_AGAIN)
		return drop_double(x, message);
	if (!settle_boot(x, &r, &place))
		return false;
	if (!has_to_wait(x, m->source, place, m->header.sequnum))
		return write_message(x, message, true);
	wait_for_others(x, message, d, now_ms);
	return true;
}

static bool put_fragment(struct extended *x, uint32_t source,
			 const struct datagram *d, const struct extmsg *msg,
			 uint64_t now_ms)
{
	uint32_t message;

	if (!hold_datagram(x, source, d, msg, now_ms, &message))
		return false;
	return message == FRAGMENTS_NONE || put_message(x, message, d, now_ms);
}

/* *@offset stands where the last line that was written ends. */
static bool put_whole(struct extended *x, struct extwrite_record *r,
		      const struct datagram *d, const struct extmsg *msg,
		      size_t *offset)
{
	size_t head = (size_t)(msg->chunk.at - d->bytes);
	size_t at = *offset == 0 ? 0 : *offset - head + 1;

	if (extpass_record(&x->pass, r, msg->chunk, true, &at))
		return true;
	*offset = at == 0 ? 0 : head + at - 1;
	return false;
}

static bool take_record(struct extended *x, uint32_t source,
			const struct datagram *d, const struct extmsg *msg,
			size_t *offset, uint64_t now_ms)
{
	enum order_place place = ORDER_NEXT;
	struct extwrite_record *r = &x->record;
	uint32_t message;

	r->source = source;
	r->arrival = d->arrival;
	r->header = msg;
	if (*offset == 0)
		place = extpass_place(&x->pass, source, msg, extmsg_whole(msg));
	if (place == ORDER_DOUBLE) {
		extpass_double(&x->pass, r, msg->chunk);
		x->doubles++;
		return true;
	}
	if (msg->fragment)
		return put_fragment(x, source, d, msg, now_ms);
	if (place == ORDER_AGAIN) {
		if (!extpass_again(&x->pass, r, msg->chunk))
			return false;
		x->doubles++;
		return true;
	}
	if (!settle_boot(x, r, &place))
		return false;
	if (!has_to_wait(x, source, place, msg->sequnum))
		return put_whole(x, r, d, msg, offset);
	if (!hold_datagram(x, source, d, msg, now_ms, &message))
		return false;
	if (message != FRAGMENTS_NONE)
		wait_for_others(x, message, d, now_ms);
	return true;
}

/* Whether the first waiting record has waited long enough, by either clock. */
static bool has_waited(const struct extended *x, uint64_t now_ms,
		       const struct timespec *arrival)
{
	uint64_t ms = x->settings->reorder_ms;

	return waiting_deadline(&x->waiting, ms) <= now_ms ||
	       (arrival && waiting_is_over(&x->waiting, arrival, ms));
}

/*
 * After a lack of room, resumes with the message, or the source, that was
 * interrupted.
 */
static bool release(struct extended *x, uint64_t now_ms,
		    const struct timespec *arrival)
{
	if (x->interrupted > 0 && !write_message(x, x->interrupted - 1, false))
		return false;
	while (x->resumes || has_waited(x, now_ms, arrival)) {
		if (!x->resumes) {
			uint32_t first = waiting_first(&x->waiting);
			uint32_t source =
				fragments_at(&x->fragments, first)->source;

			if (!write_in_turn(x, first))
				return false;
			x->resume_source = source;
			x->resumes = true;
		}
		if (!write_ready(x, x->resume_source))
			return false;
		x->resumes = false;
	}
	return true;
}

bool extended_put(struct extended *x, uint32_t number, const struct datagram *d,
		  const struct extmsg *msg, size_t *offset, uint64_t now_ms)
{
	x->write.now_ms = now_ms;
	/* By its arrival, as it may have lain in the socket for long. */
	if (*offset == 0 && !release(x, now_ms, &d->arrival))
		return false;
	if (*offset < d->len) {
		if (!take_record(x, number, d, msg, offset, now_ms))
			return false;
		*offset = d->len;
	}
	return write_ready(x, number);
}

bool extended_release(struct extended *x, uint64_t now_ms)
{
	x->write.now_ms = now_ms;
	return release(x, now_ms, NULL);
}

/* When the patience for the oldest unfinished message is over. */
static uint64_t expire_ms(const struct extended *x)
{
	uint32_t oldest = fragments_oldest(&x->fragments);

	return oldest == FRAGMENTS_NONE
		       ? DEADLINE_NEVER
		       : fragments_at(&x->fragments, oldest)->since_ms +
				 x->settings->timeout_ms;
}

bool extended_expire(struct extended *x, uint64_t now_ms)
{
	if (!extended_release(x, now_ms))
		return false;
	while (expire_ms(x) <= now_ms)
		if (!write_in_turn(x, fragments_oldest(&x->fragments)))
			return false;
	return extwrite_expire(&x->write);
}

uint64_t extended_deadline(const struct extended *x)
{
	uint64_t waits = waiting_deadline(&x->waiting, x->settings->reorder_ms);

	return deadline_earlier(deadline_earlier(waits, expire_ms(x)),
				extwrite_deadline(&x->write));
}

bool extended_flush(struct extended *x)
{
	uint32_t held;

	while ((held = waiting_first(&x->waiting)) != FRAGMENTS_NONE ||
	       (held = fragments_oldest(&x->fragments)) != FRAGMENTS_NONE)
		if (!write_in_turn(x, held))
			return false;
	return extwrite_flush(&x->write);
}

uint32_t extended_held(const struct extended *x)
{
	return fragments_held(&x->fragments) + joined_held(&x->write.joined);
}

bool extended_give_way(struct extended *x, uint32_t number)
{
	const struct shelf_entry *held;

	while ((held = shelf_from(&x->fragments.shelves, number, 0)))
		if (!write_message(x, held->number, false))
			return false;
	if (!extwrite_end_line(&x->write, number))
		return false;
	joined_forget(&x->write.joined, number);
	extpass_forget(&x->pass, number);
	return true;
}
