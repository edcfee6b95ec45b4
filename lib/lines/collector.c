/* collector - datagrams in, finished lines out; see collector.h. */
#include "collector.h"

#include <string.h>

#include "carve.h"
#include "datagram.h"
#include "filetable.h"
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
		extended = extended_bytes(settings);
	return extended + carve_bytes(source_table_bytes(clients)) +
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
	assembler_init(&c->assembler, settings, &c->sources, &c->output,
		       carve(&at, assembler_bytes(settings)));
	output_init(&c->output, settings, files, tee,
		    carve(&at, text_bytes(settings)));
	if (settings_reads_extended(settings))
		extended_init(&c->extended, settings, &c->sources, &c->output,
			      at);
}

/* Writes what is held of the source silent longest, which has to go. */
static bool make_way(struct collector *c)
{
	struct source *source = source_silent_longest(&c->sources);

	if (settings_reads_extended(c->settings) &&
	    !extended_give_way(&c->extended,
			       source_number(&c->sources, source)))
		return false;
	return assembler_write(&c->assembler, source);
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
	source_prefetch(&c->sources, sources, count);
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
	return assembler_expire(&c->assembler, now_ms) &&
	       (!settings_reads_extended(c->settings) ||
		extended_expire(&c->extended, now_ms));
}

bool collector_flush(struct collector *c)
{
	return assembler_flush(&c->assembler) &&
	       (!settings_reads_extended(c->settings) ||
		extended_flush(&c->extended));
}

uint32_t collector_unfinished(const struct collector *c)
{
	uint32_t count = assembler_unfinished(&c->assembler);

	if (settings_reads_extended(c->settings))
		count += extended_held(&c->extended);
	return count;
}

uint64_t collector_deadline(const struct collector *c)
{
	return deadline_earlier(assembler_deadline(&c->assembler),
				message_deadline(c));
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
