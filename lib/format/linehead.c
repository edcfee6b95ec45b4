/* linehead - what stands before a kernel's text; see linehead.h. */
#include "linehead.h"

#include "decimal.h"

#define USEC_DIGITS 6
#define SECOND_US   1000000
#define SECONDS_MAX (UINT64_MAX / SECOND_US - 1)

/* The part of the line that is still to be read. */
struct reader {
	const unsigned char *at;
	const unsigned char *end;
};

static bool skip_char(struct reader *r, unsigned char c)
{
	if (r->at == r->end || *r->at != c)
		return false;
	r->at++;
	return true;
}

/* Each of these moves @r, and fills in @head, only if all of it is there. */
static void read_prio(struct reader *r, struct linehead *head)
{
	struct reader ahead = *r;
	uint64_t prio;

	if (!skip_char(&ahead, '<') ||
	    !decimal_read(&ahead.at, ahead.end, EXTMSG_PRIO_MAX, &prio) ||
	    !skip_char(&ahead, '>'))
		return;
	head->has_prio = true;
	head->prio = (unsigned)prio;
	*r = ahead;
}

/* Reads "[" and the spaces behind it. */
static bool open_bracket(struct reader *r)
{
	if (!skip_char(r, '['))
		return false;
	while (skip_char(r, ' '))
		;
	return true;
}

static void read_time(struct reader *r, struct linehead *head)
{
	struct reader ahead = *r;
	const unsigned char *point;
	uint64_t seconds, usec;

	if (!open_bracket(&ahead) ||
	    !decimal_read(&ahead.at, ahead.end, SECONDS_MAX, &seconds))
		return;
	point = ahead.at;
	if (!skip_char(&ahead, '.') ||
	    !decimal_read(&ahead.at, ahead.end, SECOND_US - 1, &usec) ||
	    ahead.at != point + 1 + USEC_DIGITS || !skip_char(&ahead, ']'))
		return;
	head->has_time = true;
	head->usec = seconds * SECOND_US + usec;
	*r = ahead;
}

static void read_caller(struct reader *r, struct linehead *head)
{
	struct reader ahead = *r;
	struct extmsg_part caller;
	uint64_t number;

	if (!open_bracket(&ahead))
		return;
	caller.at = ahead.at;
	if ((!skip_char(&ahead, 'T') && !skip_char(&ahead, 'C')) ||
	    !decimal_read(&ahead.at, ahead.end, UINT32_MAX, &number))
		return;
	caller.len = (size_t)(ahead.at - caller.at);
	if (!skip_char(&ahead, ']'))
		return;
	head->caller = caller;
	*r = ahead;
}

/* A space, or the end of the line, has to follow the brackets. */
static void read_brackets(struct reader *r, struct linehead *head)
{
	struct reader ahead = *r;
	struct linehead found = *head;

	read_time(&ahead, &found);
	read_caller(&ahead, &found);
	if (ahead.at == r->at || (ahead.at < r->end && *ahead.at != ' '))
		return;
	skip_char(&ahead, ' ');
	*head = found;
	*r = ahead;
}

void linehead_read(struct linehead *head, const unsigned char *line, size_t len)
{
	struct reader r = { line, line + len };

	*head = (struct linehead){ .has_prio = false };
	read_prio(&r, head);
	read_brackets(&r, head);
	head->len = (size_t)(r.at - line);
}
