/* age - how many days old a file is; see age.h. */
#include "age.h"

#include "stamp.h"

/*
 * Days since March 1st 400 years before the year 0, of YYYYMMDD; a year that
 * begins in March has its leap day at the end.
 */
static int64_t day_number(uint32_t day)
{
	int64_t month = (day / 100 % 100 + 9) % 12;
	int64_t year = (int64_t)(day / 10000) + 400 - month / 10;

	return 365 * year + year / 4 - year / 100 + year / 400 +
	       (month * 306 + 5) / 10 + day % 100 - 1;
}

bool age_exceeds(int32_t today, uint32_t period, uint64_t days)
{
	int64_t age = day_number((uint32_t)today) -
		      day_number(STAMP_PERIOD_DAY(period));

	return age > 0 && (uint64_t)age > days;
}
