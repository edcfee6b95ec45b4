/* format - a finished record as the bytes of a log line; see format.h. */
#include "format.h"

#include <string.h>

size_t format_text(char *out, const struct record *record, bool raw)
{
	char *to = out;

	memcpy(to, record->stamp, STAMP_BYTES);
	to += STAMP_BYTES;
	memcpy(to, record->prefix, record->prefix_len);
	to += record->prefix_len;
	if (raw) {
		memcpy(to, record->text, record->text_len);
		to += record->text_len;
	} else {
		to += escape_text(to, record->text, record->text_len);
	}
	*to++ = '\n';
	return (size_t)(to - out);
}
