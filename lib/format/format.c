/* format - a finished record as the bytes of a log line; see format.h. */
#include "format.h"

#include <string.h>

#include "json.h"

size_t format_max(const struct record *record, enum format format)
{
	size_t len = record->text_len;

	if (format != FORMAT_JSON)
		return FORMAT_MAX(len);
	if (record->extended)
		len += record->extended->pairs_len;
	return JSON_MAX(len);
}

static char *append(char *to, const void *bytes, size_t len)
{
	memcpy(to, bytes, len);
	return to + len;
}

size_t format_record(char *out, const struct record *record, enum format format)
{
	char *to = out;

	if (format == FORMAT_JSON)
		return json_record(out, record);
	if (record->stamp_len == STAMP_BYTES)
		to = append(to, record->stamp, STAMP_BYTES);
	else
		to = append(to, record->stamp, record->stamp_len);
	to = append(to, record->prefix, record->prefix_len);
	if (record->notice)
		to = append(to, FORMAT_NOTICE, sizeof(FORMAT_NOTICE) - 1);
	/* A newline within text may not begin a line of the log. */
	if (format == FORMAT_RAW &&
	    !memchr(record->text, '\n', record->text_len))
		to = append(to, record->text, record->text_len);
	else
		to += escape_text(to, record->text, record->text_len);
	*to++ = '\n';
	return (size_t)(to - out);
}
