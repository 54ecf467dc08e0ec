/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reads the dates, date-times, durations and offsets of RFC 5545, section 3.3. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

typedef enum {
	ICAL_TIME_DATE,  /* a day */
	ICAL_TIME_LOCAL, /* wall clock time: in the zone of TZID, or floating */
	ICAL_TIME_UTC,
} IcalTimeForm;

typedef struct {
	IcalTimeForm form;
	int64_t local; /* seconds since 1970-01-01T00:00:00 of its own clock; a date: its midnight
			*/
} IcalTime;

/* "20260115", "20260115T090000" or "20260115T090000Z", spaces around it allowed. Second 60 is read
 * as 59 (3.3.12). False for anything else, also for days that do not exist and years outside 1 to
 * 9999. */
bool ical_time_parse(const char *text, IcalTime *ret_time);

/* Written like a time, whether it exists or not. */
bool ical_time_is_spelled(const char *text);

/* A length of time. Days (and weeks) are nominal: noon to noon, whatever the clocks do between;
 * the seconds are exact (3.3.6). */
typedef struct {
	int64_t days;
	int64_t seconds;
} IcalDuration;

/* "P1W", "P1DT2H30M", "-PT15M"; also the spellings "PT1D", "P1H", "P1DT" and "+P1D" that are seen.
 * False for anything else and for lengths over 10,000 years. */
bool ical_duration_parse(const char *text, IcalDuration *ret_duration);

/* "+0100", "-053012"; seconds east of UTC. False when it is not an offset below 24 hours. */
bool ical_offset_parse(const char *text, int *ret_offset_secs);
