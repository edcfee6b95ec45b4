/* stamp - wall time as the log shows it; see stamp.h. */
#include "stamp.h"

#include <string.h>

#include "decimal.h"

static void digits(char *out, int width, int value)
{
	decimal_write(out, (uint64_t)value, width);
}

static void write_date(char *out, int year, int month, int day)
{
	digits(out, 4, year);
	out[4] = '-';
	digits(out + 5, 2, month);
	out[7] = '-';
	digits(out + 8, 2, day);
}

static void write_time(char *out, const struct tm *tm)
{
	digits(out, 2, tm->tm_hour);
	out[2] = ':';
	digits(out + 3, 2, tm->tm_min);
	out[5] = ':';
	digits(out + 6, 2, tm->tm_sec);
}

static bool has_four_digits(const struct tm *tm)
{
	return tm->tm_year >= -1900 && tm->tm_year <= 9999 - 1900;
}

static const struct tm year_0 = { .tm_year = -1900, .tm_mday = 1 };
static const struct tm year_9999 = {
	.tm_year = 9999 - 1900,
	.tm_mon = 11,
	.tm_mday = 31,
	.tm_hour = 23,
	.tm_min = 59,
	.tm_sec = 59,
};

/* False where @tm could only be the nearest time that can be shown. */
static bool to_local(struct tm *tm, time_t second)
{
	/* EOVERFLOW: the year doesn't fit into tm_year. */
	bool fits = localtime_r(&second, tm) != NULL;

	if (fits && has_four_digits(tm))
		return true;
	if (fits ? tm->tm_year < 0 : second < 0)
		*tm = year_0;
	else
		*tm = year_9999;
	return false;
}

/* Seconds by which @local is ahead of UTC at @second. */
static int offset_of(const struct tm *local, time_t second)
{
	struct tm utc;
	int days;

	if (!gmtime_r(&second, &utc))
		return 0;
	days = local->tm_yday - utc.tm_yday;
	if (local->tm_year != utc.tm_year)
		days = local->tm_year > utc.tm_year ? 1 : -1;
	return ((days * 24 + local->tm_hour - utc.tm_hour) * 60 +
		local->tm_min - utc.tm_min) *
		       60 +
	       local->tm_sec - utc.tm_sec;
}

/* Makes @tm show the time with the nearest offset that can be written. */
static int whole_minutes(struct tm *tm, time_t second)
{
	int offset = offset_of(tm, second);
	int minutes = (offset + (offset < 0 ? -30 : 30)) / 60;
	time_t shown = second + minutes * 60;
	struct tm other;

	if (minutes * 60 != offset && gmtime_r(&shown, &other) &&
	    has_four_digits(&other))
		*tm = other;
	return minutes;
}

static void write_offset(char *out, int minutes)
{
	out[0] = minutes < 0 ? '-' : '+';
	if (minutes < 0)
		minutes = -minutes;
	digits(out + 1, 2, minutes / 60);
	out[3] = ':';
	digits(out + 4, 2, minutes % 60);
}

static void write_iso(char *out, struct tm *tm, time_t second, bool exact)
{
	int minutes = exact ? whole_minutes(tm, second) : 0;

	write_date(out, tm->tm_year + 1900, tm->tm_mon + 1, tm->tm_mday);
	out[10] = 'T';
	write_time(out + 11, tm);
	out[19] = '.';
	write_offset(out + 26, minutes);
	out[32] = ' ';
}

static void set_second(struct stamp *stamp, time_t second)
{
	struct tm tm;
	bool exact = to_local(&tm, second);

	stamp->second = second;
	stamp->day = (tm.tm_year + 1900) * 10000 + (tm.tm_mon + 1) * 100 +
		     tm.tm_mday;
	stamp->period =
		STAMP_PERIOD(stamp->day, stamp->by_hour ? tm.tm_hour : 0);
	if (stamp->iso) {
		write_iso(stamp->text, &tm, second, exact);
		return;
	}
	write_date(stamp->text, tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday);
	stamp->text[10] = ' ';
	write_time(stamp->text + 11, &tm);
	stamp->text[19] = ' ';
}

void stamp_set_anew(struct stamp *stamp, const struct timespec *time)
{
	if (stamp->day == 0 || stamp->second != time->tv_sec)
		set_second(stamp, time->tv_sec);
	if (stamp->iso)
		digits(stamp->text + 20, 6, (int)(time->tv_nsec / 1000));
}

void stamp_write_utc(char out[STAMP_ISO_BYTES], uint64_t us)
{
	time_t second = (time_t)(us / 1000000);
	struct tm tm;

	if (!gmtime_r(&second, &tm) || !has_four_digits(&tm))
		tm = year_9999;
	write_iso(out, &tm, second, false);
	digits(out + 20, 6, (int)(us % 1000000));
}

void stamp_forget(struct stamp *stamp)
{
	stamp->day = 0;
}

bool stamp_has_day(int year, int month, int day)
{
	static const int days[] = { 31, 29, 31, 30, 31, 30,
				    31, 31, 30, 31, 30, 31 };

	if (year < 0 || month < 1 || day < 0)
		return true;
	if (month == 2 && day == 29)
		return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
	return day <= days[month - 1];
}
