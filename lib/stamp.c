/* stamp - wall time as the log shows it; see stamp.h. */
#include "stamp.h"

#include <string.h>

/* Writes @value in @width digits; @value fits. */
static void digits(char *out, int width, int value)
{
	while (width-- > 0) {
		out[width] = (char)('0' + value % 10);
		value /= 10;
	}
}

static void write_date(char *out, int year, int month, int day)
{
	digits(out, 4, year);
	out[4] = '-';
	digits(out + 5, 2, month);
	out[7] = '-';
	digits(out + 8, 2, day);
}

static void to_local(struct tm *tm, time_t second)
{
	static const struct tm year_0 = { .tm_year = -1900, .tm_mday = 1 };
	static const struct tm year_9999 = {
		.tm_year = 9999 - 1900,
		.tm_mon = 11,
		.tm_mday = 31,
		.tm_hour = 23,
		.tm_min = 59,
		.tm_sec = 59,
	};

	/* EOVERFLOW: the year doesn't fit into tm_year. */
	if (!localtime_r(&second, tm))
		*tm = second < 0 ? year_0 : year_9999;
	else if (tm->tm_year < year_0.tm_year)
		*tm = year_0;
	else if (tm->tm_year > year_9999.tm_year)
		*tm = year_9999;
}

void stamp_set(struct stamp *stamp, time_t second)
{
	char *out = stamp->text;
	struct tm tm;
	int year;

	if (stamp->day != 0 && stamp->second == second)
		return;
	to_local(&tm, second);
	year = tm.tm_year + 1900;
	stamp->second = second;
	stamp->day = year * 10000 + (tm.tm_mon + 1) * 100 + tm.tm_mday;
	write_date(out, year, tm.tm_mon + 1, tm.tm_mday);
	out[10] = ' ';
	digits(out + 11, 2, tm.tm_hour);
	out[13] = ':';
	digits(out + 14, 2, tm.tm_min);
	out[16] = ':';
	digits(out + 17, 2, tm.tm_sec);
	out[19] = ' ';
}

void stamp_forget(struct stamp *stamp)
{
	stamp->day = 0;
}

void stamp_file_name(char name[STAMP_FILE_MAX], int32_t day)
{
	write_date(name, day / 10000, day / 100 % 100, day % 100);
	memcpy(name + 10, ".log", sizeof(".log"));
}
