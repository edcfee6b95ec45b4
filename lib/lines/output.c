/* output - finished records into their queues; see output.h. */
#include "output.h"

size_t output_bytes(enum format format, size_t text_len)
{
	const struct record record = { .text_len = text_len };

	return format_max(&record, format);
}

void output_init(struct output *o, enum format format, bool iso,
		 struct spool *spool, struct outq *tee, char *text)
{
	*o = (struct output){
		.format = format,
		.spool = spool,
		.tee = tee,
		.stamp = { .iso = iso || format == FORMAT_JSON },
		.text = text,
	};
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

bool output_put(struct output *o, struct record *record,
		const struct timespec *time)
{
	enum format shown = o->format;
	struct outq *queue;

	stamp_set(&o->stamp, time);
	record->stamp = o->stamp.text;
	record->stamp_len = stamp_length(&o->stamp);
	queue = spool_queue(o->spool, o->stamp.day);
	if (!queue || !put_into(o, queue, record, o->format))
		return false;
	o->lines++;
	/* Whoever watches is no file: what is shown is never raw. */
	if (shown == FORMAT_RAW)
		shown = FORMAT_TEXT;
	if (o->tee && !put_into(o, o->tee, record, shown))
		o->not_shown++;
	return true;
}
