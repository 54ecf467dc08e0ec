/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A recurrence rule as it is written (RFC 5545, 3.3.10). */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "event/ical_time.h"

/* From short to long. */
typedef enum {
	FREQUENCY_SECONDLY,
	FREQUENCY_MINUTELY,
	FREQUENCY_HOURLY,
	FREQUENCY_DAILY,
	FREQUENCY_WEEKLY,
	FREQUENCY_MONTHLY,
	FREQUENCY_YEARLY,
} Frequency;

typedef struct RecurrenceRule {
	Frequency frequency;
	int64_t interval; /* at least 1 */
	int64_t count;    /* G_MAXINT64: without */
	bool has_until;
	IcalTime until;
	int week_start; /* 0 is Sunday */

	/* Lists: whether there is one, then by value. Values below zero count from the end. */
	bool has_month, has_week, has_year_day, has_month_day, has_day, has_hour, has_minute,
		has_second, has_position;
	bool month[13];
	bool week[54], week_from_end[54];
	bool year_day[367], year_day_from_end[367];
	bool month_day[32], month_day_from_end[32];
	bool hour[24], minute[60], second[60];
	bool weekday[7];                                      /* "MO": every one; 0 is Sunday */
	bool weekday_nth[7][54], weekday_nth_from_end[7][54]; /* "2MO", "-1FR" */
	GArray *positions;                                    /* of int; not 0 */
} RecurrenceRule;

/* Reads "FREQ=WEEKLY;BYDAY=MO" in any order and case. NULL for a rule that RFC 5545 does not know,
 * also INTERVAL=0, COUNT=0 and values out of range; `ret_why` then says what is wrong (a literal).
 * Numbers that are too large for us mean "beyond the year 9999". */
RecurrenceRule *recurrence_rule_parse(const char *text, const char **ret_why);
void recurrence_rule_free(RecurrenceRule *rule);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RecurrenceRule, recurrence_rule_free)
