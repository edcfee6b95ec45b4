/* incidentline - a line of a file of incidents; see incidentline.h. */
#include "incidentline.h"

#include <string.h>

#include "decimal.h"
#include "format.h"

static char *put_view(char *out, const char *bytes, size_t len)
{
	memcpy(out, bytes, len);
	return out + len;
}

static char *put(char *out, const char *text)
{
	return put_view(out, text, strlen(text));
}

/* How much of @text is shown: no character is cut. */
static size_t cut(const char *text, size_t len, size_t most)
{
	if (len <= most)
		return len;
	return most - escape_cut_character((const unsigned char *)text, most);
}

/* Writes what a sender has sent. */
static char *put_sent(char *out, const char *text, size_t len, size_t most,
		      bool json)
{
	const unsigned char *in = (const unsigned char *)text;

	len = cut(text, len, most);
	return json ? json_string(out, in, len)
		    : out + escape_text(out, in, len);
}

static char *put_title(char *out, const struct incident_line *line, bool json)
{
	return put_sent(out, line->title, line->length, INCIDENTLINE_TITLE_MAX,
			json);
}

static char *put_release(char *out, const struct incident_line *line, bool json)
{
	return put_sent(out, line->release, line->release_length,
			INCIDENTLINE_RELEASE_MAX, json);
}

/* Writes seconds with one decimal. */
static char *put_seconds(char *out, const char *name, uint64_t milliseconds)
{
	uint64_t tenths = milliseconds / 100 + (milliseconds % 100 >= 50);

	out = decimal_after(out, name, tenths / 10);
	return decimal_after(out, ".", tenths % 10);
}

/* ---- text ---- */

static char *put_end(char *out, const struct incident_line *line)
{
	out = put(put(put(out, " ended ("), line->ended), "): ");
	out = put(decimal_write(out, line->lines, 1), " lines, ");
	out = put_seconds(out, "", line->milliseconds);
	out = put(decimal_after(out, " s, ", line->lost), " lost");
	if (line->tasks > 0)
		out = put(decimal_after(out, ", ", line->tasks), " tasks");
	if (line->after)
		out = put(put(out, ", after "), line->after);
	return out;
}

static char *put_boot(char *out, const struct incident_line *line)
{
	out = put(out, ": ");
	if (line->release_length > 0)
		out = put_release(out, line, false);
	else
		out = put(out, "unknown");
	return put(put(out, ", before that "), line->before);
}

static char *put_untold(char *out, const struct incident_line *line)
{
	return put(decimal_write(out, line->untold, 1), " incidents not told");
}

static char *write_text(char *out, const struct record *record,
			const struct incident_line *line)
{
	out = put_view(out, record->stamp, record->stamp_len);
	out = put_view(out, record->prefix, record->prefix_len);
	if (line->what == INCIDENT_UNTOLD)
		return put_untold(put(out, FORMAT_NOTICE), line);
	out = put(out, line->class);
	if (line->what == INCIDENT_END)
		return put_end(out, line);
	if (line->what == INCIDENT_BOOT)
		return put_boot(out, line);
	return put_title(put(out, ": "), line, false);
}

/* ---- objects of JSON ---- */

/* A member whose value needs no escape. */
static char *put_member(char *out, const char *name, const char *value)
{
	return put(put(put(out, name), value), "\"");
}

static char *put_end_members(char *out, const struct incident_line *line)
{
	out = put_member(out, ",\"ended\":\"", line->ended);
	out = decimal_after(out, ",\"lines\":", line->lines);
	out = decimal_after(out, ",\"bytes\":", line->bytes);
	out = put_seconds(out, ",\"seconds\":", line->milliseconds);
	out = decimal_after(out, ",\"lost\":", line->lost);
	if (line->tasks > 0)
		out = decimal_after(out, ",\"tasks\":", line->tasks);
	if (line->after)
		out = put_member(out, ",\"after\":\"", line->after);
	return out;
}

static char *put_begin_members(char *out, const struct incident_line *line)
{
	if (line->what == INCIDENT_BEGIN || line->length > 0)
		out = put_title(put(out, ",\"title\":"), line, true);
	if (line->what == INCIDENT_BEGIN)
		return out;
	if (line->release_length > 0)
		out = put_release(put(out, ",\"release\":"), line, true);
	return put_member(out, ",\"before\":\"", line->before);
}

static char *put_untold_members(char *out, const struct incident_line *line)
{
	out = put(out, ",\"program\":\"udplogger\","
		       "\"notice\":\"incidents-not-told\"");
	out = decimal_after(out, ",\"incidents\":", line->untold);
	out = put(out, ",\"message\":\"");
	return put(put_untold(out, line), "\"");
}

static char *write_object(char *out, const struct record *record,
			  const struct incident_line *line)
{
	out = json_begin(out, record);
	if (line->what == INCIDENT_UNTOLD)
		return put(put_untold_members(out, line), "}");
	out = put_member(out, ",\"class\":\"", line->class);
	if (line->what == INCIDENT_END)
		out = put_end_members(out, line);
	else
		out = put_begin_members(out, line);
	return put(out, "}");
}

size_t incidentline_write(char *out, const struct record *record,
			  const struct incident_line *line, bool json)
{
	char *to = json ? write_object(out, record, line)
			: write_text(out, record, line);

	*to++ = '\n';
	return (size_t)(to - out);
}
