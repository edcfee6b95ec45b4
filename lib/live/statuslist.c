/* statuslist - the answer to --status; see statuslist.h. */
#include "statuslist.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "escape.h"
#include "paper.h"
#include "told.h"

#define ROW_MAX	   2048
#define DIGITS_MAX 40 /* of a number, with its point */

#define COUNT_NAME_MAX 64

/* ---- order ---- */

/* By the words of sort=. */
static const enum told_field columns[] = {
	TOLD_NAME, TOLD_ADDRESS, TOLD_HEARD, TOLD_LINES,
	TOLD_RATE, TOLD_LOST,	 TOLD_BOOTS, TOLD_INCIDENT_TIME,
};

/* qsort() hands nothing on. */
static enum told_field order;

static int compare_texts(const struct told_sender *a,
			 const struct told_sender *b, enum told_field field)
{
	if (told_has(a, field) != told_has(b, field))
		return told_has(a, field) ? -1 : 1;
	return strverscmp(a->fields[field], b->fields[field]);
}

static int compare_numbers(const struct told_sender *a,
			   const struct told_sender *b, enum told_field field)
{
	uint64_t n = told_thousandths(a->fields[field]);
	uint64_t m = told_thousandths(b->fields[field]);

	return n == m ? 0 : n > m ? -1 : 1;
}

static int compare(const void *first, const void *second)
{
	const struct told_sender *a = first, *b = second;
	int way = 0;

	if (order != TOLD_NAME && order != TOLD_ADDRESS)
		way = compare_numbers(a, b, order);
	if (way == 0 && order != TOLD_ADDRESS)
		way = compare_texts(a, b, TOLD_NAME);
	if (way == 0)
		way = compare_texts(a, b, TOLD_ADDRESS);
	if (way == 0)
		way = compare_texts(a, b, TOLD_PORT);
	return way;
}

void statuslist_sort(struct told *told, unsigned column)
{
	order = columns[column];
	qsort(told->senders, told->count, sizeof(*told->senders), compare);
}

/* ---- text ---- */

void statuslist_time(char text[STATUSLIST_TIME_MAX], uint64_t ms)
{
	time_t second = (time_t)(ms / 1000);
	struct tm tm = { 0 };

	if (ms == 0 || !localtime_r(&second, &tm) ||
	    strftime(text, STATUSLIST_TIME_MAX, "%Y-%m-%d %H:%M:%S", &tm) == 0)
		strcpy(text, "-");
}

static uint64_t whole(const struct told *told, const char *name)
{
	return told_count_of(told, name) / 1000;
}

static uint64_t sum_rates(const struct told *told)
{
	uint64_t sum = 0;
	size_t i;

	for (i = 0; i < told->count; i++)
		sum += told_thousandths(told->senders[i].fields[TOLD_RATE]);
	return sum;
}

void statuslist_sum(char text[STATUSLIST_SUM_MAX], const struct told *told)
{
	uint64_t tenths = sum_rates(told) / 100;

	snprintf(text, STATUSLIST_SUM_MAX,
		 "%zu senders, %" PRIu64 ".%" PRIu64 " lines/s, %" PRIu64
		 " datagrams dropped, %" PRIu64 " messages lost, %" PRIu64
		 " bytes wait, %" PRIu64 " senders made room",
		 told->count, tenths / 10, tenths % 10,
		 whole(told, "drops_total"), whole(told, "messages_lost_total"),
		 whole(told, "queue_bytes"), whole(told, "evictions_total"));
}

static void print_row(struct paper *paper, const char *row)
{
	char safe[ROW_MAX * ESCAPE_GROWTH];
	size_t len = escape_text(safe, (const unsigned char *)row, strlen(row));

	paper_row(paper, safe, len);
}

static void print_daemon(struct paper *paper, const struct told *told,
			 time_t now)
{
	char version[TOLD_VERSION_MAX];
	char since[STATUSLIST_TIME_MAX];
	char sum[STATUSLIST_SUM_MAX];
	char row[ROW_MAX];

	told_version(told, version);
	statuslist_time(since, told_count_of(told, "start_timestamp_seconds"));
	snprintf(row, sizeof(row),
		 "udplogger %s, since %s, told %" PRId64 " s ago%s", version,
		 since, (int64_t)(now - told->written),
		 told->is_old ? ", which is old" : "");
	print_row(paper, row);
	statuslist_sum(sum, told);
	print_row(paper, sum);
	if (told_count_of(told, "write_failing") > 0)
		print_row(paper, "lines can't be written to their file");
}

/* How wide names and addresses are. */
static int widest(const struct told *told, enum told_field field, int least)
{
	size_t most = (size_t)least;
	size_t i;

	for (i = 0; i < told->count; i++)
		if (strlen(told->senders[i].fields[field]) > most)
			most = strlen(told->senders[i].fields[field]);
	return most > 64 ? 64 : (int)most;
}

static void print_sender(struct paper *paper, const struct told_sender *sender,
			 int name, int address)
{
	const char *const *f = sender->fields;
	char heard[STATUSLIST_TIME_MAX], incident[STATUSLIST_TIME_MAX];
	char row[ROW_MAX];

	statuslist_time(heard, told_thousandths(f[TOLD_HEARD]));
	statuslist_time(incident, told_thousandths(f[TOLD_INCIDENT_TIME]));
	snprintf(row, sizeof(row),
		 "%-*.64s %-*.64s %5.5s %-19s %10.20s %8.20s %6.20s %5.20s "
		 "%.20s %s",
		 name, f[TOLD_NAME], address, f[TOLD_ADDRESS], f[TOLD_PORT],
		 heard, f[TOLD_LINES], f[TOLD_RATE], f[TOLD_LOST],
		 f[TOLD_BOOTS], f[TOLD_INCIDENT],
		 told_has(sender, TOLD_INCIDENT) ? incident : "");
	print_row(paper, row);
}

void statuslist_table(struct paper *paper, const struct told *told, time_t now)
{
	int name = widest(told, TOLD_NAME, 4);
	int address = widest(told, TOLD_ADDRESS, 7);
	char row[ROW_MAX];
	size_t i;

	print_daemon(paper, told, now);
	snprintf(row, sizeof(row), "%-*s %-*s %5s %-19s %10s %8s %6s %5s %s",
		 name, "name", address, "address", "port", "last heard",
		 "lines", "lines/s", "lost", "boots", "last incident");
	print_row(paper, row);
	for (i = 0; i < told->count; i++)
		print_sender(paper, &told->senders[i], name, address);
}

/* ---- JSON ---- */

static int add_text(char *out, size_t size, const char *name, const char *text)
{
	char safe[64 * ESCAPE_GROWTH_JSON];
	size_t len = strnlen(text, 64);

	len = escape_json(safe, (const unsigned char *)text, len);
	return snprintf(out, size, ",\"%s\":\"%.*s\"", name, (int)len, safe);
}

/* What is no number is left out. */
static int add_digits(char *out, size_t size, const char *name,
		      const char *text)
{
	size_t len = strnlen(text, DIGITS_MAX + 1);

	if (len > DIGITS_MAX || !told_is_number(text, len))
		return 0;
	return snprintf(out, size, ",\"%s\":%s", name, text);
}

static void print_object(struct paper *paper, const struct told_sender *sender)
{
	char row[ROW_MAX];
	size_t len = 0;
	unsigned i;

	for (i = 0; i < TOLD_FIELDS; i++) {
		bool is_text = i == TOLD_NAME || i == TOLD_ADDRESS ||
			       i == TOLD_INCIDENT;

		if (!told_has(sender, i))
			continue;
		len += (size_t)(is_text ? add_text : add_digits)(
			row + len, sizeof(row) - len, told_field_name(i),
			sender->fields[i]);
	}
	row[0] = '{';
	row[len++] = '}';
	paper_line(paper, row, len);
}

static bool is_called(const struct told_count *count, const char *name,
		      size_t len)
{
	return count->name_len == len && memcmp(count->name, name, len) == 0;
}

/* An object has each name once: a count that is there again is left out. */
static bool may_stand(const struct told *told, const struct told_count *count)
{
	struct told_count first;
	size_t at = 0;

	if (count->name_len > COUNT_NAME_MAX || count->value_len > DIGITS_MAX ||
	    is_called(count, "version", 7) || is_called(count, "written", 7))
		return false;
	while (told_next_count(told, &at, &first))
		if (is_called(&first, count->name, count->name_len))
			break;
	return first.name == count->name;
}

static void print_counts(struct paper *paper, const struct told *told)
{
	char version[TOLD_VERSION_MAX];
	char row[2 * ROW_MAX];
	struct told_count count;
	size_t len, at = 0;

	told_version(told, version);
	len = (size_t)add_text(row, sizeof(row), "version", version);
	len += (size_t)snprintf(row + len, sizeof(row) - len,
				",\"written\":%" PRId64,
				(int64_t)told->written);
	while (len < ROW_MAX && told_next_count(told, &at, &count))
		if (may_stand(told, &count))
			len += (size_t)snprintf(
				row + len, sizeof(row) - len, ",\"%.*s\":%.*s",
				(int)count.name_len, count.name,
				(int)count.value_len, count.value);
	row[0] = '{';
	row[len++] = '}';
	paper_line(paper, row, len);
}

void statuslist_objects(struct paper *paper, const struct told *told)
{
	size_t i;

	print_counts(paper, told);
	for (i = 0; i < told->count; i++)
		print_object(paper, &told->senders[i]);
}
