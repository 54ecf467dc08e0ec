/* SPDX-License-Identifier: GPL-2.0-or-later */
/* libical 3.0.16 reads date-times with sscanf and lets 30 February and "2026011" pass, and folds
 * PT24H into P1D, which is another length on the day that the clocks change. So we read them. */
#include "event/ical_time.h"

#include <glib.h>
#include <string.h>

#include "event/civil.h"

/* 10,000 years. */
#define DURATION_MAX_SECS (INT64_C(366) * 10000 * CIVIL_DAY_SECS)

/* `count` digits at `text`, or -1. */
static int digits(const char *text, int count)
{
	int value = 0;

	for (int i = 0; i < count; i++) {
		if (!g_ascii_isdigit(text[i]))
			return -1;
		value = value * 10 + (text[i] - '0');
	}
	return value;
}

static bool time_of_day_parse(const char *text, int64_t *ret_secs)
{
	int hour = digits(text, 2);
	int minute = hour < 0 ? -1 : digits(text + 2, 2);
	int second = minute < 0 ? -1 : digits(text + 4, 2);

	if (hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 60)
		return false;
	*ret_secs = hour * 3600 + minute * 60 + MIN(second, 59);
	return true;
}

bool ical_time_is_spelled(const char *text)
{
	g_autofree char *time = g_strstrip(g_strdup(text));

	return strlen(time) >= 8 && digits(time, 8) >= 0 &&
	       (time[8] == '\0' || (g_ascii_toupper(time[8]) == 'T' && digits(time + 9, 6) >= 0 &&
					   (time[15] == '\0' || g_ascii_toupper(time[15]) == 'Z')));
}

bool ical_time_parse(const char *text, IcalTime *ret_time)
{
	IcalTime time = {.form = ICAL_TIME_DATE};
	CivilDate date;
	int64_t secs = 0;
	size_t length;

	while (*text == ' ')
		text++;
	length = strlen(text);
	while (length > 0 && text[length - 1] == ' ')
		length--;
	if (length != 8 && length != 15 && length != 16)
		return false;
	date.year = digits(text, 4);
	date.month = date.year < 0 ? -1 : digits(text + 4, 2);
	date.day = date.month < 0 ? -1 : digits(text + 6, 2);
	if (!civil_date_is_valid(date))
		return false;
	if (length > 8) {
		if ((text[8] != 'T' && text[8] != 't') || !time_of_day_parse(text + 9, &secs))
			return false;
		if (length == 16 && text[15] != 'Z' && text[15] != 'z')
			return false;
		time.form = length == 16 ? ICAL_TIME_UTC : ICAL_TIME_LOCAL;
	}
	time.local = civil_days(date) * CIVIL_DAY_SECS + secs;
	*ret_time = time;
	return true;
}

/* Adds one "30M" of a duration; there are no months, so that it is minutes without a T, too. */
static bool duration_add(IcalDuration *duration, int64_t amount, char unit)
{
	static const struct {
		char unit;
		int64_t days;
		int64_t seconds;
	} units[] = {{'W', 7, 0}, {'D', 1, 0}, {'H', 0, 3600}, {'M', 0, 60}, {'S', 0, 1}};

	for (size_t i = 0; i < G_N_ELEMENTS(units); i++) {
		if (units[i].unit != g_ascii_toupper(unit))
			continue;
		duration->days += amount * units[i].days;
		duration->seconds += amount * units[i].seconds;
		return duration->days <= DURATION_MAX_SECS / CIVIL_DAY_SECS &&
		       duration->seconds <= DURATION_MAX_SECS;
	}
	return false;
}

bool ical_duration_parse(const char *text, IcalDuration *ret_duration)
{
	IcalDuration duration = {0, 0};
	bool negative = *text == '-';
	bool after_t = false;
	bool any = false;

	if (*text == '-' || *text == '+')
		text++;
	if (g_ascii_toupper(*text++) != 'P')
		return false;
	while (*text != '\0') {
		int64_t amount = 0;
		int count = 0;

		if (g_ascii_toupper(*text) == 'T' && !after_t) {
			after_t = true;
			text++;
			continue;
		}
		while (g_ascii_isdigit(*text) && count++ < 12)
			amount = amount * 10 + (*text++ - '0');
		if (count == 0 || !duration_add(&duration, amount, *text))
			return false;
		text++;
		any = true;
	}
	if (!any)
		return false;
	if (negative)
		duration = (IcalDuration){-duration.days, -duration.seconds};
	*ret_duration = duration;
	return true;
}

bool ical_offset_parse(const char *text, int *ret_offset_secs)
{
	size_t length = strlen(text);
	int hours;
	int minutes;
	int seconds = 0;

	if ((length != 5 && length != 7) || (*text != '+' && *text != '-'))
		return false;
	hours = digits(text + 1, 2);
	minutes = hours < 0 ? -1 : digits(text + 3, 2);
	if (length == 7)
		seconds = minutes < 0 ? -1 : digits(text + 5, 2);
	if (hours < 0 || hours > 23 || minutes < 0 || minutes > 59 || seconds < 0 || seconds > 59)
		return false;
	*ret_offset_secs = (hours * 3600 + minutes * 60 + seconds) * (*text == '-' ? -1 : 1);
	return true;
}
