/*
 * fuzz_told - the files of run=, as anybody may have changed them.
 *
 * The input is "senders" and "udplogger.prom".  Rows are those of a model;
 * whatever stands in them, the table, the objects and the page have a line for
 * each, are safe to look at, and no element of the page is another's; --heard
 * ends as the model says.
 */
#include "live.h"
#include "page.h"
#include "paper.h"
#include "printed.h"
#include "runfiles.h"
#include "statuslist.h"
#include "told.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common.h"
#include "diag.h"
#include "sys.h"

#define NOW	  1796000100
#define ROWS_MOST 4096

static struct diag diag = { .sys = &sys_linux };

struct row {
	const char *at[TOLD_FIELDS];
	size_t len[TOLD_FIELDS];
};

static struct row rows[ROWS_MOST];
static size_t row_count;

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc;
	(void)argv;
	setenv("TZ", "UTC0", 1);
	tzset();
	runfiles_make();
	atexit(runfiles_remove);
	diag.out.fd = open("/dev/null", O_WRONLY);
	return 0;
}

/* Field by field; false: it has not as many as it should. */
static bool read_row(struct row *row, const char *line, size_t len)
{
	const char *end = line + len;
	unsigned i = 0;

	row->at[0] = line;
	for (; line < end; line++) {
		if (*line != '\t')
			continue;
		row->len[i] = (size_t)(line - row->at[i]);
		if (++i == TOLD_FIELDS)
			return false;
		row->at[i] = line + 1;
	}
	row->len[i] = (size_t)(end - row->at[i]);
	return i == TOLD_FIELDS - 1;
}

static bool is_none(const struct row *row, enum told_field field)
{
	return row->len[field] == 1 && row->at[field][0] == '-';
}

static void read_model(const char *text, size_t len)
{
	const char *end = text + strnlen(text, len);
	bool is_head = true;

	row_count = 0;
	while (text < end) {
		const char *lf = memchr(text, '\n', (size_t)(end - text));
		struct row *row = &rows[row_count];

		if (!lf)
			break;
		if (!is_head && read_row(row, text, (size_t)(lf - text)) &&
		    !is_none(row, TOLD_ADDRESS))
			row_count++;
		is_head = false;
		text = lf + 1;
	}
}

static void check_rows(const struct told *told)
{
	size_t i;
	unsigned k;

	MUST(told->count == row_count);
	for (i = 0; i < row_count; i++)
		for (k = 0; k < TOLD_FIELDS; k++) {
			const char *field = told->senders[i].fields[k];

			MUST(strlen(field) == rows[i].len[k]);
			MUST(memcmp(field, rows[i].at[k], rows[i].len[k]) == 0);
		}
}

static void check_order(struct told *told)
{
	static const enum told_field numbers[] = {
		TOLD_HEARD, TOLD_LINES, TOLD_RATE,
		TOLD_LOST,  TOLD_BOOTS, TOLD_INCIDENT_TIME,
	};
	size_t column, i;

	for (column = 0; column < 8; column++) {
		statuslist_sort(told, (unsigned)column);
		for (i = 1; i < told->count && column >= 2; i++) {
			enum told_field field = numbers[column - 2];

			MUST(told_thousandths(
				     told->senders[i - 1].fields[field]) >=
			     told_thousandths(told->senders[i].fields[field]));
		}
	}
}

/* As many lines as that, each of them safe. */
static void check_lines(const char *text, size_t len, size_t count)
{
	const char *end = text + len;

	while (text < end) {
		const char *lf = memchr(text, '\n', (size_t)(end - text));

		MUST(lf && reference_is_safe(text, (size_t)(lf - text)));
		text = lf + 1;
		MUST(count-- > 0);
	}
	MUST(count == 0);
}

/* What begins an element is ours, and of each sender there are as many. */
static void check_page(const char *text, size_t len, size_t senders)
{
	static const char *const ours[] = {
		"<!DOCTYPE", "<html",	"<head>",   "</head>",	"<meta",
		"<title>",   "</title", "<style>",  "</style>", "<body>",
		"</body>",   "</html>", "<h1>",	    "</h1>",	"<p>",
		"<p class=", "</p>",	"<table>",  "</table>", "<thead>",
		"</thead>",  "<tbody>", "</tbody>", "<tr>",	"</tr>",
		"<th>",	     "<th ",	"</th>",    "<td data", "<td class",
		"</td>",
	};
	size_t cells = 0, i;

	MUST(strlen(text) == len);
	while ((text = strchr(text, '<'))) {
		for (i = 0; i < sizeof(ours) / sizeof(ours[0]); i++)
			if (strncmp(text, ours[i], strlen(ours[i])) == 0)
				break;
		MUST(i < sizeof(ours) / sizeof(ours[0]));
		cells += strncmp(text, "<td", 3) == 0;
		text++;
	}
	MUST(cells == 9 * senders);
}

static size_t page_lines(const char *text)
{
	size_t count = 0;

	for (; (text = strchr(text, '\n')); text++)
		count++;
	return count;
}

/* For a program that knows what is JSON; run. */
static void keep(const char *text, size_t len)
{
	const char *path = getenv("FUZZ_JSON");
	FILE *file = path ? fopen(path, "ab") : NULL;

	if (!file)
		return;
	fwrite(text, 1, len, file);
	fclose(file);
}

static void check_answers(const struct told *told)
{
	struct paper paper = { .columns = PAPER_UNLIMITED };
	bool fails = told_count_of(told, "write_failing") > 0;
	const char *text;
	size_t len;

	printed_begin();
	statuslist_table(&paper, told, NOW);
	text = printed_end(&len);
	check_lines(text, len, 3 + fails + told->count);
	printed_begin();
	statuslist_objects(&paper, told);
	text = printed_end(&len);
	check_lines(text, len, 1 + told->count);
	keep(text, len);
	printed_begin();
	page_write(&paper, told, NOW);
	text = printed_end(&len);
	check_lines(text, len, page_lines(text));
	check_page(text, len, told->count);
}

/* Of a host that has this very name. */
static void check_heard(bool is_old)
{
	struct question q = {
		.mode = QUESTION_HEARD,
		.now = NOW,
		.host = "web1",
		.since_seconds = 60,
	};
	bool heard = false;
	size_t i;

	q.options.settings.run = runfiles;
	for (i = 0; i < row_count; i++) {
		const struct row *row = &rows[i];
		char text[64];

		if (row->len[TOLD_NAME] != 4 ||
		    memcmp(row->at[TOLD_NAME], "web1", 4) != 0)
			continue;
		snprintf(text, sizeof(text), "%.*s",
			 (int)(row->len[TOLD_HEARD] < 63 ? row->len[TOLD_HEARD]
							 : 63),
			 row->at[TOLD_HEARD]);
		heard |= told_thousandths(text) / 1000 >= NOW - 60;
	}
	MUST(live_answer(&q, &diag) == (is_old	? LIVE_UNKNOWN
					: heard ? LIVE_YES
						: LIVE_NO));
}

static bool begins_with_head(const char *text, size_t len)
{
	static const char head[] = RUNFILES_HEAD;

	return len >= sizeof(head) - 1 &&
	       memcmp(text, head, sizeof(head) - 1) == 0;
}

/* Without its head it is no file of the daemon. */
static void check_unread(void)
{
	char error[ERROR_MAX];
	struct question q = {
		.mode = QUESTION_HEARD,
		.now = NOW,
		.host = "web1",
		.since_seconds = 60,
	};
	struct told told;

	MUST(told_read(&told, runfiles, NOW, error) == -1);
	told_forget(&told);
	q.options.settings.run = runfiles;
	MUST(live_answer(&q, &diag) == LIVE_UNKNOWN);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	struct input in = { bytes, len };
	bool is_old = input_byte(&in) % 4 == 0;
	size_t senders_len = input_u16(&in);
	char error[ERROR_MAX];
	struct told told;
	const char *text;

	text = (const char *)input_bytes(&in, senders_len, &senders_len);
	runfiles_put("senders", text, senders_len);
	runfiles_put("udplogger.prom", in.bytes, in.left);
	runfiles_date(is_old ? NOW - 31 : NOW);
	if (!begins_with_head(text, senders_len)) {
		check_unread();
		return 0;
	}
	read_model(text, senders_len);
	MUST(told_read(&told, runfiles, NOW, error) == 0);
	MUST(told.is_old == is_old);
	check_rows(&told);
	check_order(&told);
	check_answers(&told);
	told_forget(&told);
	check_heard(is_old);
	return 0;
}
