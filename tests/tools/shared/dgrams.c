/*
 * Reads recordings of datagrams.  See dgrams.h for the format and its rules.
 */
#include "dgrams.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CHUNK_BYTES ((size_t)1 << 16)

/* Reads one record from its first byte; @pos moves, @d->pos does not. */
struct cursor {
	const struct dgrams *d;
	size_t pos;
	const char *wrong; /* the first rule that was broken, or NULL */
};

static bool wrong(struct cursor *c, const char *what)
{
	if (!c->wrong)
		c->wrong = what;
	return false;
}

static bool take_byte(struct cursor *c, unsigned char byte, const char *what)
{
	if (c->pos >= c->d->len)
		return wrong(c, "the file ends inside a record");
	if (c->d->bytes[c->pos] != byte)
		return wrong(c, what);
	c->pos++;
	return true;
}

/* No sign, no leading zero, no overflow: at most @max, which is below 2^60. */
static bool take_number(struct cursor *c, uint64_t max, uint64_t *out,
			const char *what)
{
	size_t first = c->pos;
	uint64_t n = 0;

	while (c->pos < c->d->len) {
		unsigned digit = (unsigned)c->d->bytes[c->pos] - '0';

		if (digit > 9)
			break;
		n = n * 10 + digit;
		if (n > max)
			return wrong(c, what);
		c->pos++;
	}
	if (c->pos >= c->d->len)
		return wrong(c, "the file ends inside a record");
	if (c->pos == first)
		return wrong(c, what);
	if (c->d->bytes[first] == '0' && c->pos > first + 1)
		return wrong(c, what);
	*out = n;
	return true;
}

/*
 * inet_ntop() gives the one text for an address that can be written in many
 * ways, so that equal sources have equal texts.
 */
static bool take_address(struct cursor *c, struct dgram *out)
{
	char text[INET6_ADDRSTRLEN];
	struct in6_addr raw;
	size_t len = 0;

	while (c->pos + len < c->d->len && c->d->bytes[c->pos + len] != ' ') {
		if (len >= sizeof(text) - 1)
			return wrong(c, "an address is too long");
		text[len] = (char)c->d->bytes[c->pos + len];
		if (!text[len] || text[len] == '\n')
			return wrong(c, "not an address");
		len++;
	}
	if (c->pos + len >= c->d->len)
		return wrong(c, "the file ends inside a record");
	text[len] = '\0';
	out->family = strchr(text, ':') ? AF_INET6 : AF_INET;
	if (inet_pton(out->family, text, &raw) != 1)
		return wrong(c, "not an address");
	if (!inet_ntop(out->family, &raw, out->addr, sizeof(out->addr)))
		return wrong(c, "not an address");
	c->pos += len;
	return true;
}

static bool take_header(struct cursor *c, struct dgram *out, uint64_t *len)
{
	uint64_t port;

	if (!take_byte(c, '@', "a record does not begin with '@'") ||
	    !take_byte(c, ' ', "no space after '@'") ||
	    !take_number(c, DGRAMS_MAX_US, &out->at_us, "not a time") ||
	    !take_byte(c, ' ', "no space after the time") ||
	    !take_address(c, out) ||
	    !take_byte(c, ' ', "no space after the address") ||
	    !take_number(c, 65535, &port, "not a port") ||
	    !take_byte(c, ' ', "no space after the port") ||
	    !take_number(c, DGRAMS_MAX_LEN, len, "not a length") ||
	    !take_byte(c, '\n', "no newline after the length"))
		return false;
	if (port == 0)
		return wrong(c, "port 0");
	if (out->at_us < c->d->last_us)
		return wrong(c, "the time goes back");
	out->port = (uint16_t)port;
	return true;
}

static bool take_record(struct cursor *c, struct dgram *out)
{
	uint64_t len;

	if (!take_header(c, out, &len))
		return false;
	if (len > c->d->len - c->pos)
		return wrong(c, "the file ends inside a payload");
	out->bytes = c->d->bytes + c->pos;
	out->len = (size_t)len;
	c->pos += out->len;
	return take_byte(c, '\n', "no newline after the payload");
}

int dgrams_next(struct dgrams *d, struct dgram *out)
{
	struct cursor c = { .d = d, .pos = d->pos };

	if (d->error[0])
		return -1;
	if (d->pos >= d->len)
		return 0;
	memset(out, 0, sizeof(*out));
	if (!take_record(&c, out)) {
		snprintf(d->error, sizeof(d->error),
			 "%s, at offset %zu, in record %llu, at offset %zu",
			 c.wrong, c.pos, (unsigned long long)d->count + 1,
			 d->pos);
		return -1;
	}
	d->pos = c.pos;
	d->last_us = out->at_us;
	d->count++;
	return 1;
}

void dgrams_from_memory(struct dgrams *d, const void *bytes, size_t len)
{
	memset(d, 0, sizeof(*d));
	d->bytes = bytes;
	d->len = len;
}

void dgrams_rewind(struct dgrams *d)
{
	d->pos = 0;
	d->last_us = 0;
	d->count = 0;
	if (d->bytes)
		d->error[0] = '\0';
}

static int refuse(struct dgrams *d, const char *why)
{
	snprintf(d->error, sizeof(d->error), "%s", why);
	return -1;
}

/* Room for one more chunk: doubles, so that a file is copied a few times. */
static bool grow(unsigned char **bytes, size_t *room, size_t len)
{
	unsigned char *more;
	size_t want = *room ? *room * 2 : CHUNK_BYTES;

	if (*room - len >= CHUNK_BYTES)
		return true;
	more = realloc(*bytes, want);
	if (!more)
		return false;
	*bytes = more;
	*room = want;
	return true;
}

static int load(struct dgrams *d, FILE *file)
{
	unsigned char *bytes = NULL;
	size_t room = 0, len = 0, n;

	do {
		if (len > DGRAMS_MAX_BYTES || !grow(&bytes, &room, len)) {
			free(bytes);
			return refuse(d, "the file is too large");
		}
		n = fread(bytes + len, 1, CHUNK_BYTES, file);
		len += n;
	} while (n > 0);
	if (ferror(file)) {
		free(bytes);
		return refuse(d, strerror(errno));
	}
	d->owned = bytes;
	d->bytes = bytes;
	d->len = len;
	return 0;
}

int dgrams_open(struct dgrams *d, const char *path)
{
	FILE *file = stdin;
	int ret;

	memset(d, 0, sizeof(*d));
	if (strcmp(path, "-") != 0)
		file = fopen(path, "rb");
	if (!file)
		return refuse(d, strerror(errno));
	ret = load(d, file);
	if (file != stdin)
		fclose(file);
	return ret;
}

void dgrams_close(struct dgrams *d)
{
	free(d->owned);
	memset(d, 0, sizeof(*d));
}
