/* jsonline - the members of an object on a line; see jsonline.h. */
#include "jsonline.h"

#include <string.h>

#include "decimal.h"

static void pass_blanks(struct jsonline *json)
{
	while (json->at < json->end &&
	       (*json->at == ' ' || *json->at == '\t' || *json->at == '\r'))
		json->at++;
}

static bool take_byte(struct jsonline *json, char c)
{
	pass_blanks(json);
	if (json->at == json->end || *json->at != c)
		return false;
	json->at++;
	return true;
}

bool jsonline_begin(struct jsonline *json, const char *line, size_t len)
{
	*json = (struct jsonline){ .at = line, .end = line + len };
	return take_byte(json, '{');
}

/*
 * Whether the quote at @quote is escaped: behind an odd number of backslashes.
 */
static bool is_behind_backslash(const char *begin, const char *quote)
{
	const char *at = quote;

	while (at > begin && at[-1] == '\\')
		at--;
	return (quote - at) % 2 != 0;
}

/* Reads a string whose first quote was taken. */
static bool read_quoted(struct jsonline *json, const char **text, size_t *len)
{
	const char *begin = json->at;
	const char *quote = begin;

	for (;; quote++) {
		quote = memchr(quote, '"', (size_t)(json->end - quote));
		if (!quote)
			return false;
		if (!is_behind_backslash(begin, quote))
			break;
	}
	*text = begin;
	*len = (size_t)(quote - begin);
	json->at = quote + 1;
	return true;
}

/* Skips an object or an array, of which nobody asks. */
static bool skip_nested(struct jsonline *json)
{
	unsigned depth = 0;
	const char *text;
	size_t len;

	do {
		if (json->at == json->end)
			return false;
		switch (*json->at++) {
		case '{':
		case '[':
			depth++;
			break;
		case '}':
		case ']':
			depth--;
			break;
		case '"':
			if (!read_quoted(json, &text, &len))
				return false;
			break;
		default:
			break;
		}
	} while (depth > 0);
	return true;
}

static bool is_in_word(char c)
{
	return c != ',' && c != '}' && c != ' ' && c != '\t' && c != '\r';
}

static bool read_value(struct jsonline *json)
{
	pass_blanks(json);
	json->is_string = take_byte(json, '"');
	if (json->is_string)
		return read_quoted(json, &json->value, &json->value_len);
	json->value = json->at;
	if (json->at < json->end && (*json->at == '{' || *json->at == '[')) {
		if (!skip_nested(json))
			return false;
	} else {
		while (json->at < json->end && is_in_word(*json->at))
			json->at++;
	}
	json->value_len = (size_t)(json->at - json->value);
	return json->value_len > 0;
}

bool jsonline_next(struct jsonline *json)
{
	if (json->key && !take_byte(json, ','))
		return false;
	return take_byte(json, '"') &&
	       read_quoted(json, &json->key, &json->key_len) &&
	       take_byte(json, ':') && read_value(json);
}

bool jsonline_is(const struct jsonline *json, const char *key)
{
	return json->key_len == strlen(key) &&
	       memcmp(json->key, key, json->key_len) == 0;
}

bool jsonline_number(const struct jsonline *json, uint64_t *number)
{
	const unsigned char *at = (const unsigned char *)json->value;
	const unsigned char *end = at + json->value_len;

	return !json->is_string && decimal_read(&at, end, UINT64_MAX, number) &&
	       at == end;
}

/* The value of a hexadecimal digit; 16: it is none. */
static unsigned hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return (unsigned)(c - '0');
	if (c >= 'a' && c <= 'f')
		return (unsigned)(c - 'a') + 10;
	return c >= 'A' && c <= 'F' ? (unsigned)(c - 'A') + 10 : 16;
}

/* Reads "uXXXX" at *@at; false: it is something else. */
static bool read_unit(const char **at, const char *end, unsigned *unit)
{
	unsigned i;

	*unit = 0;
	if (end - *at < 5 || **at != 'u')
		return false;
	for (i = 1; i < 5; i++) {
		unsigned digit = hex_digit((*at)[i]);

		if (digit > 15)
			return false;
		*unit = *unit * 16 + digit;
	}
	*at += 5;
	return true;
}

/* UTF-8 (RFC 3629), which is never longer than the escapes. */
static char *write_character(char *out, unsigned c)
{
	if (c < 0x80) {
		*out++ = (char)c;
		return out;
	}
	if (c >= 0x10000) {
		*out++ = (char)(0xf0 | c >> 18);
		*out++ = (char)(0x80 | (c >> 12 & 0x3f));
	} else if (c >= 0x800) {
		*out++ = (char)(0xe0 | c >> 12);
	}
	*out++ = (char)(c >= 0x800 ? 0x80 | (c >> 6 & 0x3f) : 0xc0 | c >> 6);
	*out++ = (char)(0x80 | (c & 0x3f));
	return out;
}

/* Writes what stands behind a backslash at *@at; false: that is no escape. */
static bool write_unescaped(char **out, const char **at, const char *end)
{
	static const char from[] = "\"\\/bfnrt";
	static const char to[] = "\"\\/\b\f\n\r\t";
	const char *known, *next;
	unsigned unit, low;

	if (*at == end)
		return false;
	known = **at == '\0' ? NULL : strchr(from, **at);
	if (known) {
		*(*out)++ = to[known - from];
		++*at;
		return true;
	}
	if (!read_unit(at, end, &unit))
		return false;
	next = *at + 1;
	if (unit >= 0xd800 && unit < 0xdc00 && *at < end && **at == '\\' &&
	    read_unit(&next, end, &low) && low >= 0xdc00 && low < 0xe000) {
		unit = 0x10000 + ((unit - 0xd800) << 10) + (low - 0xdc00);
		*at = next;
	}
	*out = write_character(*out, unit);
	return true;
}

size_t jsonline_string(char *out, const char *value, size_t len)
{
	const char *end = value + len;
	char *to = out;

	while (value < end) {
		const char *slash = memchr(value, '\\', (size_t)(end - value));
		size_t plain = (size_t)((slash ? slash : end) - value);

		memcpy(to, value, plain);
		to += plain;
		value += plain;
		if (!slash)
			break;
		value++;
		if (!write_unescaped(&to, &value, end))
			*to++ = '\\';
	}
	return (size_t)(to - out);
}
