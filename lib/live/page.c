/* page - the answer to --status as a page; see page.h. */
#include "page.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "escape.h"
#include "paper.h"
#include "statuslist.h"
#include "told.h"

#define SHOWN_MAX 64 /* bytes of a field */

static const char head[] =
	"<!DOCTYPE html>\n"
	"<html lang=\"en\"><head><meta charset=\"utf-8\">\n"
	"<meta http-equiv=\"Content-Security-Policy\" content=\"default-src "
	"'none'; style-src 'unsafe-inline'\">\n"
	"<meta name=\"viewport\" content=\"width=device-width, "
	"initial-scale=1\">\n"
	"<title>udplogger</title>\n"
	"<style>\n"
	"body { font: 16px/1.4 sans-serif; margin: 1em; color: #111; "
	"background: #fff }\n"
	"h1 { font-size: 1.3em; margin: 0 0 .3em }\n"
	"p { margin: .3em 0 }\n"
	".bad { color: #a00; font-weight: bold }\n"
	"table { border-collapse: collapse; margin-top: 1em }\n"
	"th, td { text-align: left; padding: .2em .6em; "
	"border-bottom: 1px solid #ccc; overflow-wrap: anywhere }\n"
	"td.n, th { white-space: nowrap }\n"
	"td.n, th.n { text-align: right }\n"
	"@media (max-width: 50em) {\n"
	"thead { display: none }\n"
	"table, tbody, tr, td { display: block }\n"
	"tr { border: 1px solid #ccc; border-radius: .4em; margin: 0 0 .8em; "
	"padding: .3em .6em }\n"
	"td, td.n { border: 0; padding: .1em 0; text-align: left }\n"
	"td::before { content: attr(data-l) \": \"; color: #555 }\n"
	"}\n"
	"@media (prefers-color-scheme: dark) {\n"
	"body { color: #eee; background: #111 } td::before { color: #aaa }\n"
	".bad { color: #f88 }\n"
	"}\n"
	"</style></head><body>\n";

static const char *entity(char c)
{
	switch (c) {
	case '&':
		return "&amp;";
	case '<':
		return "&lt;";
	case '>':
		return "&gt;";
	case '"':
		return "&quot;";
	case '\'':
		return "&#39;";
	default:
		return NULL;
	}
}

void page_text(char out[PAGE_TEXT_MAX], const char *text)
{
	char safe[SHOWN_MAX * ESCAPE_GROWTH];
	size_t len = strnlen(text, SHOWN_MAX);
	char *to = out;
	size_t i;

	len = escape_text(safe, (const unsigned char *)text, len);
	for (i = 0; i < len; i++) {
		const char *instead = entity(safe[i]);

		if (instead)
			to = stpcpy(to, instead);
		else
			*to++ = safe[i];
	}
	*to = '\0';
}

static void print_html(struct paper *paper, const char *line)
{
	paper_line(paper, line, strlen(line));
}

static const struct column {
	enum told_field field;
	const char *title;
	bool is_number;
} columns[] = {
	{ TOLD_NAME, "name", false },
	{ TOLD_ADDRESS, "address", false },
	{ TOLD_PORT, "port", true },
	{ TOLD_HEARD, "last heard", false },
	{ TOLD_LINES, "lines", true },
	{ TOLD_RATE, "lines/s", true },
	{ TOLD_LOST, "lost", true },
	{ TOLD_BOOTS, "boots", true },
	{ TOLD_INCIDENT, "last incident", false },
};
#define COLUMNS (sizeof(columns) / sizeof(columns[0]))

static void print_cell(struct paper *paper, const struct told_sender *sender,
		       const struct column *column)
{
	const char *const *f = sender->fields;
	char time[STATUSLIST_TIME_MAX] = "";
	char text[PAGE_TEXT_MAX];
	char line[PAGE_TEXT_MAX + 200];

	page_text(text, f[column->field]);
	if (column->field == TOLD_HEARD) {
		statuslist_time(time, told_thousandths(f[TOLD_HEARD]));
		*text = '\0';
	} else if (column->field == TOLD_INCIDENT &&
		   told_has(sender, TOLD_INCIDENT)) {
		statuslist_time(time, told_thousandths(f[TOLD_INCIDENT_TIME]));
	}
	snprintf(line, sizeof(line), "<td%s data-l=\"%s\">%s%s%s</td>",
		 column->is_number ? " class=\"n\"" : "", column->title, text,
		 *text && *time ? " " : "", time);
	print_html(paper, line);
}

static void print_senders(struct paper *paper, const struct told *told)
{
	char line[200];
	size_t i, k;

	print_html(paper, "<table><thead><tr>");
	for (k = 0; k < COLUMNS; k++) {
		snprintf(line, sizeof(line), "<th%s>%s</th>",
			 columns[k].is_number ? " class=\"n\"" : "",
			 columns[k].title);
		print_html(paper, line);
	}
	print_html(paper, "</tr></thead><tbody>");
	for (i = 0; i < told->count; i++) {
		print_html(paper, "<tr>");
		for (k = 0; k < COLUMNS; k++)
			print_cell(paper, &told->senders[i], &columns[k]);
		print_html(paper, "</tr>");
	}
	print_html(paper, "</tbody></table>");
}

void page_write(struct paper *paper, const struct told *told, time_t now)
{
	char version[TOLD_VERSION_MAX], safe[PAGE_TEXT_MAX];
	char since[STATUSLIST_TIME_MAX], written[STATUSLIST_TIME_MAX];
	char sum[STATUSLIST_SUM_MAX];
	char line[PAGE_TEXT_MAX + 200];

	paper_lines(paper, head, strlen(head));
	told_version(told, version);
	page_text(safe, version);
	snprintf(line, sizeof(line), "<h1>udplogger %s</h1>", safe);
	print_html(paper, line);
	statuslist_time(since, told_count_of(told, "start_timestamp_seconds"));
	statuslist_time(written, (uint64_t)told->written * 1000);
	snprintf(line, sizeof(line), "<p>Since %s; as of %s.</p>", since,
		 written);
	print_html(paper, line);
	statuslist_sum(sum, told);
	snprintf(line, sizeof(line), "<p>%s</p>", sum);
	print_html(paper, line);
	if (told->is_old) {
		snprintf(line, sizeof(line),
			 "<p class=\"bad\">This is %" PRId64
			 " s old: udplogger does not run, or can't write.</p>",
			 (int64_t)(now - told->written));
		print_html(paper, line);
	}
	if (told_count_of(told, "write_failing") > 0)
		print_html(paper,
			   "<p class=\"bad\">Lines can't be written to their "
			   "file.</p>");
	print_senders(paper, told);
	print_html(paper, "</body></html>");
}
