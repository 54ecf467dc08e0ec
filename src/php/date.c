/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The forms of dates, tried one after the other at a cursor that moves on what was read. */
#include "php/date.h"

#include <string.h>
#include <time.h>

/* A date, a time and the longest name of a zone are shorter. */
#define TEXT_MAX_BYTES 200

/* Reads `least` to `most` digits, and no digit follows. */
static bool scan_number(const char **at, size_t least, size_t most, int *ret_number)
{
	size_t length = strspn(*at, "0123456789");
	int number = 0;

	if (length < least || length > most)
		return false;
	for (size_t i = 0; i < length; i++)
		number = number * 10 + ((*at)[i] - '0');
	*at += length;
	*ret_number = number;
	return true;
}

static bool scan_char(const char **at, const char *accepted)
{
	if (**at == '\0' || strchr(accepted, **at) == NULL)
		return false;
	(*at)++;
	return true;
}

static bool set_date(struct tm *date, int year, int month, int day)
{
	if (month > 12 || day > 31)
		return false;
	date->tm_year = year - 1900;
	date->tm_mon = month - 1;
	date->tm_mday = day;
	return true;
}

/* "20260115" */
static bool scan_compact_date(const char **at, struct tm *date)
{
	int number;

	return scan_number(at, 8, 8, &number) &&
	       set_date(date, number / 10000, number / 100 % 100, number % 100);
}

/* "2026-W03-4", "2026W034", "2026-W03": days of the ISO week, from Monday (1). */
static bool scan_week_date(const char **at, struct tm *date)
{
	int year;
	int number;
	int week;
	int day;
	struct tm new_year = {.tm_mday = 1};

	if (!scan_number(at, 4, 4, &year))
		return false;
	scan_char(at, "-");
	if (!scan_char(at, "W") || !scan_number(at, 2, 3, &number))
		return false;
	week = number > 99 ? number / 10 : number;
	day = number > 99 ? number % 10 : 1;
	if (number <= 99 && scan_char(at, "-") && !scan_number(at, 1, 1, &day))
		return false;
	if (week < 1 || week > 53 || day > 7)
		return false;
	new_year.tm_year = year - 1900;
	timegm(&new_year);
	date->tm_year = year - 1900;
	date->tm_mon = 0;
	date->tm_mday = 1 + (week - 1) * 7 + day -
			(new_year.tm_wday > 4 ? new_year.tm_wday - 7 : new_year.tm_wday);
	return true;
}

/* "2026-01-15", "15-01-2026": the four digits are the year. */
static bool scan_dashed_date(const char **at, struct tm *date)
{
	size_t first_digits = strspn(*at, "0123456789");
	int first;
	int month;
	int last;

	if (!scan_number(at, 1, 4, &first) || !scan_char(at, "-") ||
		!scan_number(at, 1, 2, &month) || !scan_char(at, "-"))
		return false;
	if (first_digits == 4)
		return scan_number(at, 1, 2, &last) && set_date(date, first, month, last);
	return first_digits <= 2 && scan_number(at, 4, 4, &last) &&
	       set_date(date, last, month, first);
}

/* "01/15/2026", "2026/01/15" */
static bool scan_slashed_date(const char **at, struct tm *date)
{
	size_t first_digits = strspn(*at, "0123456789");
	int first;
	int second;
	int last;

	if (!scan_number(at, 1, 4, &first) || !scan_char(at, "/") ||
		!scan_number(at, 1, 2, &second) || !scan_char(at, "/"))
		return false;
	if (first_digits == 4)
		return scan_number(at, 1, 2, &last) && set_date(date, first, second, last);
	return first_digits <= 2 && scan_number(at, 4, 4, &last) &&
	       set_date(date, last, first, second);
}

static bool scan_date(const char **at, struct tm *date)
{
	static bool (*const forms[])(const char **, struct tm *) = {
		scan_compact_date, scan_week_date, scan_dashed_date, scan_slashed_date};

	for (size_t i = 0; i < G_N_ELEMENTS(forms); i++) {
		const char *cursor = *at;

		if (forms[i](&cursor, date)) {
			*at = cursor;
			return true;
		}
	}
	return false;
}

/* " PM", "am", "a.m.": moves the hour; true also when there is none. */
static bool scan_half_day(const char **at, struct tm *time)
{
	const char *cursor = *at + strspn(*at, " \t");
	bool is_afternoon = g_ascii_tolower(*cursor) == 'p';

	if (!scan_char(&cursor, "aApP"))
		return true;
	scan_char(&cursor, ".");
	if (!scan_char(&cursor, "mM"))
		return true;
	scan_char(&cursor, ".");
	if (*cursor != '\0' && strchr(" \t", *cursor) == NULL)
		return true;
	if (time->tm_hour < 1 || time->tm_hour > 12)
		return false;
	time->tm_hour = time->tm_hour % 12 + (is_afternoon ? 12 : 0);
	*at = cursor;
	return true;
}

/* "9:00", "09:00:00", "09:00:00.5 PM" */
static bool scan_clock_time(const char **at, struct tm *time)
{
	if (!scan_number(at, 1, 2, &time->tm_hour) || !scan_char(at, ":") ||
		!scan_number(at, 1, 2, &time->tm_min))
		return false;
	if (scan_char(at, ":")) {
		if (!scan_number(at, 1, 2, &time->tm_sec))
			return false;
		if (scan_char(at, ".,"))
			*at += strspn(*at, "0123456789");
	}
	return time->tm_hour <= 24 && time->tm_min <= 59 && time->tm_sec <= 60 &&
	       scan_half_day(at, time);
}

/* "090000" or "0900" behind a T */
static bool scan_compact_time(const char **at, struct tm *time)
{
	size_t digits = strspn(*at, "0123456789");
	int number;

	if ((digits != 4 && digits != 6) || !scan_number(at, 4, 6, &number))
		return false;
	if (digits == 4)
		number *= 100;
	time->tm_hour = number / 10000;
	time->tm_min = number / 100 % 100;
	time->tm_sec = number % 100;
	return time->tm_hour <= 24 && time->tm_min <= 59 && time->tm_sec <= 60;
}

/* True also when no time follows. */
static bool scan_time(const char **at, struct tm *time)
{
	bool has_t = scan_char(at, "Tt");

	*at += strspn(*at, " \t");
	if (!g_ascii_isdigit(**at))
		return !has_t;
	if (has_t && strspn(*at, "0123456789") > 2)
		return scan_compact_time(at, time);
	return scan_clock_time(at, time);
}

/* What PHP does with a time of the wall clock; vectors/README, fact 14. There T is the last change
 * of offset; that it lies between the two candidates is the same as that they have different
 * offsets. */
static int wall_offset_secs(const PhpZone *zone, int64_t wall)
{
	int read_as_utc = php_zone_offset_secs(zone, wall);
	int corrected = php_zone_offset_secs(zone, wall - read_as_utc);

	if (read_as_utc < corrected && php_zone_offset_secs(zone, wall - corrected) != corrected)
		return read_as_utc;
	return corrected;
}

static bool parse_seconds(const char *text, PhpDate *ret_date)
{
	gint64 seconds;
	g_autofree char *digits = g_strchomp(g_strdup(text));

	if (!g_ascii_string_to_signed(
		    digits, 10, -INT64_C(100000000000), INT64_C(1000000000000), &seconds, NULL))
		return false;
	*ret_date = (PhpDate){.utc = seconds};
	return true;
}

bool php_date_parse(const char *text, const PhpZone *site, PhpDate *ret_date)
{
	struct tm fields = {0};
	g_autoptr(PhpZone) named = NULL;
	const PhpZone *zone = site;
	int64_t wall;

	if (strlen(text) > TEXT_MAX_BYTES)
		return false;
	text += strspn(text, " \t\n");
	if (*text == '@')
		return parse_seconds(text + 1, ret_date);
	if (!scan_date(&text, &fields) || !scan_time(&text, &fields))
		return false;
	text += strspn(text, " \t\n");
	if (*text != '\0') {
		named = php_zone_scan(&text);
		zone = named;
	}
	if (zone == NULL || text[strspn(text, " \t\n")] != '\0')
		return false;
	wall = timegm(&fields);
	ret_date->utc = wall - wall_offset_secs(zone, wall);
	ret_date->offset_secs = php_zone_offset_secs(zone, ret_date->utc);
	return true;
}
