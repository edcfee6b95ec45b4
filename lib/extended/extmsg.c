/* extmsg - the header of an extended netconsole datagram; see extmsg.h. */
#include "extmsg.h"

#include <string.h>

#include "decimal.h"

/* The part of the datagram that is still to be read. */
struct reader {
	const unsigned char *at;
	const unsigned char *end;
};

static bool skip_text(struct reader *r, const char *text)
{
	size_t len = strlen(text);

	if ((size_t)(r->end - r->at) < len || memcmp(r->at, text, len) != 0)
		return false;
	r->at += len;
	return true;
}

static bool skip_mark(struct reader *r, unsigned char c)
{
	if (r->at == r->end || *r->at != c)
		return false;
	r->at++;
	return true;
}

/* As the kernel writes numbers: without leading zeros. */
static bool read_number(struct reader *r, uint64_t most, uint64_t *number)
{
	const unsigned char *begin = r->at;

	return decimal_read(&r->at, r->end, most, number) &&
	       (*begin != '0' || r->at == begin + 1);
}

/* Delimiters and control characters, which no field of the header has. */
static bool is_field_end(unsigned char c)
{
	return c == ',' || c == ';' || c <= 0x20 || c >= 0x7f;
}

static struct extmsg_part read_field(struct reader *r)
{
	const unsigned char *at = r->at;
	struct extmsg_part field = { at, 0 };

	while (at < r->end && !is_field_end(*at))
		at++;
	field.len = (size_t)(at - field.at);
	r->at = at;
	return field;
}

static bool is_number(struct extmsg_part field)
{
	size_t i;

	for (i = 0; i < field.len; i++)
		if (!decimal_is_digit(field.at[i]))
			return false;
	return true;
}

/* Reads a release: a first field that is not all digits. */
static bool read_release(struct reader *r, struct extmsg *msg)
{
	struct reader ahead = *r;
	struct extmsg_part field = read_field(&ahead);

	if (is_number(field))
		return true;
	if (field.len > EXTMSG_RELEASE_MAX || !skip_mark(&ahead, ','))
		return false;
	msg->release = field;
	*r = ahead;
	return true;
}

static void read_replay(struct reader *r, struct extmsg *msg)
{
	if (skip_text(r, "** replaying previous printk message **\n"))
		msg->replayed = true;
}

static bool is_flag(unsigned char c)
{
	return c == '-' || c == 'c' || c == '+';
}

static bool read_numbers(struct reader *r, struct extmsg *msg)
{
	uint64_t prio;

	if (!read_number(r, EXTMSG_PRIO_MAX, &prio) || !skip_mark(r, ',') ||
	    !read_number(r, UINT64_MAX, &msg->sequnum) || !skip_mark(r, ',') ||
	    !read_number(r, UINT64_MAX, &msg->usec) || !skip_mark(r, ',') ||
	    r->at == r->end || !is_flag(*r->at))
		return false;
	msg->prio = (unsigned)prio;
	msg->flag = *r->at++;
	return true;
}

/* Reads "OFFSET/TOTAL", which the ';' must follow. */
static bool read_fragment(struct reader *r, struct extmsg *msg)
{
	uint64_t offset, total;

	if (!read_number(r, EXTMSG_TOTAL_MAX, &offset) || !skip_mark(r, '/') ||
	    !read_number(r, EXTMSG_TOTAL_MAX, &total) || offset >= total ||
	    r->at == r->end || *r->at != ';')
		return false;
	msg->fragment = true;
	msg->offset = (uint32_t)offset;
	msg->total = (uint32_t)total;
	return true;
}

static void keep_caller(struct extmsg *msg, struct extmsg_part field)
{
	static const char caller[] = "caller=";
	const size_t name = sizeof(caller) - 1;

	if (field.len <= name || memcmp(field.at, caller, name) != 0)
		return;
	msg->caller.at = field.at + name;
	msg->caller.len = field.len - name;
	if (msg->caller.len > EXTMSG_CALLER_MAX)
		msg->caller.len = EXTMSG_CALLER_MAX;
}

/* Reads the fields behind the flag; skips those that it doesn't know. */
static bool read_fields(struct reader *r, struct extmsg *msg)
{
	while (r->at < r->end && *r->at == ',') {
		struct extmsg_part field;

		r->at++;
		if (r->at < r->end && *r->at == 'n' && skip_text(r, "ncfrag="))
			return read_fragment(r, msg);
		field = read_field(r);
		if (field.len == 0)
			return false;
		if (*field.at == 'c')
			keep_caller(msg, field);
	}
	return true;
}

/* The bytes of ",ncfrag=OFFSET/TOTAL", which end at @end. */
static size_t fragment_length(const unsigned char *end)
{
	size_t len = 1;

	while (end[-(ptrdiff_t)len] != ',')
		len++;
	return len;
}

/*
 * Whether the first bytes can be a header's.  Most text fails here, as its
 * first word has no comma; the few printable bytes below a comma pass.
 */
static bool may_be_header(const unsigned char *bytes, size_t len)
{
	const unsigned char *end =
		bytes +
		(len <= EXTMSG_RELEASE_MAX ? len : EXTMSG_RELEASE_MAX + 1);

	while (bytes<end && * bytes> ',')
		bytes++;
	return bytes<end && * bytes> ' ';
}

bool extmsg_read(struct extmsg *msg, const unsigned char *bytes, size_t len)
{
	struct reader r = { bytes, bytes + (len < EXTMSG_HEADER_MAX
						    ? len
						    : EXTMSG_HEADER_MAX) };
	const unsigned char *begin;

	if (!may_be_header(bytes, len))
		return false;
	/* Not all of it at once, which takes longer; the rest is read. */
	msg->release = msg->caller = (struct extmsg_part){ NULL, 0 };
	msg->replayed = msg->fragment = false;
	msg->offset = msg->total = 0;
	read_replay(&r, msg);
	if (!read_release(&r, msg))
		return false;
	read_replay(&r, msg);
	begin = r.at;
	if (!read_numbers(&r, msg) || !read_fields(&r, msg))
		return false;
	msg->header_len = (size_t)(r.at - begin) + 1;
	if (msg->fragment)
		msg->header_len -= fragment_length(r.at);
	if (!skip_mark(&r, ';'))
		return false;
	msg->chunk.at = r.at;
	msg->chunk.len = (size_t)(bytes + len - r.at);
	if (!msg->fragment)
		return true;
	return msg->chunk.len > 0 && msg->chunk.len <= msg->total - msg->offset;
}

static struct extmsg_part keep(unsigned char *to, size_t most,
			       struct extmsg_part part)
{
	if (part.len > most)
		part.len = most;
	if (part.len > 0)
		memcpy(to, part.at, part.len);
	return (struct extmsg_part){ to, part.len };
}

void extmsg_keep(struct extmsg *to, unsigned char caller[EXTMSG_CALLER_MAX],
		 unsigned char release[EXTMSG_RELEASE_MAX],
		 const struct extmsg *msg)
{
	*to = *msg;
	to->chunk = (struct extmsg_part){ NULL, 0 };
	to->release = keep(release, EXTMSG_RELEASE_MAX, msg->release);
	to->caller = keep(caller, EXTMSG_CALLER_MAX, msg->caller);
}
