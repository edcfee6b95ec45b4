/* filename - the names of the log files; see filename.h. */
#include "filename.h"

#include <string.h>

#include "decimal.h"

#define COMPONENT_MAX 255 /* NAME_MAX, limits.h */
#define STEPS_MAX     10000 /* of a match; real ones take a few dozen */

enum kind {
	LITERAL,
	YEAR,
	MONTH,
	DAY,
	HOUR,
	HOST,
	ADDRESS,
	PORT,
	LOCAL,
	UNKNOWN,
	KINDS
};

/* The bytes that a kind may take in a name. */
static const uint8_t longest[KINDS] = {
	1, 4, 2, 2, 2, FILENAME_HOST_MAX, FILENAME_HOST_MAX, 5, 5
};

/* Reads what *@at begins with, before @end, and moves *@at behind it. */
static enum kind next(const char **at)
{
	static const struct {
		const char *text;
		enum kind kind;
	} fields[] = {
		{ "%Y", YEAR },	    { "%m", MONTH },
		{ "%d", DAY },	    { "%H", HOUR },
		{ "%%", LITERAL },  { "{host}", HOST },
		{ "{port}", PORT }, { "{lport}", LOCAL },
		{ "%", UNKNOWN },   { "{address}", ADDRESS },
		{ "{", UNKNOWN },   { "}", UNKNOWN },
	};
	size_t i;

	for (i = 0; i < sizeof(fields) / sizeof(fields[0]); i++) {
		size_t len = strlen(fields[i].text);

		if (strncmp(*at, fields[i].text, len) == 0) {
			*at += len;
			return fields[i].kind;
		}
	}
	++*at;
	return LITERAL;
}

const char *filename_unknown(const char *pattern)
{
	const char *at = pattern;

	while (*at != '\0') {
		const char *begin = at;

		if (next(&at) == UNKNOWN)
			return begin;
	}
	return NULL;
}

static bool is_of_sender(enum kind kind)
{
	return kind >= HOST && kind <= LOCAL;
}

/* Where a number may stand in names beside: at the last dot of the end. */
static const char *find_extension(const char *pattern)
{
	const char *extension = NULL;
	const char *at = pattern;

	while (*at != '\0') {
		const char *begin = at;

		if (next(&at) != LITERAL || *begin == '/')
			extension = NULL;
		else if (*begin == '.')
			extension = begin;
	}
	return extension ? extension : at;
}

/* What is wrong with one component at *@at, which is moved to its end. */
static const char *check_component(const char **at, size_t *len,
				   unsigned *kinds)
{
	*len = 0;
	if (**at == '/' || **at == '\0')
		return "a component is empty";
	if (**at == '.')
		return "a component begins with a dot";
	while (**at != '/' && **at != '\0') {
		enum kind kind = next(at);

		if (kind == UNKNOWN)
			return "is none of %Y %m %d %H %% {host} {address} "
			       "{port} {lport}";
		*kinds |= 1U << kind;
		*len += longest[kind];
	}
	return NULL;
}

const char *filename_compile(struct filename *name, const char *pattern)
{
	const unsigned date = 1U << YEAR | 1U << MONTH | 1U << DAY;
	const char *extension = find_extension(pattern);
	const char *at = pattern;
	unsigned kinds = 0;
	size_t len, max = 0;

	if (*pattern == '/')
		return "it is a path below dir=, and begins with no slash";
	for (;;) {
		const char *wrong = check_component(&at, &len, &kinds);

		/* The number beside a name needs room in its last component. */
		if (!wrong && len + (*at == '/' ? 0 : 2) > COMPONENT_MAX)
			wrong = "a component can become longer than 255 bytes";
		if (wrong)
			return wrong;
		max += len + 1;
		if (*at == '\0')
			break;
		at++;
	}
	if ((kinds & date) != date)
		return "it must hold %Y, %m and %d, or days would share a file";
	if (max + 2 > FILENAME_BYTES)
		return "it is too long";
	*name = (struct filename){
		.pattern = pattern,
		.by_sender = kinds >= 1U << HOST,
		.by_hour = (kinds & 1U << HOUR) != 0,
		.max = (uint16_t)(max + 2),
		.extension = (uint16_t)(extension - pattern),
	};
	return NULL;
}

static char *write_safe(char *to, const char *text, size_t len)
{
	size_t i;

	for (i = 0; i < len && i < FILENAME_HOST_MAX; i++)
		*to++ = text[i] != '\0' && strchr(FILENAME_SAFE, text[i])
				? text[i]
				: '-';
	return to;
}

static char *write_field(char *to, enum kind kind,
			 const struct filename_parts *parts)
{
	uint32_t day = STAMP_PERIOD_DAY(parts->period);

	switch (kind) {
	case YEAR:
		return decimal_write(to, day / 10000, 4);
	case MONTH:
		return decimal_write(to, day / 100 % 100, 2);
	case DAY:
		return decimal_write(to, day % 100, 2);
	case HOUR:
		return decimal_write(to, STAMP_PERIOD_HOUR(parts->period), 2);
	case HOST:
		return write_safe(to, parts->host, parts->host_len);
	case ADDRESS:
		return write_safe(to, parts->address, parts->address_len);
	case PORT:
		return decimal_write(to, parts->port, 1);
	case LOCAL:
		return decimal_write(to, parts->local, 1);
	default:
		return to;
	}
}

size_t filename_write(const struct filename *name,
		      const struct filename_parts *parts,
		      char text[FILENAME_BYTES])
{
	const char *at = name->pattern;
	char *to = text;

	while (*at != '\0') {
		const char *begin = at;
		enum kind kind = next(&at);

		if (kind == LITERAL)
			*to++ = *begin;
		else
			to = write_field(to, kind, parts);
	}
	*to = '\0';
	return (size_t)(to - text);
}

/* An extension has no fields, so it is as long in each name. */
void filename_beside(const struct filename *name, const char *text,
		     unsigned beside, char other[FILENAME_BYTES])
{
	const char *at = name->pattern + name->extension;
	size_t len = strlen(text);
	size_t stem = len;

	while (*at != '\0') {
		next(&at);
		stem--;
	}
	memcpy(other, text, stem);
	other[stem] = '.';
	other[stem + 1] = (char)('0' + beside);
	memcpy(other + stem + 2, text + stem, len - stem + 1);
}

struct matcher {
	const char *end; /* of the pattern, or of its part for a directory */
	bool is_file; /* what can follow a file's name may follow */
	unsigned steps;
};

/* What was read so far; -1: not yet. */
struct reading {
	int numbers[KINDS]; /* YEAR to HOUR */
	uint64_t holder;
};

/* FNV-1a, 64 bits. */
static uint64_t mix_field(uint64_t hash, const char *text, size_t len)
{
	size_t i;

	for (i = 0; i < len; i++)
		hash = (hash ^ (unsigned char)text[i]) * 0x100000001b3;
	return (hash ^ '/') * 0x100000001b3;
}

/* Reads a part of a date, which is the same wherever it stands in a name. */
static bool read_date_part(struct reading *r, enum kind kind, const char **text)
{
	static const int least[KINDS] = { 0, 0, 1, 1, 0 };
	static const int most[KINDS] = { 0, 9999, 12, 31, 23 };
	int value = 0;
	unsigned i;

	for (i = 0; i < longest[kind]; i++, ++*text) {
		if (!decimal_is_digit((unsigned char)**text))
			return false;
		value = value * 10 + (**text - '0');
	}
	if (value < least[kind] || value > most[kind] ||
	    (r->numbers[kind] >= 0 && r->numbers[kind] != value))
		return false;
	r->numbers[kind] = value;
	return true;
}

/* The extension, and the suffix of a compressed file, at @text. */
static bool match_end(const struct matcher *m, const char *at, const char *text)
{
	static const char *const suffixes[] = { "", ".gz", ".xz", ".zst",
						".bz2" };
	size_t i;

	for (; *at != '\0' && at != m->end; text++) {
		const char *begin = at;

		next(&at);
		if (*text != *begin)
			return false;
	}
	if (!m->is_file)
		return *text == '\0';
	for (i = 0; i < sizeof(suffixes) / sizeof(suffixes[0]); i++)
		if (strcmp(text, suffixes[i]) == 0)
			return true;
	return false;
}

static bool match_extension(const struct matcher *m, const char *at,
			    const char *text)
{
	return match_end(m, at, text) ||
	       (m->is_file && text[0] == '.' && text[1] >= '1' &&
		text[1] <= '9' && match_end(m, at, text + 2));
}

static bool match_from(struct matcher *m, const char *extension, const char *at,
		       const char *text, struct reading *r);

/* Tries each length that the field of a sender at @text can have. */
static bool match_sender(struct matcher *m, const char *extension,
			 enum kind kind, const char *at, const char *text,
			 struct reading *r)
{
	const char *set = kind >= PORT ? "0123456789" : FILENAME_SAFE;
	size_t most = strspn(text, set);
	size_t len;

	if (most > longest[kind])
		most = longest[kind];
	if (kind == HOST && *text == '.')
		most = 0;
	for (len = 1; len <= most && m->steps > 0; len++) {
		struct reading attempt = *r;

		m->steps--;
		attempt.holder = mix_field(attempt.holder, text, len);
		if (match_from(m, extension, at, text + len, &attempt)) {
			*r = attempt;
			return true;
		}
	}
	return false;
}

static bool match_from(struct matcher *m, const char *extension, const char *at,
		       const char *text, struct reading *r)
{
	while (at != extension && at != m->end) {
		const char *begin = at;
		enum kind kind = next(&at);

		if (is_of_sender(kind))
			return match_sender(m, extension, kind, at, text, r);
		if (kind == LITERAL ? *text++ != *begin
				    : !read_date_part(r, kind, &text))
			return false;
	}
	return stamp_has_day(r->numbers[YEAR], r->numbers[MONTH],
			     r->numbers[DAY]) &&
	       match_extension(m, at, text);
}

#define HOLDER_SEED 0xcbf29ce484222325

static const struct reading unread = {
	.numbers = { -1, -1, -1, -1, -1, -1, -1, -1, -1, -1 },
	.holder = HOLDER_SEED,
};

bool filename_match(const struct filename *name, const char *text,
		    struct filename_found *found)
{
	const char *extension = name->pattern + name->extension;
	struct matcher m = { .end = name->pattern + strlen(name->pattern),
			     .is_file = true,
			     .steps = STEPS_MAX };
	struct reading r = unread;
	int hour;

	if (!match_from(&m, extension, name->pattern, text, &r))
		return false;
	hour = name->by_hour ? r.numbers[HOUR] : 0;
	found->period =
		STAMP_PERIOD(r.numbers[YEAR] * 10000 + r.numbers[MONTH] * 100 +
				     r.numbers[DAY],
			     hour);
	found->holder = name->by_sender ? r.holder : 0;
	return true;
}

bool filename_match_component(const struct filename *name, size_t from,
			      const char *text)
{
	const char *extension = name->pattern + name->extension;
	const char *at = name->pattern + from;
	struct matcher m = { .end = at + strcspn(at, "/"), .steps = STEPS_MAX };
	struct reading r = unread;

	m.is_file = *m.end == '\0';
	return match_from(&m, extension, at, text, &r);
}

bool filename_match_directory(const struct filename *name, const char *text)
{
	const char *extension = name->pattern + name->extension;
	struct matcher m = { .end = name->pattern, .steps = STEPS_MAX };
	struct reading r = unread;
	const char *slash;

	for (slash = text; slash; slash = strchr(slash + 1, '/')) {
		m.end = strchr(m.end + (m.end > name->pattern), '/');
		if (!m.end)
			return false;
	}
	return match_from(&m, extension, name->pattern, text, &r);
}
