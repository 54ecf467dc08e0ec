/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Zones by the names that calendar programs give them. */
#pragma once

#include <glib.h>

/* The place that a TZID means, whatever a VTIMEZONE of that name says: a name of the tz database in
 * any case, also behind a prefix ("/mozilla.org/20050126_1/Europe/Vienna"), or a Windows name
 * (Unicode CLDR, territory 001), also with the noise that Outlook adds, or as Windows displays it
 * ("(UTC+01:00) Amsterdam, Berlin", "Eastern Time (US & Canada)"). NULL when it means none. Caller
 * unrefs. */
GTimeZone *zone_name_find_place(const char *tzid);

/* The zone that a TZID means where no VTIMEZONE defines it: a place, an offset ("UTC+05:30"), an
 * abbreviation ("CEST"), or a name in some other languages. NULL when the name means nothing.
 * Caller unrefs. */
GTimeZone *zone_name_find(const char *tzid);
