/* collector_model - what the collector has to write; see its header. */
#include "collector_model.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void text_add(struct text *text, const void *bytes, size_t len)
{
	if (len == 0)
		return;
	if (text->len + len > text->room) {
		text->room = (text->len + len) * 2;
		text->bytes = realloc(text->bytes, text->room);
	}
	memcpy(text->bytes + text->len, bytes, len);
	text->len += len;
}

void model_init(struct model *m, const struct settings *settings, bool scopes)
{
	memset(m, 0, sizeof(*m));
	m->settings = *settings;
	m->scopes = scopes;
}

void model_free(struct model *m)
{
	unsigned i;

	for (i = 0; i < MODEL_SOURCES; i++) {
		free(m->sources[i].line.bytes);
		free(m->sources[i].sent.bytes);
		free(m->sources[i].shown.bytes);
	}
	for (i = 0; i < MODEL_DAYS; i++)
		free(m->files[i].text.bytes);
}

static struct text *file_at(struct model *m, int32_t day)
{
	unsigned i;

	for (i = 0; i < MODEL_DAYS; i++) {
		if (m->files[i].day == 0)
			m->files[i].day = day;
		if (m->files[i].day == day)
			return &m->files[i].text;
	}
	abort();
}

const struct text *model_file(struct model *m, int32_t day)
{
	return file_at(m, day);
}

/* What make_source() of fuzz_collector must look like. */
static void write_prefix(const struct model *m, unsigned number, char *prefix)
{
	char scope[16] = "";

	if (number % 3 == 1 && m->scopes && number % 2)
		snprintf(scope, sizeof(scope), "%%eth0");
	else if (number % 3 == 1)
		snprintf(scope, sizeof(scope), "%%%u", number);
	if (number % 3 == 0)
		sprintf(prefix, "10.0.0.%u:%u ", number, 6000 + number);
	else if (number % 3 == 1)
		sprintf(prefix, "[fe80::%x%s]:%u ", number, scope,
			6000 + number);
	else
		sprintf(prefix,
			"[dddd:dddd:dddd:dddd:dddd:dddd:dddd:dd%02x]:%u ",
			number, 6000 + number);
}

static void write_line(struct model *m, const char *prefix, time_t second,
		       const char *text, size_t len)
{
	char *escaped = malloc(len * 4 + 1);
	struct tm *tm = gmtime(&second);
	struct text *file;
	char stamp[32];

	file = file_at(m, (tm->tm_year + 1900) * 10000 +
				  (tm->tm_mon + 1) * 100 + tm->tm_mday);
	strftime(stamp, sizeof(stamp), "%Y-%m-%d %H:%M:%S ", tm);
	text_add(file, stamp, strlen(stamp));
	text_add(file, prefix, strlen(prefix));
	if (m->settings.raw)
		text_add(file, text, len);
	else
		text_add(file, escaped,
			 reference_escape(escaped, (const void *)text, len));
	text_add(file, "\n", 1);
	m->lines++;
	free(escaped);
}

void model_note(struct model *m, time_t second, const char *text)
{
	write_line(m, "udplogger: ", second, text, strlen(text));
}

static void write_source(struct model *m, unsigned number, size_t len)
{
	struct model_source *s = &m->sources[number];
	char prefix[80];

	write_prefix(m, number, prefix);
	write_line(m, prefix, s->arrival.tv_sec, s->line.bytes, len);
}

static void write_unfinished(struct model *m, unsigned number)
{
	struct model_source *s = &m->sources[number];

	if (s->line.len == 0)
		return;
	write_source(m, number, s->line.len);
	s->line.len = 0;
	s->cut = false;
}

static void begin_line(struct model *m, struct model_source *s,
		       const struct datagram *d, uint64_t now_ms)
{
	s->arrival = d->arrival;
	s->since_ms = now_ms;
	s->begun = ++m->turn;
}

static void write_piece(struct model *m, unsigned number,
			const struct datagram *d, uint64_t now_ms)
{
	struct model_source *s = &m->sources[number];
	size_t kept = 0;

	if (!m->settings.raw)
		kept = reference_cut((const void *)s->line.bytes, s->line.len);
	write_source(m, number, s->line.len - kept);
	memmove(s->line.bytes, s->line.bytes + s->line.len - kept, kept);
	s->line.len = kept;
	s->cut = true;
	begin_line(m, s, d, now_ms);
}

static void end_line(struct model *m, unsigned number, const struct datagram *d)
{
	struct model_source *s = &m->sources[number];
	size_t len = s->line.len;

	if (len == 0)
		s->arrival = d->arrival;
	while (!m->settings.raw && len > 0 && s->line.bytes[len - 1] == '\r')
		len--;
	if (len > 0 || !s->cut)
		write_source(m, number, len);
	s->line.len = 0;
	s->cut = false;
}

static void know(struct model *m, unsigned number)
{
	unsigned known = 0;
	unsigned oldest = number;
	unsigned i;

	for (i = 0; i < MODEL_SOURCES; i++) {
		known += m->sources[i].known;
		if (m->sources[i].known &&
		    (oldest == number ||
		     m->sources[i].heard < m->sources[oldest].heard))
			oldest = i;
	}
	if (!m->sources[number].known && known == m->settings.clients) {
		write_unfinished(m, oldest);
		m->sources[oldest].known = false;
		m->sources[oldest].cut = false;
	}
	m->sources[number].known = true;
	m->sources[number].heard = ++m->turn;
}

void model_put(struct model *m, unsigned number, const struct datagram *d,
	       uint64_t now_ms)
{
	struct model_source *s = &m->sources[number];
	size_t i;

	if (d->len == 0)
		return;
	know(m, number);
	for (i = 0; i < d->len; i++) {
		if (d->bytes[i] == '\n') {
			end_line(m, number, d);
			continue;
		}
		text_add(&s->sent, &d->bytes[i], 1);
		if (s->line.len == m->settings.wbuf_bytes)
			write_piece(m, number, d, now_ms);
		if (s->line.len == 0)
			begin_line(m, s, d, now_ms);
		text_add(&s->line, &d->bytes[i], 1);
	}
}

static int oldest_line(const struct model *m)
{
	int oldest = -1;
	int i;

	for (i = 0; i < MODEL_SOURCES; i++)
		if (m->sources[i].line.len > 0 &&
		    (oldest < 0 ||
		     m->sources[i].begun < m->sources[oldest].begun))
			oldest = i;
	return oldest;
}

uint64_t model_deadline(const struct model *m)
{
	int oldest = oldest_line(m);

	if (oldest < 0)
		return DEADLINE_NEVER;
	return m->sources[oldest].since_ms + m->settings.timeout_ms;
}

void model_expire(struct model *m, uint64_t now_ms)
{
	while (model_deadline(m) <= now_ms)
		write_unfinished(m, (unsigned)oldest_line(m));
}

void model_flush(struct model *m)
{
	int oldest;

	while ((oldest = oldest_line(m)) >= 0)
		write_unfinished(m, (unsigned)oldest);
}

/* Whether @line begins with a stamp of @day; its text follows. */
static bool has_stamp(const char *line, size_t len, int32_t day)
{
	int y, mo, d, h, mi, s, used = 0;
	char stamp[21];

	if (len < 20)
		return false;
	memcpy(stamp, line, 20);
	stamp[20] = '\0';
	return sscanf(stamp, "%4d-%2d-%2d %2d:%2d:%2d%n", &y, &mo, &d, &h, &mi,
		      &s, &used) == 6 &&
	       used == 19 && stamp[19] == ' ' &&
	       y * 10000 + mo * 100 + d == day;
}

static void read_line(struct model *m, const char *line, size_t len)
{
	char prefix[80] = "udplogger: ";
	unsigned i;

	if (len >= strlen(prefix) && memcmp(line, prefix, strlen(prefix)) == 0)
		return;
	for (i = 0; i < MODEL_SOURCES; i++) {
		write_prefix(m, i, prefix);
		if (len >= strlen(prefix) &&
		    memcmp(line, prefix, strlen(prefix)) == 0) {
			text_add(&m->sources[i].shown, line + strlen(prefix),
				 len - strlen(prefix));
			return;
		}
	}
	fuzz_broken("a line names its source", __FILE__, __LINE__);
}

void model_read_lines(struct model *m, int32_t day, const struct text *file)
{
	size_t at = 0;

	while (at < file->len) {
		const char *line = file->bytes + at;
		const char *lf = memchr(line, '\n', file->len - at);
		size_t len;

		MUST(lf);
		len = (size_t)(lf - line);
		MUST(has_stamp(line, len, day));
		MUST(m->settings.raw || reference_is_safe(line, len));
		read_line(m, line + 20, len - 20);
		at += len + 1;
	}
}

static int hex_digit(char c)
{
	static const char digits[] = "0123456789abcdef";
	const char *at = c ? strchr(digits, c) : NULL;

	return at ? (int)(at - digits) : -1;
}

/*
 * Undoes \xNN, also where a sender wrote it, and leaves out CRs: whether they
 * stood before LF depends on where lines were written early.
 */
static size_t normalize(struct text *text)
{
	const char *in = text->bytes;
	size_t len = text->len;
	size_t at = 0, to = 0;

	while (at < len) {
		unsigned char c = (unsigned char)in[at++];

		if (c == '\\' && len - at >= 3 && in[at] == 'x' &&
		    hex_digit(in[at + 1]) >= 0 && hex_digit(in[at + 2]) >= 0) {
			c = (unsigned char)(hex_digit(in[at + 1]) * 16 +
					    hex_digit(in[at + 2]));
			at += 3;
		}
		if (c != '\r')
			text->bytes[to++] = (char)c;
	}
	return to;
}

void model_check_streams(struct model *m)
{
	unsigned i;

	for (i = 0; i < MODEL_SOURCES; i++) {
		struct text *sent = &m->sources[i].sent;
		struct text *shown = &m->sources[i].shown;

		if (!m->settings.raw) {
			sent->len = normalize(sent);
			shown->len = normalize(shown);
		}
		MUST(sent->len == shown->len);
		MUST(sent->len == 0 ||
		     memcmp(sent->bytes, shown->bytes, sent->len) == 0);
	}
}
