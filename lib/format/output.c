/* output - finished records into their queues; see output.h. */
#include "output.h"

#include "filetable.h"
#include "format.h"
#include "incidentline.h"
#include "settings.h"

static enum format format_of(const struct settings *settings)
{
	if (settings->raw)
		return FORMAT_RAW;
	return settings->json ? FORMAT_JSON : FORMAT_TEXT;
}

size_t output_bytes(const struct settings *settings, size_t text_len)
{
	const struct record record = { .text_len = text_len };

	/* With conf= the format may become that of most bytes. */
	if (settings->conf && !settings->raw)
		return format_max(&record, FORMAT_JSON);
	return format_max(&record, format_of(settings));
}

void output_change(struct output *o)
{
	o->stamp = (struct stamp){ .iso = settings_stamps_iso(o->settings),
				   .by_hour = o->settings->file.by_hour };
	o->of_text = (struct stamp){ .iso = o->settings->iso };
}

void output_init(struct output *o, const struct settings *settings,
		 struct filetable *files, struct outq *tee, char *text)
{
	*o = (struct output){
		.settings = settings,
		.files = files,
		.tee = tee,
		.text = text,
	};
	output_change(o);
}

static bool put_into(struct output *o, struct outq *queue,
		     const struct record *record, enum format format)
{
	char *out = outq_reserve(queue, format_max(record, format));

	if (out) {
		outq_commit(queue, format_record(out, record, format));
		return true;
	}
	return outq_put(queue, o->text, format_record(o->text, record, format));
}

/*
 * The queue of the file that @record goes to; NULL: there is none free.  Apart,
 * as it is seldom called where senders share a file.
 */
static __attribute__((noinline)) struct outq *
choose_queue(struct output *o, const struct record *record)
{
	bool named = record->host_len > 0;
	const struct filetable_line line = {
		.source = record->prefix_len > 0 ? record->source
						 : FILETABLE_NONE,
		.period = o->stamp.period,
		.named = named,
		.names = record->names,
		.host = named ? record->prefix : record->address,
		.host_len = named ? record->host_len : record->address_len,
		.address = record->address,
		.address_len = record->address_len,
		.port = record->port,
		.local = record->local,
	};
	uint32_t file = filetable_choose(o->files, &line);

	return file == FILETABLE_NONE ? NULL : filetable_queue(o->files, file);
}

static struct outq *queue_for(struct output *o, const struct record *record)
{
	struct outq *queue = filetable_latest(o->files, o->stamp.period);

	return queue ? queue : choose_queue(o, record);
}

/* The form of a line of a record that began as text. */
static enum format stay_text(struct output *o, struct record *record,
			     const struct timespec *time)
{
	stamp_set(&o->of_text, time);
	record->stamp = o->of_text.text;
	record->stamp_len = stamp_length(&o->of_text);
	return FORMAT_TEXT;
}

static void stamp_record(struct output *o, struct record *record,
			 const struct timespec *time)
{
	stamp_set(&o->stamp, time);
	record->stamp = o->stamp.text;
	record->stamp_len = stamp_length(&o->stamp);
}

bool output_put(struct output *o, struct record *record,
		const struct timespec *time)
{
	enum format format = format_of(o->settings);
	struct outq *queue;

	stamp_record(o, record, time);
	if (record->as_text && format == FORMAT_JSON)
		format = stay_text(o, record, time);
	queue = queue_for(o, record);
	if (!queue || !put_into(o, queue, record, format))
		return false;
	o->lines++;
	/* What a terminal shows is never raw. */
	if (format == FORMAT_RAW)
		format = FORMAT_TEXT;
	if (o->tee && !put_into(o, o->tee, record, format))
		o->not_shown++;
	return true;
}

bool output_incident(struct output *o, struct record *record,
		     const struct timespec *time,
		     const struct incident_line *line)
{
	char text[INCIDENTLINE_MAX];
	uint32_t file;

	stamp_record(o, record, time);
	file = filetable_incidents(o->files, (uint32_t)o->stamp.day);
	return file != FILETABLE_NONE &&
	       outq_put(filetable_queue(o->files, file), text,
			incidentline_write(text, record, line,
					   o->settings->json));
}
