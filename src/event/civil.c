/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Days, dates and weekdays without time zones. */
#include "event/civil.h"

/* Days of an era of 400 years, after which the calendar repeats. */
#define ERA_DAYS 146097
#define ERA_YEARS 400

static bool is_leap_year(int year)
{
	return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

int64_t civil_floor_div(int64_t value, int64_t divisor)
{
	int64_t quotient = value / divisor;

	return value % divisor < 0 ? quotient - 1 : quotient;
}

int civil_days_in_month(int year, int month)
{
	static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};

	return month == 2 && is_leap_year(year) ? 29 : days[month - 1];
}

int civil_days_in_year(int year)
{
	return is_leap_year(year) ? 366 : 365;
}

bool civil_date_is_valid(CivilDate date)
{
	return date.year >= CIVIL_YEAR_MIN && date.year <= CIVIL_YEAR_MAX && date.month >= 1 &&
	       date.month <= 12 && date.day >= 1 &&
	       date.day <= civil_days_in_month(date.year, date.month);
}

int64_t civil_days(CivilDate date)
{
	/* Years begin in March here, so that the leap day is the last one. */
	int64_t year = date.month <= 2 ? (int64_t)date.year - 1 : date.year;
	int64_t era = civil_floor_div(year, ERA_YEARS);
	int64_t year_of_era = year - era * ERA_YEARS;
	int64_t month = (date.month + 9) % 12;
	int64_t day_of_year = (153 * month + 2) / 5 + date.day - 1;
	int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;

	/* 719468 days lie between 0000-03-01 and 1970-01-01. */
	return era * ERA_DAYS + day_of_era - 719468;
}

CivilDate civil_date(int64_t days)
{
	int64_t shifted = days + 719468;
	int64_t era = civil_floor_div(shifted, ERA_DAYS);
	int64_t day_of_era = shifted - era * ERA_DAYS;
	int64_t year_of_era =
		(day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
	int64_t day_of_year =
		day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
	int64_t month = (5 * day_of_year + 2) / 153;
	CivilDate date = {
		.year = (int)(year_of_era + era * ERA_YEARS + (month >= 10 ? 1 : 0)),
		.month = (int)(month < 10 ? month + 3 : month - 9),
		.day = (int)(day_of_year - (153 * month + 2) / 5 + 1),
	};

	return date;
}

int civil_weekday(int64_t days)
{
	/* 1970-01-01 was a Thursday. */
	return (int)(days + 4 - civil_floor_div(days + 4, 7) * 7);
}

int64_t civil_day_of(int64_t local)
{
	return civil_floor_div(local, CIVIL_DAY_SECS);
}

int64_t civil_time_of_day(int64_t local)
{
	return local - civil_day_of(local) * CIVIL_DAY_SECS;
}
