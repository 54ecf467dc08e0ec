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

/* What becomes of a day that a month or year does not have (RFC 7529, 4.1). */
typedef enum {
	SKIP_OMIT,
	SKIP_BACKWARD, /* the day before: the last of the month */
	SKIP_FORWARD,  /* the day after: the first of the next month */
} RecurrenceSkip;

typedef struct RecurrenceRule {
	Frequency frequency;
	int64_t interval; /* at least 1 */
	int64_t count;    /* G_MAXINT64: without */
	bool has_until;
	IcalTime until;
	int week_start; /* 0 is Sunday */
	RecurrenceSkip skip;

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

/* Reads "FREQ=WEEKLY;BYDAY=MO" in any order and case. A part that is unknown or says nothing is
 * passed over, of one that is there twice the last counts; `ret_why` then says so (a literal), else
 * it is NULL. NULL for a rule that cannot be meant as it stands, as with INTERVAL=0, COUNT=0 and
 * values out of range, and calendars other than RSCALE=GREGORIAN; `ret_why` says what is wrong.
 * Numbers that are too large for us mean "beyond the year 9999". */
RecurrenceRule *recurrence_rule_parse(const char *text, const char **ret_why);
void recurrence_rule_free(RecurrenceRule *rule);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RecurrenceRule, recurrence_rule_free)
