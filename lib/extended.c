/* extended - records of extended netconsole as lines; see extended.h. */
#include "extended.h"

#include "carve.h"
#include "collector.h"
#include "linebuf.h"

size_t extended_bytes(uint32_t sources)
{
	return carve_bytes(sources * sizeof(uint64_t)) +
	       carve_bytes(REASM_WHOLE_MAX) + carve_bytes(EXTENDED_LINE_MAX) +
	       reasm_bytes(sources);
}

void extended_init(struct extended *x, uint32_t sources, void *memory)
{
	char *at = memory;

	x->doubtful = carve(&at, sources * sizeof(uint64_t));
	x->whole = carve(&at, REASM_WHOLE_MAX);
	x->line = carve(&at, EXTENDED_LINE_MAX);
	reasm_init(&x->reasm, sources, at);
}

bool extended_is(struct extended *x, struct source *source, uint32_t number,
		 const struct datagram *d, struct extmsg *msg)
{
	if (!source->extended && source->line != LINEBUF_EMPTY)
		return false;
	if (!extmsg_read(msg, d->bytes, d->len))
		return false;
	if (source->extended)
		return true;
	if (source->plain && x->doubtful[number] != msg->sequnum) {
		x->doubtful[number] = msg->sequnum + 1;
		return false;
	}
	source->extended = true;
	return true;
}

/* CRs before the end of a line say nothing, here as in text. */
static size_t without_crs(const unsigned char *text, size_t len)
{
	while (len > 0 && text[len - 1] == '\r')
		len--;
	return len;
}

/* Writes the lines of a message that come after *@at, and moves that. */
static bool write_lines(struct extended *x, uint32_t number, time_t second,
			const struct extmsg *msg, struct extmsg_part whole,
			size_t *at)
{
	struct extbody body;

	extbody_split(&body, msg, whole);
	while (*at <= body.text.len) {
		size_t next = *at;
		size_t len = extbody_show(msg, &body, x->level, &next, x->line);

		len = without_crs(x->line, len);
		if (!x->sink.line(x->sink.owner, number, second, x->line, len))
			return false;
		*at = next;
	}
	return true;
}

/* Writes a message, whole or not, and forgets it. */
static bool write_message(struct extended *x, uint32_t message)
{
	struct reasm_message *m = &x->reasm.messages[message];
	struct extmsg_part whole = { x->whole, 0 };
	size_t at = m->done;
	bool written;

	whole.len = reasm_read(&x->reasm, message, x->whole);
	written = write_lines(x, m->source, m->arrival.tv_sec, &m->header,
			      whole, &at);
	m->done = (uint32_t)at;
	if (written)
		reasm_drop(&x->reasm, message);
	return written;
}

static bool put_fragment(struct extended *x, uint32_t number,
			 const struct datagram *d, const struct extmsg *msg,
			 uint64_t now_ms)
{
	enum reasm_state state;
	uint32_t message;

	do {
		state = reasm_put(&x->reasm, number, msg, &d->arrival, now_ms,
				  &message);
		if (state == REASM_HELD || state == REASM_LATE)
			return true;
		if (!write_message(x, message))
			return false;
	} while (state == REASM_FULL);
	return true;
}

/* *@offset stands where the last line that was written ends. */
bool extended_put(struct extended *x, uint32_t number, const struct datagram *d,
		  const struct extmsg *msg, size_t *offset, uint64_t now_ms)
{
	size_t head = (size_t)(msg->chunk.at - d->bytes);
	size_t at = *offset == 0 ? 0 : *offset - head + 1;

	if (msg->fragment) {
		if (!put_fragment(x, number, d, msg, now_ms))
			return false;
	} else if (!write_lines(x, number, d->arrival.tv_sec, msg, msg->chunk,
				&at)) {
		*offset = at == 0 ? 0 : head + at - 1;
		return false;
	}
	*offset = d->len;
	return true;
}

bool extended_write_oldest(struct extended *x)
{
	return write_message(x, reasm_oldest(&x->reasm));
}

uint64_t extended_oldest_ms(const struct extended *x)
{
	uint32_t oldest = reasm_oldest(&x->reasm);

	return oldest == REASM_NONE ? EXTENDED_NEVER
				    : x->reasm.messages[oldest].since_ms;
}

uint32_t extended_held(const struct extended *x)
{
	return x->reasm.numbers.used;
}

bool extended_give_way(struct extended *x, uint32_t number)
{
	uint32_t oldest;

	while ((oldest = reasm_oldest_of(&x->reasm, number)) != REASM_NONE)
		if (!write_message(x, oldest))
			return false;
	reasm_forget_source(&x->reasm, number);
	x->doubtful[number] = 0;
	return true;
}
