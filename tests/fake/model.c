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
	if (to->room - to->len < len) {
		to->room = 2 * to->room + len;
		to->at = realloc(to->at, to->room);
		if (!to->at)
			abort();
	}
	if (len > 0)
		memcpy(to->at + to->len, bytes, len);
	to->len += len;
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

/* ---- characters, by what they decode to ---- */

static bool in_range(uint32_t c, uint32_t from, uint32_t to)
{
	return c >= from && c <= to;
}

/* How many bytes UTF-8 has for @c, or 0 when @c must not be in a log. */
static size_t encoded_length(uint32_t c)
{
	if (in_range(c, 0x20, 0x7e) || c == '\t')
		return 1;
	if (in_range(c, 0xa0, 0x7ff))
		return 2;
	if (in_range(c, 0x800, 0xd7ff) || in_range(c, 0xe000, 0xffff))
		return 3;
	return in_range(c, 0x10000, 0x10ffff) ? 4 : 0;
}

/* The length a first byte announces by its leading ones; 0 for none. */
static size_t announced_length(unsigned char first)
{
	size_t ones = 0;

	while (ones < 8 && (first & (0x80 >> ones)) != 0)
		ones++;
	if (ones == 0)
		return 1;
	return ones >= 2 && ones <= 4 ? ones : 0;
}

/* Decodes @n bytes of a character of @want, the missing ones being @fill. */
static uint32_t decode(const unsigned char *in, size_t n, size_t want,
		       uint32_t fill)
{
	uint32_t c = want == 1 ? in[0] : in[0] & (0xffu >> (want + 1));
	size_t i;

	for (i = 1; i < want; i++)
		c = c << 6 | (i < n ? in[i] & 0x3fu : fill);
	return c;
}

static bool all_continue(const unsigned char *in, size_t len)
{
	size_t i;

	for (i = 0; i < len; i++)
		if ((in[i] & 0xc0) != 0x80)
			return false;
	return true;
}

/* Cf, Zl, Zp or Default_Ignorable_Code_Point; each line one script or block. */
bool model_is_unseen(uint32_t c)
{
	return c == 0xad || c == 0x34f || /* soft hyphen, grapheme joiner */
	       in_range(c, 0x600, 0x605) || c == 0x61c || c == 0x6dd ||
	       c == 0x70f || c == 0x890 || c == 0x891 || c == 0x8e2 ||
	       c == 0x115f || c == 0x1160 || c == 0x3164 || c == 0xffa0 ||
	       c == 0x17b4 || c == 0x17b5 || in_range(c, 0x180b, 0x180f) ||
	       in_range(c, 0x200b, 0x200f) || c == 0x2028 || c == 0x2029 ||
	       in_range(c, 0x202a, 0x202e) || in_range(c, 0x2060, 0x206f) ||
	       in_range(c, 0xfe00, 0xfe0f) || c == 0xfeff ||
	       in_range(c, 0xfff0, 0xfffb) || c == 0x110bd || c == 0x110cd ||
	       in_range(c, 0x13430, 0x1343f) || in_range(c, 0x1bca0, 0x1bca3) ||
	       in_range(c, 0x1d173, 0x1d17a) || c >> 12 == 0xe0;
}

/* The length of the character at @in that may stay as it is, or 0. */
static size_t whole_character(const unsigned char *in, size_t len)
{
	size_t want = announced_length(in[0]);
	uint32_t c;

	if (want == 0 || want > len || !all_continue(in + 1, want - 1))
		return 0;
	c = decode(in, want, want, 0);
	return encoded_length(c) == want && !model_is_unseen(c) ? want : 0;
}

void model_escape(struct model_bytes *to, const unsigned char *in, size_t len)
{
	while (len > 0) {
		size_t n = whole_character(in, len);
		char hex[5];

		if (n > 0) {
			model_append(to, in, n);
		} else {
			n = 1;
			snprintf(hex, sizeof(hex), "\\x%02x", in[0]);
			model_append(to, hex, 4);
		}
		in += n;
		len -= n;
	}
}

/* Whether more bytes could make @in, which is cut, a character that stays. */
static bool may_become_whole(const unsigned char *in, size_t len)
{
	size_t want = announced_length(in[0]);
	uint32_t c, last;

	if (want <= len || !all_continue(in + 1, len - 1))
		return false;
	last = decode(in, len, want, 0x3f);
	for (c = decode(in, len, want, 0); c <= last; c++)
		if (encoded_length(c) == want)
			return true;
	return false;
}

size_t model_cut_character(const unsigned char *in, size_t len)
{
	size_t back;

	for (back = 3; back > 0; back--)
		if (back <= len && may_become_whole(in + len - back, back))
			return back;
	return 0;
}

/* ---- finished lines ---- */

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

static void write_line(struct model *m, const struct srcaddr *from,
		       time_t second, const unsigned char *text, size_t len)
{
	char stamp[64], day[16], source[SRCADDR_TEXT_MAX];
	struct model_bytes *log;
	struct tm tm;

	localtime_r(&second, &tm);
	strftime(day, sizeof(day), "%Y%m%d", &tm);
	strftime(stamp, sizeof(stamp), "%Y-%m-%d %H:%M:%S ", &tm);
	model_source_text(source, from);
	log = model_log(&m->days, &m->day_count, atoi(day));
	model_append(log, stamp, strlen(stamp));
	model_append(log, source, strlen(source));
	model_append(log, " ", 1);
	if (m->settings.raw)
		model_append(log, text, len);
	else
		model_escape(log, text, len);
	model_append(log, "\n", 1);
	m->lines++;
}

static void write_unfinished(struct model *m, struct model_source *s)
{
	if (s->line.len > 0)
		write_line(m, &s->addr, s->second, s->line.at, s->line.len);
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

static struct model_source *find_source(struct model *m,
					const struct srcaddr *addr)
{
	struct model_source *place = &m->sources[0];
	uint32_t i;

	for (i = 0; i < m->settings.clients; i++) {
		struct model_source *s = &m->sources[i];

		if (s->used && memcmp(&s->addr, addr, sizeof(*addr)) == 0) {
			s->heard = ++m->turn;
			return s;
		}
		if (s->heard < place->heard)
			place = s;
	}
	write_unfinished(m, place);
	place->used = true;
	place->addr = *addr;
	place->heard = ++m->turn;
	return place;
}

/* ---- bytes that come ---- */

static void hold_bytes(struct model *m, struct model_source *s,
		       const unsigned char *bytes, size_t len,
		       const struct datagram *d, uint64_t now_ms)
{
	if (s->line.len == 0) {
		s->begun = ++m->turn;
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

void model_put(struct model *m, const struct datagram *d, uint64_t now_ms)
{
	struct model_source *s = d->len > 0 ? find_source(m, &d->from) : NULL;
	size_t i = 0, lf = 0;

	while (i < d->len) {
		while (lf < d->len && (lf < i || d->bytes[lf] != '\n'))
			lf++;
		if (lf < d->len &&
		    s->line.len + lf - i <= m->settings.wbuf_bytes) {
			write_whole(m, s, d, d->bytes + i, lf - i);
			i = lf + 1;
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
	*m = (struct model){ .settings = *settings };
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
