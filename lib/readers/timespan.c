/* timespan - from= and to= as a span of time; see timespan.h. */
#include "timespan.h"

#include <string.h>
#include <time.h>

#include "decimal.h"

#define MINUTE 60
#define HOUR   3600
#define DAY    86400

static bool is_digit_byte(char c)
{
	return decimal_is_digit((unsigned char)c);
}

/* Reads @width digits at *@at, before @end, and what stands @before them. */
static bool read_digits(const char **at, const char *end, char before,
			unsigned width, int most, int *value)
{
	const char *in = *at;

	*value = 0;
	if (before != '\0' && (in == end || *in++ != before))
		return false;
	for (; width > 0; width--, in++) {
		if (in == end || !is_digit_byte(*in))
			return false;
		*value = *value * 10 + (*in - '0');
	}
	*at = in;
	return *value <= most;
}

static int days_of_month(int year, int month)
{
	static const int days[] = { 31, 28, 31, 30, 31, 30,
				    31, 31, 30, 31, 30, 31 };
	bool leaps = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);

	return days[month - 1] + (month == 2 && leaps);
}

static bool read_date(const char **at, const char *end, struct tm *tm)
{
	int year, month, day;

	if (!read_digits(at, end, '\0', 4, 9999, &year) ||
	    !read_digits(at, end, '-', 2, 12, &month) ||
	    !read_digits(at, end, '-', 2, 31, &day) || month == 0 || day == 0 ||
	    day > days_of_month(year, month))
		return false;
	*tm = (struct tm){
		.tm_year = year - 1900,
		.tm_mon = month - 1,
		.tm_mday = day,
		.tm_isdst = -1,
	};
	return true;
}

/* Days from 1970-01-01 to a date (Hinnant, "chrono-compatible algorithms"). */
static int64_t days_since_epoch(const struct tm *tm)
{
	int64_t year = tm->tm_year + 1900 - (tm->tm_mon < 2);
	int64_t era = (year >= 0 ? year : year - 399) / 400;
	int64_t year_of_era = year - era * 400;
	int64_t day_of_year =
		(153 * (tm->tm_mon + (tm->tm_mon > 1 ? -2 : 10)) + 2) / 5 +
		tm->tm_mday - 1;

	return era * 146097 + year_of_era * 365 + year_of_era / 4 -
	       year_of_era / 100 + day_of_year - 719468;
}

static int64_t as_utc(const struct tm *tm)
{
	return days_since_epoch(tm) * DAY + tm->tm_hour * HOUR +
	       tm->tm_min * MINUTE + tm->tm_sec;
}

/* Whether @second is shown as @tm. */
static bool is_shown_as(time_t second, const struct tm *tm)
{
	struct tm shown;

	return localtime_r(&second, &shown) && shown.tm_sec == tm->tm_sec &&
	       shown.tm_min == tm->tm_min && shown.tm_hour == tm->tm_hour &&
	       shown.tm_mday == tm->tm_mday;
}

/*
 * Of a time that came twice, when clocks were set back, the first.  To ask
 * mktime() for it by tm_isdst takes it long where there is no summer time.
 */
static int64_t as_local(const struct tm *tm)
{
	static const int set_back[] = { HOUR, HOUR / 2 };
	struct tm other = *tm;
	time_t second = mktime(&other);
	size_t i;

	for (i = 0; i < sizeof(set_back) / sizeof(set_back[0]); i++)
		if (is_shown_as(second - set_back[i], &other))
			return second - set_back[i];
	return second;
}

static bool is_at_end(const char *at, const char *end)
{
	return at == end;
}

/* A moment as somebody writes it; *@unit: the seconds of what it names. */
static bool read_moment(const char *text, int64_t *second, int *unit)
{
	const char *end = text + strlen(text);
	struct tm tm;

	if (!read_date(&text, end, &tm))
		return false;
	*unit = DAY;
	if (!is_at_end(text, end)) {
		if (!read_digits(&text, end, *text == ' ' ? ' ' : 'T', 2, 23,
				 &tm.tm_hour) ||
		    !read_digits(&text, end, ':', 2, 59, &tm.tm_min))
			return false;
		*unit = MINUTE;
	}
	if (!is_at_end(text, end)) {
		if (!read_digits(&text, end, ':', 2, 59, &tm.tm_sec))
			return false;
		*unit = 1;
	}
	*second = as_local(&tm);
	if (*unit == DAY) {
		/* A day may have 23 or 25 hours. */
		struct tm next = tm;

		next.tm_mday++;
		*unit = (int)(as_local(&next) - *second);
	}
	return is_at_end(text, end);
}

#define AGO_MOST 4000000 /* of any unit; days of 10,000 years */

static bool read_ago(const char *text, time_t now, int64_t *second)
{
	static const char units[] = "smhd";
	static const int seconds[] = { 1, MINUTE, HOUR, DAY };
	const unsigned char *at = (const unsigned char *)text + 1;
	const unsigned char *end = (const unsigned char *)text + strlen(text);
	const char *unit;
	uint64_t count;

	if (*text != '-' || !decimal_read(&at, end, AGO_MOST, &count) ||
	    at + 1 != end)
		return false;
	unit = strchr(units, *at);
	if (!unit)
		return false;
	*second = now - (int64_t)count * seconds[unit - units];
	return true;
}

bool timespan_set_from(struct timespan *span, const char *text, time_t now)
{
	int64_t second;
	int unit;

	if (!read_ago(text, now, &second) && !read_moment(text, &second, &unit))
		return false;
	span->from_us = second * TIMESPAN_SECOND_US;
	return true;
}

bool timespan_set_to(struct timespan *span, const char *text, time_t now)
{
	int64_t second;
	int unit = 1;

	if (!read_ago(text, now, &second) && !read_moment(text, &second, &unit))
		return false;
	span->until_us = (second + unit) * TIMESPAN_SECOND_US;
	return true;
}

/* The second that has the moment @us, also before the epoch. */
static time_t second_of(int64_t us)
{
	int64_t second = us / TIMESPAN_SECOND_US;

	return (time_t)(second - (us % TIMESPAN_SECOND_US < 0));
}

uint32_t timespan_period(int64_t us)
{
	const struct timespec time = { .tv_sec = second_of(us) };
	struct stamp stamp = { .by_hour = true };

	stamp_set(&stamp, &time);
	return stamp.period;
}

/* ".UUUUUU", of which any number of digits may be there. */
static bool read_fraction(const char **at, const char *end, int64_t *us)
{
	int64_t unit = TIMESPAN_SECOND_US / 10;

	*us = 0;
	if (*at == end || **at != '.')
		return false;
	for (++*at; *at < end && is_digit_byte(**at); ++*at, unit /= 10)
		*us += (**at - '0') * unit;
	return true;
}

static bool read_offset(const char **at, const char *end, int *seconds)
{
	char sign = *at < end ? **at : '\0';
	int hours, minutes;

	*seconds = 0;
	if (sign == 'Z') {
		++*at;
		return true;
	}
	if ((sign != '+' && sign != '-') ||
	    !read_digits(at, end, sign, 2, 99, &hours) ||
	    !read_digits(at, end, ':', 2, 59, &minutes))
		return false;
	*seconds = hours * HOUR + minutes * MINUTE;
	if (sign == '-')
		*seconds = -*seconds;
	return true;
}

#define DATE_LEN    10 /* "YYYY-MM-DD" */
#define SECONDS_LEN 19 /* "YYYY-MM-DD HH:MM:SS" */

/* Reads that, and whether it is followed by an offset: "T" instead of " ". */
static bool read_seconds(const char **at, const char *end, struct tm *tm,
			 bool *has_offset)
{
	char between;

	if (!read_date(at, end, tm) || *at == end)
		return false;
	between = **at;
	*has_offset = between == 'T';
	return (between == ' ' || between == 'T') &&
	       read_digits(at, end, between, 2, 23, &tm->tm_hour) &&
	       read_digits(at, end, ':', 2, 59, &tm->tm_min) &&
	       read_digits(at, end, ':', 2, 60, &tm->tm_sec);
}

/*
 * What is known of the ten minutes is known of all their seconds: clocks are
 * set at none within.
 */
static bool is_known(const struct timespan_clock *clock, const char *text,
		     size_t len, int64_t *second)
{
	const size_t same = sizeof(clock->text);

	if (len <= SECONDS_LEN || text[SECONDS_LEN] != ' ' ||
	    memcmp(clock->text, text, same) != 0 ||
	    !is_digit_byte(text[same]) || text[16] != ':' || text[17] < '0' ||
	    text[17] > '5' || !is_digit_byte(text[18]))
		return false;
	*second = clock->second + (text[same] - '0') * MINUTE +
		  (text[17] - '0') * 10 + (text[18] - '0');
	return true;
}

static void know(struct timespan_clock *clock, const char *text,
		 const struct tm *tm, int64_t second)
{
	clock->second = second - tm->tm_min % 10 * MINUTE - tm->tm_sec;
	memcpy(clock->text, text, sizeof(clock->text));
}

size_t timespan_read_stamp(struct timespan_stamp *stamp, const char *text,
			   size_t len, struct timespan_clock *clock)
{
	const char *end = text + len;
	const char *at = text;
	bool has_offset;
	int64_t us = 0;
	int64_t second;
	struct tm tm;
	int offset;

	if (is_known(clock, text, len, &second)) {
		stamp->is_fine = false;
		stamp->us = second * TIMESPAN_SECOND_US;
		return SECONDS_LEN;
	}
	if (!read_seconds(&at, end, &tm, &has_offset))
		return 0;
	stamp->is_fine = read_fraction(&at, end, &us);
	if (has_offset) {
		if (!read_offset(&at, end, &offset))
			return 0;
		stamp->us = (as_utc(&tm) - offset) * TIMESPAN_SECOND_US + us;
		return (size_t)(at - text);
	}
	second = as_local(&tm);
	if (text[DATE_LEN] == ' ')
		know(clock, text, &tm, second);
	stamp->us = second * TIMESPAN_SECOND_US + us;
	return (size_t)(at - text);
}

void timespan_text(char text[TIMESPAN_TEXT_MAX], int64_t us)
{
	const struct timespec time = { .tv_sec = second_of(us) };
	struct stamp stamp = { .iso = false };

	stamp_set(&stamp, &time);
	memcpy(text, stamp.text, STAMP_BYTES - 1);
	text[STAMP_BYTES - 1] = '\0';
}

#define ISO_OFFSET 26 /* where "+HH:MM" begins */

void timespan_iso(char text[TIMESPAN_ISO_MAX],
		  const struct timespan_stamp *stamp)
{
	time_t second = second_of(stamp->us);
	const struct timespec time = {
		.tv_sec = second,
		.tv_nsec =
			(long)(stamp->us - second * TIMESPAN_SECOND_US) * 1000,
	};
	struct stamp iso = { .iso = true };
	size_t from = stamp->is_fine ? ISO_OFFSET : SECONDS_LEN;

	stamp_set(&iso, &time);
	memcpy(text, iso.text, from);
	memcpy(text + from, iso.text + ISO_OFFSET,
	       STAMP_ISO_BYTES - 1 - ISO_OFFSET);
	text[from + STAMP_ISO_BYTES - 1 - ISO_OFFSET] = '\0';
}
