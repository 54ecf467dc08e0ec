/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Site time: the zone that WordPress's options name, and dates written in it. */
#include "site/time.h"

#include <math.h>
#include <stdlib.h>
#include <time.h>

#include "php/date.h"
#include "php/zone.h"

/* Years up to about 31,000 either way: enough for every date column, and no sum below overflows. */
#define UTC_LIMIT_SECS INT64_C(1000000000000)

/* No zone has set its clocks twice within that time. */
#define NO_TWO_CHANGES_SECS INT64_C(43200)

G_DEFINE_QUARK(site - time - error - quark, site_time_error)

struct SiteZone {
	char *name;
	PhpZone *zone;
};

/* PHP's (float) of an option: as many characters as make a decimal number; 0 when none do. */
static double php_float(const char *text)
{
	size_t length = 0;
	size_t exponent;
	g_autofree char *number = NULL;

	text += strspn(text, " \t\n\r\v\f");
	length += strspn(text, "+-") > 0;
	length += strspn(text + length, "0123456789");
	if (text[length] == '.')
		length += 1 + strspn(text + length + 1, "0123456789");
	exponent = length;
	if (text[exponent] == 'e' || text[exponent] == 'E') {
		exponent++;
		exponent += text[exponent] == '+' || text[exponent] == '-';
		if (g_ascii_isdigit(text[exponent]))
			length = exponent + strspn(text + exponent, "0123456789");
	}
	number = g_strndup(text, length);
	return g_ascii_strtod(number, NULL);
}

/* The second half of wp_timezone_string(). */
static char *offset_name(const char *gmt_offset)
{
	double offset = php_float(gmt_offset != NULL ? gmt_offset : "");
	double hours = 0;
	double fraction = fabs(modf(offset, &hours));

	if (fabs(hours) >= 100)
		return NULL;
	return g_strdup_printf(
		"%c%02d:%02d", offset < 0 ? '-' : '+', (int)fabs(hours), (int)(fraction * 60));
}

SiteZone *site_zone_new(const char *timezone_string, const char *gmt_offset, GError **error)
{
	/* PHP takes "0" for empty. */
	bool has_name = timezone_string != NULL && timezone_string[0] != '\0' &&
			!g_str_equal(timezone_string, "0");
	g_autofree char *name = has_name ? g_strdup(timezone_string) : offset_name(gmt_offset);
	PhpZone *php_zone = name != NULL ? php_zone_new(name) : NULL;
	SiteZone *zone;

	if (php_zone == NULL) {
		g_autofree char *shown =
			g_utf8_make_valid(has_name ? timezone_string : gmt_offset, -1);

		g_set_error(error, SITE_TIME_ERROR, SITE_TIME_ERROR_ZONE,
			"cannot use the option %s \"%.100s\": it names no time zone; choose one in "
			"WordPress under "
			"Settings, General",
			has_name ? "timezone_string" : "gmt_offset", shown);
		return NULL;
	}
	zone = g_new0(SiteZone, 1);
	zone->name = g_steal_pointer(&name);
	zone->zone = php_zone;
	return zone;
}

void site_zone_free(SiteZone *zone)
{
	if (zone == NULL)
		return;
	g_free(zone->name);
	php_zone_free(zone->zone);
	g_free(zone);
}

const char *site_zone_name(const SiteZone *zone)
{
	return zone->name;
}

GTimeZone *site_zone_glib(const SiteZone *zone)
{
	return php_zone_glib(zone->zone);
}

static struct tm broken_down(int64_t utc, int offset_secs)
{
	time_t local = CLAMP(utc, -UTC_LIMIT_SECS, UTC_LIMIT_SECS) + offset_secs;
	struct tm parts;

	gmtime_r(&local, &parts);
	return parts;
}

/* PHP's `Y-m-d H:i:s`: years before our era have their sign before four digits. */
static char *format_plain(struct tm parts)
{
	int year = parts.tm_year + 1900;

	return g_strdup_printf("%s%04d-%02d-%02d %02d:%02d:%02d", year < 0 ? "-" : "", ABS(year),
		parts.tm_mon + 1, parts.tm_mday, parts.tm_hour, parts.tm_min, parts.tm_sec);
}

char *site_zone_format(const SiteZone *zone, int64_t utc)
{
	return format_plain(broken_down(utc, php_zone_offset_secs(zone->zone, utc)));
}

char *site_zone_format_utc(int64_t utc)
{
	return format_plain(broken_down(utc, 0));
}

char *site_time_format_iso(int64_t utc, int offset_secs)
{
	struct tm parts = broken_down(utc, offset_secs);

	/* Unlike `Y`, PHP's `c` counts the sign of a year among its four digits. */
	return g_strdup_printf("%04d-%02d-%02dT%02d:%02d:%02d%c%02d:%02d", parts.tm_year + 1900,
		parts.tm_mon + 1, parts.tm_mday, parts.tm_hour, parts.tm_min, parts.tm_sec,
		offset_secs < 0 ? '-' : '+', ABS(offset_secs) / 3600, ABS(offset_secs) / 60 % 60);
}

char *site_zone_format_iso(const SiteZone *zone, int64_t utc)
{
	return site_time_format_iso(utc, php_zone_offset_secs(zone->zone, utc));
}

int site_zone_offset_secs(const SiteZone *zone, int64_t utc)
{
	return php_zone_offset_secs(zone->zone, utc);
}

bool site_zone_repeats(const SiteZone *zone, int64_t utc)
{
	const int64_t around[] = {utc - NO_TWO_CHANGES_SECS, utc + NO_TWO_CHANGES_SECS};
	int offset = php_zone_offset_secs(zone->zone, utc);

	for (size_t i = 0; i < G_N_ELEMENTS(around); i++) {
		int other = php_zone_offset_secs(zone->zone, around[i]);
		int64_t same_time = utc + offset - other;

		if (other != offset && php_zone_offset_secs(zone->zone, same_time) == other)
			return true;
	}
	return false;
}

char *site_zone_format_latest(const SiteZone *zone, int64_t utc)
{
	int before = php_zone_offset_secs(zone->zone, utc - NO_TWO_CHANGES_SECS);
	int now = php_zone_offset_secs(zone->zone, utc);

	return format_plain(broken_down(utc, MAX(before, now)));
}

bool site_zone_parse(const SiteZone *zone, const char *local, int64_t *ret_utc)
{
	PhpDate date;

	if (!php_date_parse(local, zone->zone, &date))
		return false;
	*ret_utc = date.utc;
	return true;
}

bool site_time_parse_iso(const char *text, int64_t *ret_utc)
{
	g_autoptr(PhpZone) utc = NULL;
	PhpDate date;

	if (!g_regex_match_simple(
		    "^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(Z|[+-]\\d\\d:\\d\\d)\\z", text,
		    G_REGEX_RAW, 0))
		return false;
	utc = php_zone_new_fixed(0);
	if (!php_date_parse(text, utc, &date))
		return false;
	*ret_utc = date.utc;
	return true;
}
