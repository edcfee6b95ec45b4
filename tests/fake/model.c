/* model - what a collector must write, worked out the slow way; see model.h. */
#include "model.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "linebuf.h"

/* ---- bytes that grow ---- */

void model_append(struct model_bytes *to, const void *bytes, size_t len)
{
	if (to->room - to->len <= len) {
		to->room = 2 * to->room + len + 1;
		to->at = realloc(to->at, to->room);
		if (!to->at)
			abort();
	}
	if (len > 0)
		memcpy(to->at + to->len, bytes, len);
	to->len += len;
	to->at[to->len] = '\0';
}

struct model_bytes *model_log(struct model_day **days, size_t *count,
			      int32_t day)
{
	size_t i;

	for (i = 0; i < *count; i++)
		if ((*days)[i].day == day)
			return &(*days)[i].log;
	*days = realloc(*days, (*count + 1) * sizeof(**days));
	if (!*days)
		abort();
	(*days)[*count] = (struct model_day){ .day = day };
	return &(*days)[(*count)++].log;
}

/* ---- finished lines ---- */

static void write_source_text(const struct model *m, const struct srcaddr *addr,
			      char text[SRCADDR_TEXT_MAX])
{
	char *end;

	model_source_text(text, addr);
	if (!m->settings.by_address)
		return;
	end = strrchr(text, ':');
	if (end[-1] == ']')
		end--;
	*end = '\0';
	if (text[0] == '[')
		memmove(text, text + 1, strlen(text));
}

void model_source_text(char text[SRCADDR_TEXT_MAX], const struct srcaddr *addr)
{
	char ip[INET6_ADDRSTRLEN];
	char scope[16] = "";

	inet_ntop(AF_INET6, addr->ip, ip, sizeof(ip));
	if (addr->scope != 0)
		snprintf(scope, sizeof(scope), "%%%u", (unsigned)addr->scope);
	if (strncmp(ip, "::ffff:", 7) == 0 && strchr(ip, '.'))
		snprintf(text, SRCADDR_TEXT_MAX, "%s:%u", ip + 7, addr->port);
	else
		snprintf(text, SRCADDR_TEXT_MAX, "[%s%s]:%u", ip, scope,
			 addr->port);
}

/* Begins a line: stamp and source; returns the log to go on in. */
static struct model_bytes *begin_line(struct model *m, const char *source,
				      time_t second)
{
	char stamp[64], day[16];
	struct model_bytes *log;
	struct tm tm;

	localtime_r(&second, &tm);
	strftime(day, sizeof(day), "%Y%m%d", &tm);
	strftime(stamp, sizeof(stamp), "%Y-%m-%d %H:%M:%S ", &tm);
	log = model_log(&m->days, &m->day_count, atoi(day));
	model_append(log, stamp, strlen(stamp));
	model_append(log, source, strlen(source));
	model_append(log, " ", 1);
	m->lines++;
	return log;
}

static void write_line(struct model *m, const struct srcaddr *from,
		       time_t second, const unsigned char *text, size_t len)
{
	char source[SRCADDR_TEXT_MAX];
	struct model_bytes *log;

	write_source_text(m, from, source);
	log = begin_line(m, source, second);
	if (m->settings.raw && !(len > 0 && memchr(text, '\n', len)))
		model_append(log, text, len);
	else
		model_escape(log, text, len);
	model_append(log, "\n", 1);
}

static void write_empty_lines(struct model *m, const struct srcaddr *from,
			      time_t second, size_t lines)
{
	char source[SRCADDR_TEXT_MAX], text[64];
	struct model_bytes *log;

	write_source_text(m, from, source);
	log = begin_line(m, source, second);
	snprintf(text, sizeof(text), "udplogger: %zu empty lines\n", lines);
	model_append(log, text, strlen(text));
}

void model_note(struct model *m, time_t second, const char *text)
{
	struct model_bytes *log = begin_line(m, "udplogger:", second);

	model_escape(log, (const unsigned char *)text, strlen(text));
	model_append(log, "\n", 1);
}

static void write_unfinished(struct model *m, struct model_source *s)
{
	size_t n = s->line.len;
	size_t crs = 0;

	while (crs < n && s->line.at[n - 1 - crs] == '\r')
		crs++;
	if (n > 0 && (m->settings.raw || !s->cut || crs < n))
		write_line(m, &s->addr, s->second, s->line.at, n);
	s->after_cr = n > 0 ? crs > 0 : s->after_cr;
	s->line.len = 0;
	s->cut = false;
}

/* ---- memory for unfinished lines ---- */

static size_t blocks_for(size_t len)
{
	const size_t first = LINEBUF_BLOCK_BYTES - 4 * sizeof(uint32_t) -
			     sizeof(struct linebuf_begin);
	const size_t more = LINEBUF_BLOCK_BYTES - sizeof(uint32_t);

	if (len <= first)
		return len > 0;
	return 1 + (len - first + more - 1) / more;
}

static bool has_memory_for(const struct model *m, const struct model_source *s)
{
	size_t blocks = blocks_for(s->line.len + 1) - blocks_for(s->line.len);
	uint32_t i;

	for (i = 0; i < m->settings.clients; i++)
		blocks += blocks_for(m->sources[i].line.len);
	return blocks <= m->settings.held_bytes / LINEBUF_BLOCK_BYTES;
}

static struct model_source *oldest_unfinished(const struct model *m)
{
	struct model_source *oldest = NULL;
	uint32_t i;

	for (i = 0; i < m->settings.clients; i++) {
		struct model_source *s = &m->sources[i];

		if (s->line.len > 0 && (!oldest || s->begun < oldest->begun))
			oldest = s;
	}
	return oldest;
}

/* ---- sources ---- */

/* The first free place, or one of those silent longest; turns.h. */
static struct model_source *place_for_new(struct model *m)
{
	struct model_source *place;
	uint32_t i;

	for (i = 0; i < m->settings.clients; i++)
		if (!m->sources[i].used)
			return &m->sources[i];
	for (;;) {
		place = &m->sources[m->next];
		m->next = (m->next + 1) % (uint32_t)m->settings.clients;
		if (!place->heard)
			return place;
		place->heard = false;
	}
}

static struct model_source *find_source(struct model *m,
					const struct srcaddr *addr)
{
	struct model_source *s = NULL;
	uint32_t i;

	for (i = 0; i < m->settings.clients && !s; i++)
		if (m->sources[i].used &&
		    memcmp(&m->sources[i].addr, addr, sizeof(*addr)) == 0)
			s = &m->sources[i];
	if (s) {
		s->heard |= s != m->last;
		m->last = s;
		return s;
	}
	s = m->last = place_for_new(m);
	write_unfinished(m, s);
	s->used = true;
	s->addr = *addr;
	s->after_cr = false;
	return s;
}

/* ---- bytes that come ---- */

static void hold_bytes(struct model *m, struct model_source *s,
		       const unsigned char *bytes, size_t len,
		       const struct datagram *d, uint64_t now_ms)
{
	if (s->line.len == 0) {
		s->begun = ++m->happened;
		s->second = d->arrival.tv_sec;
		s->since_ms = now_ms;
	}
	model_append(&s->line, bytes, len);
}

/*
 * Writes a line of the full length.  The character that it cuts goes on whole
 * in the next line, whose time is that of the datagram which made it too long.
 */
static void write_piece(struct model *m, struct model_source *s,
			const struct datagram *d, uint64_t now_ms)
{
	size_t len = s->line.len, kept = 0;

	if (!m->settings.raw)
		kept = model_cut_character(s->line.at, len);
	write_line(m, &s->addr, s->second, s->line.at, len - kept);
	s->line.len = 0;
	s->cut = true;
	if (kept > 0)
		hold_bytes(m, s, s->line.at + len - kept, kept, d, now_ms);
}

/* The line ends with @len bytes at @rest, behind which there is LF. */
static void write_whole(struct model *m, struct model_source *s,
			const struct datagram *d, const unsigned char *rest,
			size_t len)
{
	time_t second = s->line.len > 0 ? s->second : d->arrival.tv_sec;
	size_t n;

	model_append(&s->line, rest, len);
	n = s->line.len;
	while (!m->settings.raw && n > 0 && s->line.at[n - 1] == '\r')
		n--;
	if (n > 0 || !s->cut)
		write_line(m, &s->addr, second, s->line.at, n);
	s->line.len = 0;
	s->cut = false;
}

/* Holds one byte, or makes room for it; returns whether it took the byte. */
static bool put_byte(struct model *m, struct model_source *s,
		     const struct datagram *d, const unsigned char *byte,
		     uint64_t now_ms)
{
	if (s->line.len == m->settings.wbuf_bytes) {
		write_piece(m, s, d, now_ms);
		return false;
	}
	if (!has_memory_for(m, s)) {
		write_unfinished(m, oldest_unfinished(m));
		return false;
	}
	hold_bytes(m, s, byte, 1, d, now_ms);
	return true;
}

/* ---- where lines end ---- */

static bool is_end(const struct model *m, unsigned char c)
{
	return c == '\n' || (c == '\r' && m->settings.line == SETTINGS_LINE_CR);
}

/* Whether a CR or LF at the beginning of a line belongs to the one before. */
static bool belongs_before(struct model_source *s, unsigned char c)
{
	if (c == '\r')
		return true;
	if (c == '\n' && s->after_cr) {
		s->after_cr = false;
		return true;
	}
	s->after_cr = false;
	return false;
}

/* How many of the bytes of @d at @i are empty lines; *@lines is their number. */
static size_t empty_bytes(const struct model *m, const struct datagram *d,
			  size_t i, size_t *lines)
{
	size_t at, end = i;

	*lines = 0;
	for (at = i; at < d->len; at++) {
		if (d->bytes[at] == '\n') {
			++*lines;
			end = at + 1;
		}
		if (d->bytes[at] != '\n' &&
		    (d->bytes[at] != '\r' || m->settings.raw))
			break;
	}
	return end - i;
}

/* The place in @d of the end of the line at @i; SIZE_MAX: it has none there. */
static size_t find_end(const struct model *m, const struct datagram *d,
		       size_t i, bool last)
{
	size_t found = SIZE_MAX;
	size_t at;

	for (at = i; at < d->len && (last || found == SIZE_MAX); at++)
		if (is_end(m, d->bytes[at]))
			found = at;
	if (found == SIZE_MAX && m->settings.line == SETTINGS_LINE_DATAGRAM)
		return d->len;
	return found;
}

/* The line of @s ends at @end of @d, whose bytes from @i on belong to it. */
static void end_line(struct model *m, struct model_source *s,
		     const struct datagram *d, size_t i, size_t end)
{
	size_t len = end - i;

	while (end == d->len && !m->settings.raw && len > 0 &&
	       d->bytes[i + len - 1] == '\0')
		len--;
	write_whole(m, s, d, d->bytes + i, len);
	s->after_cr = end < d->len && d->bytes[end] == '\r';
}

static void earn_credit(struct model *m, uint64_t now_ms)
{
	m->credit += (int64_t)(now_ms - m->credit_ms) * 4;
	if (m->credit > 65536)
		m->credit = 65536;
	m->credit_ms = now_ms;
}

static void spend_credit(struct model *m, bool is_extra)
{
	if (is_extra && m->credit > 0)
		m->credit--;
}

void model_put(struct model *m, const struct datagram *d, uint64_t now_ms)
{
	struct model_source *s = d->len > 0 ? find_source(m, &d->from) : NULL;
	size_t most = d->len / 24 + 16;
	size_t lines = 0, i = 0, end, empty;

	earn_credit(m, now_ms);
	while (i < d->len) {
		bool begins = s->line.len == 0 && !s->cut;
		bool may = lines < most || m->credit > 0;

		if (begins && !m->settings.raw &&
		    belongs_before(s, d->bytes[i])) {
			i++;
			continue;
		}
		end = empty_bytes(m, d, i, &empty);
		if (begins && empty > 16 && may) {
			write_empty_lines(m, &s->addr, d->arrival.tv_sec,
					  empty);
			spend_credit(m, ++lines > most);
			i += end;
			continue;
		}
		end = find_end(m, d, i, !may);
		if (end != SIZE_MAX &&
		    s->line.len + end - i <= m->settings.wbuf_bytes) {
			end_line(m, s, d, i, end);
			spend_credit(m, ++lines > most);
			i = end + 1;
		} else if (put_byte(m, s, d, d->bytes + i, now_ms)) {
			i++;
		}
	}
}

uint64_t model_deadline(const struct model *m)
{
	const struct model_source *s = oldest_unfinished(m);

	return s ? s->since_ms + m->settings.timeout_ms : DEADLINE_NEVER;
}

void model_expire(struct model *m, uint64_t now_ms)
{
	while (model_deadline(m) <= now_ms)
		write_unfinished(m, oldest_unfinished(m));
}

void model_flush(struct model *m)
{
	struct model_source *s;

	while ((s = oldest_unfinished(m)))
		write_unfinished(m, s);
}

void model_init(struct model *m, const struct settings *settings)
{
	*m = (struct model){ .settings = *settings, .credit = 65536 };
	m->sources = calloc(settings->clients, sizeof(*m->sources));
	if (!m->sources)
		abort();
}

void model_free(struct model *m)
{
	size_t i;

	for (i = 0; i < m->settings.clients; i++)
		free(m->sources[i].line.at);
	for (i = 0; i < m->day_count; i++)
		free(m->days[i].log.at);
	free(m->sources);
	free(m->days);
}
