/*
 * fuzz_logline - lines of log files, as anybody may have changed them.
 *
 * Each line of the input is one.  Its parts lie within it; what is shown of it
 * without stamp and source is safe if it was JSON, and as long as promised; and
 * as the line of an incident it makes cases whose objects are what they say.
 */
#include "casebook.h"
#include "logline.h"

#include <stdlib.h>
#include <string.h>

#include "common.h"

static void must_lie_within(const char *part, size_t part_len, const char *line,
			    size_t len)
{
	MUST(!part || (part >= line && part_len <= len &&
		       part + part_len <= line + len));
}

static void check_plain_text(const struct logline *l)
{
	char *out = malloc(LOGLINE_TEXT_MAX(l->len));
	size_t n;

	MUST(out);
	n = logline_plain(out, l);
	MUST(n > 0 && n <= LOGLINE_TEXT_MAX(l->len) && out[n - 1] == '\n');
	while (l->is_json && l->text && n > 0) {
		char *lf = memchr(out, '\n', n);
		size_t line = (size_t)(lf - out);

		MUST(reference_is_safe(out, line));
		n -= line + 1;
		memmove(out, lf + 1, n);
	}
	free(out);
}

static void check_case(struct casebook *book, const struct logline *l)
{
	struct timespan_clock clock = { .second = 0 };
	struct timespan_stamp stamp;
	struct casebook_news news;

	if (!logline_time(l, &stamp, &clock))
		return;
	casebook_take(book, l, &stamp, &news);
	MUST((news.found != NULL) ==
	     (news.event == CASEBOOK_BEGUN || news.event == CASEBOOK_MOMENT ||
	      news.event == CASEBOOK_ENDED));
	if (news.event == CASEBOOK_ENDED || news.event == CASEBOOK_MOMENT)
		casebook_free_case(news.found);
	casebook_free_case(news.abandoned);
}

static void check_log_line(struct casebook *book, const uint8_t *bytes,
			   size_t len)
{
	char *line = malloc(len > 0 ? len : 1);
	struct logline l;

	MUST(line);
	memcpy(line, bytes, len);
	if (logline_read(&l, line, len)) {
		must_lie_within(l.stamp, l.stamp_len, line, len);
		must_lie_within(l.source, l.source_len, line, len);
		must_lie_within(l.text, l.text_len, line, len);
		must_lie_within(l.seen.host, l.seen.host_len, line, len);
		must_lie_within(l.seen.address, l.seen.address_len, line, len);
		check_plain_text(&l);
		check_case(book, &l);
	}
	free(line);
}

static void free_open_cases(struct casebook *book)
{
	size_t i;

	for (i = 0; i < book->open.size; i++)
		if (book->open.slots[i])
			casebook_free_case(book->open.slots[i]->value);
	casebook_free(book);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	struct casebook book = { .hosts = NULL };

	while (len > 0) {
		const uint8_t *lf = memchr(bytes, '\n', len);
		size_t n = lf ? (size_t)(lf - bytes) : len;

		check_log_line(&book, bytes, n);
		n += lf != NULL;
		bytes += n;
		len -= n;
	}
	free_open_cases(&book);
	return 0;
}
