/* extract - the lines of one incident; see extract.h. */
#include "extract.h"

#include <stdlib.h>
#include <string.h>

#include "escape.h"
#include "logline.h"

void extract_begin(struct extract *x, const struct casebook_case *found)
{
	*x = (struct extract){ .found = found, .left = found->lines };
	if (found->is_moment)
		x->left = 1;
	else if (!found->has_ended)
		x->left = UINT64_MAX;
}

void extract_begin_again(struct extract *x)
{
	const struct casebook_case *found = x->found;

	extract_end(x);
	extract_begin(x, found);
	x->without_title = true;
}

/* The last second that can have one of its lines begins there. */
static int64_t last_us(const struct casebook_case *found)
{
	if (found->has_ended)
		return found->end.us;
	return found->is_moment ? found->begin.us
				: found->begin.us + EXTRACT_LONGEST_US;
}

void extract_span(const struct casebook_case *found, struct timespan *span)
{
	span->from_us = found->begin.us;
	span->until_us = last_us(found) + TIMESPAN_SECOND_US;
}

static bool make_text_room(struct extract *x, size_t size)
{
	char *more;

	if (size <= x->size)
		return true;
	more = realloc(x->text, size);
	if (!more)
		return false;
	x->text = more;
	x->size = size;
	return true;
}

/* Whether the line has the title, which is escaped. */
static bool has_title(struct extract *x, const struct logline *line)
{
	const char *title = x->found->title;
	size_t len;

	if (!title || !line->text ||
	    !make_text_room(x, LOGLINE_TEXT_MAX(line->text_len)))
		return false;
	if (line->is_json)
		len = logline_plain(x->text, line);
	else
		len = escape_text(x->text, (const unsigned char *)line->text,
				  line->text_len);
	return memmem(x->text, len, title, strlen(title)) != NULL;
}

static bool is_of_source(const struct extract *x, const struct logline *line)
{
	char source[CASEBOOK_SOURCE_MAX];

	casebook_source(source, &line->seen);
	return x->found->source && strcmp(source, x->found->source) == 0;
}

static bool begins_here(struct extract *x, const struct logline *line,
			const struct timespan_stamp *stamp)
{
	if (!timespan_same(&x->found->begin, stamp))
		return false;
	return x->without_title || has_title(x, line);
}

enum extract_verdict extract_look(struct extract *x, const struct logline *line,
				  const struct timespan_stamp *stamp)
{
	if (stamp->us >= last_us(x->found) + TIMESPAN_SECOND_US)
		return EXTRACT_BEHIND;
	if (!is_of_source(x, line))
		return EXTRACT_BEFORE;
	if (!x->has_begun) {
		if (line->is_notice || !begins_here(x, line, stamp))
			return EXTRACT_BEFORE;
		x->has_begun = true;
	}
	if (x->left == 0)
		return EXTRACT_BEHIND;
	x->left -= !line->is_notice;
	return EXTRACT_PART;
}

void extract_end(struct extract *x)
{
	free(x->text);
	x->text = NULL;
	x->size = 0;
}
