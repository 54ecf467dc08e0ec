/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which days a recurrence rule means: its parts from BYMONTH to BYDAY. */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "event/recurrence_rule.h"

/* True when the day passes all parts of the rule that speak of days, those included that it takes
 * from DTSTART (`start_day`) because it does not say them (RFC 5545, 3.3.10, the table and its
 * notes). */
bool recurrence_day_matches(const RecurrenceRule *rule, int64_t start_day, int64_t day);

/* Appends the days that the rule means instead of those that a month or year between the days
 * `first` and `end` (exclusive) does not have (RFC 7529, SKIP); they may be listed already. */
void recurrence_add_skipped_days(
	const RecurrenceRule *rule, int64_t start_day, int64_t first, int64_t end, GArray *days);

/* The first day of week 1 of a year: the first week, beginning on `week_start`, that has at least
 * four days in it. */
int64_t recurrence_first_week(int year, int week_start);

/* The year whose weeks a day belongs to. */
int recurrence_week_year(int64_t day, int week_start);
