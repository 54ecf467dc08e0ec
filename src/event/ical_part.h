/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The times of one VEVENT: a series, an event of its own, or an instance that was changed. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "event/ical_object.h"
#include "event/ical_time.h"
#include "event/zone_table.h"

typedef struct IcalPart {
	const IcalComponent *component; /* borrowed */
	ZoneTable *zones;               /* of its calendar; borrowed */

	/* DTSTART's, from the table; of an all-day event: of floating times, or the zone whose
	 * midnights were written in place of days. */
	const Zone *zone;
	bool all_day;
	int64_t start_local; /* all-day: midnight of the first day */
	int64_t start_utc;   /* all-day: that midnight in `zone` */

	/* Given by DTEND it is exact seconds; as DURATION its days are nominal. All-day: days. */
	IcalDuration length;

	bool has_recurrence_id;
	bool this_and_future;
	IcalTime recurrence_id;
	const Zone *recurrence_zone; /* NULL: that of the series */

	int64_t sequence;
	const char *last_modified; /* or "" */
	const char *stamp;         /* DTSTAMP, or "" */
} IcalPart;

/* Reads the times of a VEVENT, by the zones of its calendar. NULL when it cannot become an event:
 * `ret_why` (a literal) says why. `ret_note` (a literal) says what was passed over in an event that
 * can, or is NULL. Caller frees with g_free(). */
IcalPart *ical_part_new(const IcalComponent *component, ZoneTable *zones, const char **ret_why,
	const char **ret_note);

/* The zone of a time that refers to the part: UTC, what its TZID says, else the part's own. */
const Zone *ical_part_zone(const IcalPart *part, const IcalFieldLine *line, const IcalTime *time);

/* Whether the time's TZID means nothing, so that ical_part_zone() is the part's own, and nobody has
 * said so: it is not that of DTSTART, of which `ret_note` tells. */
bool ical_part_zone_is_unknown(
	const IcalPart *part, const IcalFieldLine *line, const IcalTime *time);

/* The instant of a time. A date is its midnight. */
int64_t ical_part_instant(const IcalTime *time, const Zone *zone);

/* The day that a time means in an all-day series: its date; a UTC time that is midnight in the
 * part's zone means the day that begins there. As local midnight. */
int64_t ical_part_day(const IcalPart *part, const IcalTime *time);

/* The end of an occurrence that starts at `start_local` of `zone`, which is `start_utc`. */
int64_t ical_part_end(
	const IcalDuration *length, const Zone *zone, int64_t start_local, int64_t start_utc);

/* True when `a` is a later version of the same thing than `b`: by SEQUENCE, then LAST-MODIFIED,
 * then DTSTAMP (calendar-protocols B2). Of two that differ in none of these what they say decides,
 * in a way that has no meaning but is the same wherever and in whatever order they stand. */
bool ical_part_is_newer(const IcalPart *a, const IcalPart *b);
