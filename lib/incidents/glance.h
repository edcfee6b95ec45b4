/*
 * glance - whether a message may announce an incident, in a few instructions.
 *
 * L0.  All lines are asked, and nearly all say no.
 */
#ifndef UDPLOGGER_GLANCE_H
#define UDPLOGGER_GLANCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/*
 * What the second and the fifth bytes of forms.c's texts are, by the first, as
 * bits; and the bit of each byte: byte % 64.
 */
extern const struct glance_bytes {
	uint64_t second[256], fifth[256], bit[256];
} glance_bytes;

#define GLANCE_OOM_BYTES 56 /* no line of the oom-killer's is shorter */

/* Whether one of those texts may begin a message of five bytes or more. */
static inline bool glance_begins(const char *message)
{
	const unsigned char *at = (const unsigned char *)message;
	const struct glance_bytes *b = &glance_bytes;

	return (b->second[at[0]] & b->bit[at[1]]) != 0 &&
	       (b->fifth[at[0]] & b->bit[at[4]]) != 0;
}

/*
 * Whether a line of eight bytes or more may end in `=N`, as does the only text
 * that does not begin with words of the kernel's own: `T invoked oom-killer:
 * gfp_mask=0xd0, order=0, oom_score_adj=0`, or -1000, or that and a CR.  Its
 * last eight bytes are looked at at once: one of them is zero when each was
 * changed by a `=`.
 */
static inline bool glance_ends(const char *line, size_t len)
{
	const uint64_t ones = UINT64_C(0x0101010101010101);
	unsigned char end[8];
	uint64_t last;

	if (line[len - 1] > '9')
		return false;
	memcpy(end, line + len - sizeof(end), sizeof(end));
	if (end[7] < '0' && end[7] != '\r')
		return false;
	memcpy(&last, end, sizeof(last));
	last ^= ones * '=';
	return ((last - ones) & ~last & ones * 0x80) != 0;
}

/*
 * Whether `[ 1.000000]` may stand in a line of ten bytes or more: a bracket and
 * a space or digit.
 */
static inline bool glance_has_time(const char *line, size_t len)
{
	const char *end = line + len - 10, *at = line;

	while ((at = memchr(at, '[', (size_t)(end - at)))) {
		at++;
		if (*at <= '9' && (*at >= '0' || *at == ' '))
			return true;
	}
	return false;
}

/* The same as below, of any line. */
bool glance_rules_out_odd(const char *line, size_t len);

/*
 * Where the message begins behind a time of 13 to 15 bytes, an uptime from 27
 * hours to three years; 0: elsewhere.
 */
static inline size_t glance_behind_long_time(const char *line)
{
	size_t end = sizeof("[    0.000000") - 1;

	while (line[++end] != ']')
		if (end == 16)
			return 0;
	return line[end + 1] == ' ' && line[end - 7] == '.' && line[2] <= '9'
		       ? end + 2
		       : 0;
}

/*
 * Whether a line of a console announces nothing, for sure.  The usual line is
 * decided here, whose time has 12 bytes, as up to an uptime of 27 hours, to 15.
 * A `[ BUG: ` of a kernel has no bracket and space where that ends.
 */
static inline bool glance_rules_out(const char *line, size_t len)
{
	static const char time[] = "[    0.000000] ";
	const size_t usual = sizeof(time) - 1;
	size_t bytes;

	if (len < 26)
		return glance_rules_out_odd(line, len);
	if (memcmp(line + usual - 2, time + usual - 2, 2) == 0 &&
	    line[0] == '[')
		return !glance_begins(line + usual) && !glance_ends(line, len);
	if (line[0] != '[')
		return !glance_begins(line) && !glance_ends(line, len) &&
		       !glance_has_time(line, len);
	bytes = glance_behind_long_time(line);
	if (bytes == 0)
		return glance_rules_out_odd(line, len);
	return !glance_begins(line + bytes) && !glance_ends(line, len);
}

/* The same of a message that has nothing before it; the shortest is `BUG:`. */
static inline bool glance_rules_out_message(const char *message, size_t len)
{
	if (len < 5)
		return len < 4;
	return !glance_begins(message) &&
	       (len < GLANCE_OOM_BYTES || !glance_ends(message, len));
}

#endif
