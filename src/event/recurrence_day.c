/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Days tested one by one against the rule, literally as RFC 5545 says. libical 3.0.16 expands some
 * combinations of BY parts instead of limiting by them. */
#include "event/recurrence_day.h"

#include "event/civil.h"

int64_t recurrence_first_week(int year, int week_start)
{
	/* 4 January is always in week 1. */
	int64_t fourth = civil_days((CivilDate){year, 1, 4});

	return fourth - (civil_weekday(fourth) - week_start + 7) % 7;
}

int recurrence_week_year(int64_t day, int week_start)
{
	int year = civil_date(day).year;

	if (day < recurrence_first_week(year, week_start))
		return year - 1;
	return day >= recurrence_first_week(year + 1, week_start) ? year + 1 : year;
}

static bool week_matches(const RecurrenceRule *rule, int64_t day)
{
	int year = recurrence_week_year(day, rule->week_start);
	int64_t first = recurrence_first_week(year, rule->week_start);
	int weeks = (int)(recurrence_first_week(year + 1, rule->week_start) - first) / 7;
	int week = (int)(day - first) / 7 + 1;

	return rule->week[week] || rule->week_from_end[weeks - week + 1];
}

static bool weekday_matches(
	const RecurrenceRule *rule, int64_t day, CivilDate date, int day_of_year)
{
	int weekday = civil_weekday(day);
	bool in_month = rule->frequency == FREQUENCY_MONTHLY || rule->has_month;
	int place = in_month ? date.day : day_of_year;
	int length = in_month ? civil_days_in_month(date.year, date.month)
			      : civil_days_in_year(date.year);

	if (rule->weekday[weekday])
		return true;
	return rule->weekday_nth[weekday][(place - 1) / 7 + 1] ||
	       rule->weekday_nth_from_end[weekday][(length - place) / 7 + 1];
}

/* "2MO" where the second Monday of nothing is meant (weekly and shorter, or with BYWEEKNO): the
 * number is left aside. */
static bool weekday_listed(const RecurrenceRule *rule, int weekday)
{
	if (rule->weekday[weekday])
		return true;
	for (int i = 1; i <= 53; i++) {
		if (rule->weekday_nth[weekday][i] || rule->weekday_nth_from_end[weekday][i])
			return true;
	}
	return false;
}

/* What a rule without any day of its own takes from DTSTART. */
static bool implied_day_matches(
	const RecurrenceRule *rule, int64_t start_day, int64_t day, CivilDate date)
{
	CivilDate start = civil_date(start_day);

	if (rule->has_day || rule->has_month_day || rule->has_year_day)
		return true;
	switch (rule->frequency) {
	case FREQUENCY_YEARLY:
		if (rule->has_week)
			return civil_weekday(day) == civil_weekday(start_day);
		return date.day == start.day && (rule->has_month || date.month == start.month);
	case FREQUENCY_MONTHLY:
		return date.day == start.day;
	case FREQUENCY_WEEKLY:
		return civil_weekday(day) == civil_weekday(start_day);
	default:
		return true;
	}
}

bool recurrence_day_matches(const RecurrenceRule *rule, int64_t start_day, int64_t day)
{
	CivilDate date = civil_date(day);
	int day_of_year = (int)(day - civil_days((CivilDate){date.year, 1, 1})) + 1;

	if (rule->has_month && !rule->month[date.month])
		return false;
	if (rule->has_month_day && !rule->month_day[date.day] &&
		!rule->month_day_from_end[civil_days_in_month(date.year, date.month) - date.day +
					  1])
		return false;
	if (rule->has_year_day && !rule->year_day[day_of_year] &&
		!rule->year_day_from_end[civil_days_in_year(date.year) - day_of_year + 1])
		return false;
	if (rule->has_week && !week_matches(rule, day))
		return false;
	if (rule->has_day) {
		bool counts = rule->frequency == FREQUENCY_MONTHLY ||
			      (rule->frequency == FREQUENCY_YEARLY && !rule->has_week);

		if (counts ? !weekday_matches(rule, day, date, day_of_year)
			   : !weekday_listed(rule, civil_weekday(day)))
			return false;
	}
	return implied_day_matches(rule, start_day, day, date);
}

/* True when the rule asks for a day of the month that it does not have. */
static bool misses_month_day(
	const RecurrenceRule *rule, CivilDate start, CivilDate month, int length)
{
	if (rule->has_month && !rule->month[month.month])
		return false;
	if (!rule->has_month_day)
		return !rule->has_day && !rule->has_year_day && start.day > length &&
		       (rule->frequency == FREQUENCY_MONTHLY || rule->has_month ||
			       month.month == start.month);
	for (int day = length + 1; day <= 31; day++) {
		if (rule->month_day[day])
			return true;
	}
	return false;
}

static void add_skipped(const RecurrenceRule *rule, int64_t end, GArray *days)
{
	int64_t day = rule->skip == SKIP_BACKWARD ? end - 1 : end;

	if (!rule->has_day || weekday_listed(rule, civil_weekday(day)))
		g_array_append_val(days, day);
}

void recurrence_add_skipped_days(
	const RecurrenceRule *rule, int64_t start_day, int64_t first, int64_t end, GArray *days)
{
	CivilDate start = civil_date(start_day);
	CivilDate year = civil_date(first);

	for (int64_t day = first; day < end;) {
		CivilDate date = civil_date(day);
		int length = civil_days_in_month(date.year, date.month);

		if (misses_month_day(rule, start, date, length))
			add_skipped(rule, day + length, days);
		day += length;
	}
	if (rule->frequency == FREQUENCY_YEARLY && rule->year_day[366] &&
		civil_days_in_year(year.year) < 366)
		add_skipped(rule, end, days);
}
