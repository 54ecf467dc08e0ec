/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The zones that one VCALENDAR speaks of. */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "event/ical_object.h"
#include "event/zone.h"

typedef struct ZoneTable ZoneTable;

/* `floating` is for times without zone, `site` for zone names that mean nothing in a calendar that
 * names no zone of its own (X-WR-TIMEZONE); either may be NULL (UTC; as floating). `budget`, as for
 * recurrence_new(), is used up now, by the calendar's VTIMEZONEs, and by names that are looked up;
 * it must live longer. */
ZoneTable *zone_table_new(
	const IcalCalendar *calendar, GTimeZone *floating, GTimeZone *site, int64_t *budget);
void zone_table_free(ZoneTable *table);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ZoneTable, zone_table_free)

const Zone *zone_table_utc(const ZoneTable *table);
const Zone *zone_table_floating(const ZoneTable *table);

/* The zone of a TZID parameter: the place that the name means; else what a VTIMEZONE of the
 * calendar says, wherever it stands; else what else the name may mean. NULL when it means nothing.
 * Borrowed from the table. */
const Zone *zone_table_find(ZoneTable *table, const char *tzid);

/* For names that mean nothing: the zone of the calendar, else that of the site. */
const Zone *zone_table_fallback(const ZoneTable *table);

/* Calls for the zones in which a time in UTC may have been meant, until `is_it` says so: the zone
 * of floating times, the calendar's, those that were defined or used. NULL when it is none of them.
 */
const Zone *zone_table_search(const ZoneTable *table,
	bool (*is_it)(const Zone *zone, const void *data), const void *data);
