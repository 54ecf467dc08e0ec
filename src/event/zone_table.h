/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The zones that one calendar object speaks of. */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "event/ical_object.h"
#include "event/zone.h"

typedef struct ZoneTable ZoneTable;

/* `floating` is for times without zone, `site` for zone names that mean nothing; either may be
 * NULL (UTC; as floating). `budget` is used up now, by the object's VTIMEZONEs. */
ZoneTable *zone_table_new(
	const IcalObject *object, GTimeZone *floating, GTimeZone *site, int64_t *budget);
void zone_table_free(ZoneTable *table);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ZoneTable, zone_table_free)

const Zone *zone_table_utc(const ZoneTable *table);
const Zone *zone_table_floating(const ZoneTable *table);

/* The zone of a TZID parameter: what a VTIMEZONE of the object says, wherever it stands, before
 * what the name means; else the site's zone, and `ret_known` (or NULL) is false. NULL: floating.
 * Borrowed from the table. */
const Zone *zone_table_find(ZoneTable *table, const char *tzid, bool *ret_known);
