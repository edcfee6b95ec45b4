/* caseshow - an incident for people, or as JSON; see caseshow.h. */
#include "caseshow.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "escape.h"

#define TITLE_LEAST 24 /* columns; hosts are cut for that */
#define HOST_LEAST  8
#define CLASS_WIDTH 9 /* "sanitizer" */
#define ENDED_WIDTH 7
#define ENDED_FROM  100 /* columns that a terminal has for that one */

/* A row or an object while it is made. */
struct row {
	size_t len;
	char text[4 * CASEBOOK_TITLE_MAX * ESCAPE_GROWTH_JSON];
};

static void add_to_row(struct row *row, const char *format, ...)
{
	size_t room = sizeof(row->text) - row->len;
	va_list args;
	int n;

	va_start(args, format);
	n = vsnprintf(row->text + row->len, room, format, args);
	va_end(args);
	if (n > 0)
		row->len += (size_t)n < room ? (size_t)n : room - 1;
}

/* Adds @text, safe to look at; all texts together fit. */
static void add_safe(struct row *row, const char *text)
{
	size_t len = strlen(text);

	if (len > CASEBOOK_TITLE_MAX)
		len = CASEBOOK_TITLE_MAX;
	if (sizeof(row->text) - row->len > ESCAPE_GROWTH * len)
		row->len += escape_text(row->text + row->len,
					(const unsigned char *)text, len);
}

static const char *host_of(const struct casebook_case *found)
{
	if (found->host)
		return found->host;
	return found->source ? found->source : "-";
}

/* Numbers are those of the address, whatever its ports. */
static const char *short_host_of(const struct casebook_case *found, int width)
{
	const char *host = host_of(found);

	if ((int)strlen(host) > width && !found->host && found->address)
		return found->address;
	return host;
}

static int digits_of(uint64_t number)
{
	return snprintf(NULL, 0, "%llu", (unsigned long long)number);
}

static void widen(int *width, int to)
{
	if (*width < to)
		*width = to;
}

void caseshow_measure(struct caseshow_widths *widths,
		      const struct casebook_case *found)
{
	widen(&widths->number, digits_of(found->number));
	widen(&widths->host, (int)strlen(host_of(found)));
	widen(&widths->lines, digits_of(found->lines));
	if (found->lost > 0)
		widen(&widths->lost, digits_of(found->lost));
}

void caseshow_fit(struct caseshow_widths *widths, const struct paper *paper)
{
	int others;

	widen(&widths->number, (int)strlen("No"));
	widen(&widths->host, (int)strlen("Host"));
	widen(&widths->lines, (int)strlen("Lines"));
	if (widths->lost > 0 || paper->columns == PAPER_UNLIMITED)
		widen(&widths->lost, (int)strlen("Lost"));
	widths->ended = 0;
	if (paper->columns == PAPER_UNLIMITED || paper->columns >= ENDED_FROM)
		widths->ended = ENDED_WIDTH;
	if (paper->columns == PAPER_UNLIMITED)
		return;
	others = widths->number + 1 + STAMP_BYTES + 1 + CLASS_WIDTH + 1 +
		 widths->lines + 1 + widths->lost + (widths->lost > 0) +
		 widths->ended + (widths->ended > 0) + TITLE_LEAST;
	if (widths->host > (int)paper->columns - others)
		widths->host = (int)paper->columns - others;
	widen(&widths->host, HOST_LEAST);
}

void caseshow_head(struct paper *paper, const struct caseshow_widths *widths)
{
	struct row row = { .len = 0 };

	add_to_row(&row, "%*s %-19s %-*s %-*s %*s", widths->number, "No",
		   "Time", widths->host, "Host", CLASS_WIDTH, "Class",
		   widths->lines, "Lines");
	if (widths->lost > 0)
		add_to_row(&row, " %*s", widths->lost, "Lost");
	if (widths->ended > 0)
		add_to_row(&row, " %-*s", widths->ended, "Ended");
	add_to_row(&row, " Title");
	paper_row(paper, row.text, row.len);
}

#define CUT "~" /* no name has it, and no address */

/*
 * Adds a text, filled up or cut to @width: what is cut could be another's name,
 * but for CUT at its end.
 */
static void add_host(struct row *row, const char *host, int width)
{
	size_t begin = row->len;
	size_t taken, len;
	bool is_cut;

	add_safe(row, host);
	len = paper_fit(row->text + begin, row->len - begin, (size_t)width,
			&taken);
	is_cut = begin + len < row->len;
	if (is_cut) {
		row->len = begin + paper_fit(row->text + begin, len,
					     (size_t)width - 1, &taken);
		add_to_row(row, CUT);
	}
	add_to_row(row, "%*s", width - (int)taken - is_cut, "");
}

static const char *ended_as(const struct casebook_case *found)
{
	if (found->is_moment)
		return "-";
	return found->ended ? found->ended : "open";
}

static void add_title(struct row *row, const struct casebook_case *found)
{
	if (found->class != CLASS_BOOT) {
		add_safe(row, found->title ? found->title : "");
		return;
	}
	add_safe(row, found->release ? found->release : "unknown");
	add_to_row(row, ", before that ");
	add_safe(row, found->before ? found->before : "unknown");
}

static void add_line_count(struct row *row, const struct casebook_case *found,
			   int width)
{
	if (found->has_ended)
		add_to_row(row, "%*llu", width,
			   (unsigned long long)found->lines);
	else
		add_to_row(row, "%*s", width, found->is_moment ? "-" : "open");
}

void caseshow_row(struct paper *paper, const struct caseshow_widths *widths,
		  const struct casebook_case *found)
{
	struct row row = { .len = 0 };
	char time[TIMESPAN_TEXT_MAX];

	timespan_text(time, found->begin.us);
	add_to_row(&row, "%*llu %s ", widths->number,
		   (unsigned long long)found->number, time);
	add_host(&row, short_host_of(found, widths->host), widths->host);
	add_to_row(&row, " %-*s ", CLASS_WIDTH, class_name(found->class));
	add_line_count(&row, found, widths->lines);
	if (widths->lost > 0 && found->has_ended)
		add_to_row(&row, " %*llu", widths->lost,
			   (unsigned long long)found->lost);
	else if (widths->lost > 0)
		add_to_row(&row, " %*s", widths->lost, "-");
	if (widths->ended > 0) {
		add_to_row(&row, " ");
		add_host(&row, ended_as(found), widths->ended);
	}
	add_to_row(&row, " ");
	add_title(&row, found);
	paper_row(paper, row.text, row.len);
}

void caseshow_untold(struct paper *paper, const struct timespan_stamp *stamp,
		     uint64_t untold)
{
	struct row row = { .len = 0 };
	char time[TIMESPAN_TEXT_MAX];

	timespan_text(time, stamp->us);
	add_to_row(&row, "- %s udplogger: %llu incidents not told", time,
		   (unsigned long long)untold);
	paper_row(paper, row.text, row.len);
}

void caseshow_line(struct paper *paper, const struct casebook_case *found)
{
	struct row row = { .len = 0 };
	char time[TIMESPAN_TEXT_MAX];

	timespan_text(time, found->begin.us);
	add_to_row(&row, "%llu %s ", (unsigned long long)found->number, time);
	add_safe(&row, host_of(found));
	add_to_row(&row, " %s ", class_name(found->class));
	add_title(&row, found);
	paper_row(paper, row.text, row.len);
}

static void add_member(struct row *row, const char *name, const char *text)
{
	size_t len = text ? strlen(text) : 0;

	if (!text)
		return;
	add_to_row(row, ",\"%s\":\"", name);
	if (len > CASEBOOK_TITLE_MAX)
		len = CASEBOOK_TITLE_MAX;
	if (sizeof(row->text) - row->len > ESCAPE_GROWTH_JSON * len)
		row->len += escape_json(row->text + row->len,
					(const unsigned char *)text, len);
	add_to_row(row, "\"");
}

static void add_count(struct row *row, const char *name, uint64_t number)
{
	add_to_row(row, ",\"%s\":%llu", name, (unsigned long long)number);
}

static void add_extent(struct row *row, const struct casebook_case *found)
{
	add_count(row, "lines", found->lines);
	if (found->has_bytes)
		add_count(row, "bytes", found->bytes);
	add_to_row(row, ",\"seconds\":%llu.%llu",
		   (unsigned long long)found->milliseconds / 1000,
		   (unsigned long long)found->milliseconds % 1000 / 100);
	add_count(row, "lost", found->lost);
	if (found->has_tasks)
		add_count(row, "tasks", found->tasks);
}

void caseshow_object(struct paper *paper, const struct casebook_case *found)
{
	struct row row = { .len = 0 };
	char time[TIMESPAN_ISO_MAX];

	timespan_iso(time, &found->begin);
	add_to_row(&row, "{\"number\":%llu,\"time\":\"%s\"",
		   (unsigned long long)found->number, time);
	add_member(&row, "address", found->address);
	if (found->address && found->port != WHOM_NO_PORT)
		add_count(&row, "port", found->port);
	add_member(&row, "host", found->host);
	add_member(&row, "class", class_name(found->class));
	add_member(&row, "title", found->title);
	if (found->has_ended)
		add_extent(&row, found);
	if (!found->is_moment)
		add_member(&row, "ended", ended_as(found));
	add_member(&row, "after", found->after);
	add_member(&row, "release", found->release);
	add_member(&row, "before", found->before);
	add_to_row(&row, "}");
	/* What is cut on a terminal is no JSON. */
	paper_line(paper, row.text, row.len);
}
