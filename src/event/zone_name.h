/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Zones by the names that calendar programs give them. */
#pragma once

#include <glib.h>

/* The zone that a TZID means when no VTIMEZONE defines it: a name of the tz database in any case,
 * also behind a prefix ("/mozilla.org/20050126_1/Europe/Vienna"), an offset ("UTC+05:30"), or a
 * Windows name (Unicode CLDR, territory 001), also with the noise that Outlook adds, as the name
 * that Windows displays ("(UTC+01:00) Amsterdam, Berlin"), and in some other languages. NULL when
 * the name means nothing. Caller unrefs. */
GTimeZone *zone_name_find(const char *tzid);
