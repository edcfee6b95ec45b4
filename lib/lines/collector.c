/* collector - datagrams in, finished lines out; see collector.h. */
#include "collector.h"

#include <string.h>

#include "carve.h"
#include "datagram.h"
#include "filetable.h"
#include "record.h"
#include "settings.h"
#include "watch.h"

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
	size_t more = 0;

	if (settings_reads_extended(settings))
		more += extended_bytes(settings);
	if (settings->incidents)
		more += carve_bytes(incident_bytes(clients));
	return more + carve_bytes(source_table_bytes(clients)) +
	       carve_bytes(limit_bytes(settings)) +
	       carve_bytes(assembler_bytes(settings)) +
	       carve_bytes(text_bytes(settings));
}

void collector_init(struct collector *c, const struct settings *settings,
		    const uint64_t hash_keys[SRCADDR_HASH_KEYS], void *memory,
		    struct filetable *files, struct outq *tee)
{
	uint32_t clients = (uint32_t)settings->clients;
	char *at = memory;

	*c = (struct collector){
		.settings = settings,
	};
	source_table_init(&c->sources, clients, hash_keys,
			  carve(&at, source_table_bytes(clients)));
	c->sources.by_address = settings->by_address;
	limit_init(&c->limit, settings, &c->sources, &c->output,
		   carve(&at, limit_bytes(settings)));
	assembler_init(&c->assembler, settings, &c->sources, &c->limit,
		       carve(&at, assembler_bytes(settings)));
	output_init(&c->output, settings, files, tee,
		    carve(&at, text_bytes(settings)));
	if (settings->incidents) {
		incident_init(&c->incidents, &c->sources, &c->counts.datagrams,
			      &c->output, carve(&at, incident_bytes(clients)));
		c->limit.incidents = &c->incidents;
	}
	if (settings_reads_extended(settings))
		extended_init(&c->extended, settings, &c->sources, &c->limit,
			      at);
}

void collector_count(struct collector *c, struct tally *tally)
{
	c->sources.tally = tally;
	limit_change(&c->limit);
}

void collector_change(struct collector *c)
{
	output_change(&c->output);
	limit_change(&c->limit);
}

/* Writes what is held of the source that has to go. */
static bool make_way(struct collector *c)
{
	struct source *source = source_makes_way(&c->sources);
	uint32_t number = source_number(&c->sources, source);

	if (settings_reads_extended(c->settings) &&
	    !extended_give_way(&c->extended, number))
		return false;
	if (!assembler_write(&c->assembler, source) ||
	    !limit_give_way(&c->limit, number) ||
	    (c->limit.incidents && !incident_give_way(&c->incidents, number)))
		return false;
	c->counts.evictions++;
	if (c->sources.tally)
		tally_leave(c->sources.tally, number);
	return true;
}

static struct source *find_source(struct collector *c, const struct datagram *d)
{
	struct source *source = source_find(&c->sources, &d->from);

	if (source)
		return source;
	if (source_table_full(&c->sources) && !make_way(c))
		return NULL;
	source = source_add(&c->sources, &d->from);
	filetable_forget(c->output.files, source_number(&c->sources, source));
	return source;
}

void collector_expect(const struct collector *c, const struct srcaddr *sources,
		      size_t count)
{
	uint32_t numbers[SOURCE_PREFETCH_MAX];
	size_t found = source_prefetch(&c->sources, sources, count, numbers);

	if (settings_reads_extended(c->settings))
		extpass_prefetch(&c->extended.pass, &c->sources, numbers,
				 found);
}

/* Text of a source ends the line that its records have begun. */
static bool end_record_line(struct collector *c, uint32_t number)
{
	return !settings_reads_extended(c->settings) ||
	       extended_end_line(&c->extended, number);
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
	c->text_refused =
		!end_record_line(c, number) ||
		!assembler_put(&c->assembler, source, d, offset, now_ms);
	return !c->text_refused;
}

static inline void pass_time_on(struct collector *c, uint64_t now_ms)
{
	if (c->limit.now_ms == now_ms)
		return;
	c->limit.now_ms = now_ms;
	watch_time(&c->incidents, now_ms);
}

bool collector_put(struct collector *c, const struct datagram *d,
		   size_t *offset, uint64_t now_ms)
{
	struct source *source;

	pass_time_on(c, now_ms);
	if (d->len > 0) {
		source = find_source(c, d);
		if (!source || !put_from(c, source, d, offset, now_ms))
			return false;
		if (c->sources.tally)
			tally_hear(c->sources.tally,
				   source_number(&c->sources, source),
				   &d->arrival);
	}
	c->counts.datagrams++;
	c->counts.bytes += d->len;
	return true;
}

static uint64_t message_deadline(const struct collector *c)
{
	if (!settings_reads_extended(c->settings))
		return DEADLINE_NEVER;
	return extended_deadline(&c->extended);
}

bool collector_release(struct collector *c, uint64_t now_ms)
{
	pass_time_on(c, now_ms);
	return !settings_reads_extended(c->settings) ||
	       extended_release(&c->extended, now_ms);
}

bool collector_expire(struct collector *c, uint64_t now_ms)
{
	pass_time_on(c, now_ms);
	return assembler_expire(&c->assembler, now_ms) &&
	       (!settings_reads_extended(c->settings) ||
		extended_expire(&c->extended, now_ms)) &&
	       limit_expire(&c->limit) &&
	       (!c->limit.incidents || watch_expire(&c->incidents));
}

bool collector_flush(struct collector *c)
{
	return assembler_flush(&c->assembler) &&
	       (!settings_reads_extended(c->settings) ||
		extended_flush(&c->extended)) &&
	       limit_flush(&c->limit) &&
	       (!c->limit.incidents || watch_flush(&c->incidents));
}

uint32_t collector_unfinished(const struct collector *c)
{
	uint32_t count =
		assembler_unfinished(&c->assembler) + limit_untold(&c->limit);

	if (settings_reads_extended(c->settings))
		count += extended_held(&c->extended);
	if (c->limit.incidents)
		count += watch_untold(&c->incidents);
	return count;
}

static uint64_t incident_deadline(const struct collector *c)
{
	return c->limit.incidents ? watch_deadline(&c->incidents)
				  : DEADLINE_NEVER;
}

uint64_t collector_deadline(const struct collector *c)
{
	return deadline_earlier(
		deadline_earlier(limit_deadline(&c->limit),
				 incident_deadline(c)),
		deadline_earlier(assembler_deadline(&c->assembler),
				 message_deadline(c)));
}

bool collector_tell(struct collector *c, const struct timespec *time,
		    const char *notice, const char *text)
{
	struct record record = {
		.prefix = "",
		.notice = notice,
		.text = (const unsigned char *)text,
		.text_len = strlen(text),
	};

	return output_put(&c->output, &record, time);
}

bool collector_note(struct collector *c, const struct timespec *time,
		    uint64_t lost, uint16_t local, const char *text)
{
	struct record record = {
		.prefix = "",
		.notice = "datagrams-lost",
		.lost = lost,
		.local = local,
		.tells_local = local != 0,
		.text = (const unsigned char *)text,
		.text_len = strlen(text),
	};

	if (!output_put(&c->output, &record, time))
		return false;
	c->incidents.counts.dropped += lost;
	return true;
}
