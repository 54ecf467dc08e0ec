/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Site time, as PHP and WordPress compute it (wp_timezone(), get_date_from_gmt(),
 * get_gmt_from_date()). */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#define SITE_TIME_ERROR site_time_error_quark()
GQuark site_time_error_quark(void);
typedef enum { SITE_TIME_ERROR_ZONE } SiteTimeError; /* no time zone to PHP */

typedef struct SiteZone SiteZone;

/* wp_timezone(): `timezone_string`, else `gmt_offset` ("5.5"). Either may be NULL or empty; what
 * PHP would not accept sets an error that names the option. Thread-safe after creation. */
SiteZone *site_zone_new(const char *timezone_string, const char *gmt_offset, GError **error);
void site_zone_free(SiteZone *zone);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SiteZone, site_zone_free)

/* wp_timezone_string(): "Europe/Amsterdam" or "+05:30". Borrowed. */
const char *site_zone_name(const SiteZone *zone);

/* The same zone for GLib's calendar code. Borrowed. */
GTimeZone *site_zone_glib(const SiteZone *zone);

/* "Y-m-d H:i:s" in site time, and in UTC; "Y-m-d\TH:i:sP" (ISO 8601 with offset). Caller frees. */
char *site_zone_format(const SiteZone *zone, int64_t utc);
char *site_zone_format_utc(int64_t utc);
char *site_zone_format_iso(const SiteZone *zone, int64_t utc);

/* Seconds east of UTC in force at an instant. */
int site_zone_offset_secs(const SiteZone *zone, int64_t utc);

/* Whether the wall clock shows the time of this instant twice: clocks were set back around it. */
bool site_zone_repeats(const SiteZone *zone, int64_t utc);

/* "Y-m-d H:i:s" that the wall clock has not been past up to this instant: the hour that it is set
 * back by lies behind for half a day yet. For choosing rows by their site time, which are then
 * compared by their instants. Caller frees. */
char *site_zone_format_latest(const SiteZone *zone, int64_t utc);

/* The ISO 8601 form at any offset. Caller frees. */
char *site_time_format_iso(int64_t utc, int offset_secs);

/* get_gmt_from_date(): the instant of a "Y-m-d H:i:s" in site time, or of the other forms that
 * php_date_parse() reads; times that happen twice or never as PHP reads them (vectors/README, fact
 * 14). False for text that is no such time. */
bool site_zone_parse(const SiteZone *zone, const char *local, int64_t *ret_utc);

/* Reads ISO 8601 with offset or "Z", as PHP's `c` format writes it; false for anything else. */
bool site_time_parse_iso(const char *text, int64_t *ret_utc);
