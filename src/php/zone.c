/* SPDX-License-Identifier: GPL-2.0-or-later */
/* PHP's reading of time zones, over GLib's zone data. */
#include "php/zone.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "util/time_zone.h"

#define ZONE_MAX_BYTES 100
#define SECS_PER_HOUR 3600
#define SECS_PER_MINUTE 60
#define OFFSET_LIMIT_SECS (100 * SECS_PER_HOUR)
#define JANUARY_2037_SECS INT64_C(2114380800)
#define JULY_2037_SECS INT64_C(2130019200)
#define JANUARY_2038_SECS INT64_C(2145916800)
#define SECS_PER_400_YEARS INT64_C(12622780800)

struct PhpZone {
	GTimeZone *glib;
	bool is_fixed;
	int offset_secs;          /* fixed zones only */
	bool has_negative_saving; /* summer is the standard time, as in Dublin */
};

typedef struct {
	const char *name;
	int offset_secs;
} Abbreviation;

/* What DateTimeZone::listAbbreviations() of PHP 8.2 lists, with the offset that PHP takes each for.
 */
static const Abbreviation ABBREVIATIONS[] = {{"UTC", 0}, {"ACDT", 37800}, {"ACST", 34200},
	{"ADDT", -7200}, {"ADT", -10800}, {"AEDT", 39600}, {"AEST", 36000}, {"AHDT", -32400},
	{"AHST", -36000}, {"AKDT", -28800}, {"AKST", -32400}, {"AMT", -13840}, {"APT", -10800},
	{"AST", -14400}, {"AWDT", 32400}, {"AWST", 28800}, {"AWT", -10800}, {"BDST", 7200},
	{"BDT", -36000}, {"BMT", -14309}, {"BST", 3600}, {"CAST", 34200}, {"CAT", 7200},
	{"CDDT", -14400}, {"CDT", -18000}, {"CEMT", 10800}, {"CEST", 7200}, {"CET", 3600},
	{"CMT", -15408}, {"CPT", -18000}, {"CST", -21600}, {"CWT", -18000}, {"CHST", 36000},
	{"DMT", -1521}, {"EAT", 10800}, {"EDDT", -10800}, {"EDT", -14400}, {"EEST", 10800},
	{"EET", 7200}, {"EMT", -26248}, {"EPT", -14400}, {"EST", -18000}, {"EWT", -14400},
	{"FFMT", -14660}, {"FMT", -4056}, {"GDT", 39600}, {"GMT", 0}, {"GST", 36000},
	{"HDT", -34200}, {"HKST", 32400}, {"HKT", 28800}, {"HMT", -19776}, {"HPT", -34200},
	{"HST", -36000}, {"HWT", -34200}, {"IDDT", 14400}, {"IDT", 10800}, {"IMT", 25025},
	{"IST", 7200}, {"JDT", 36000}, {"JMT", 8440}, {"JST", 32400}, {"KDT", 36000}, {"KMT", 5736},
	{"KST", 30600}, {"LST", 9394}, {"MDDT", -18000}, {"MDST", 16279}, {"MDT", -21600},
	{"MEST", 7200}, {"MET", 3600}, {"MMT", 9017}, {"MPT", -21600}, {"MSD", 14400},
	{"MSK", 10800}, {"MST", -25200}, {"MWT", -21600}, {"NDDT", -5400}, {"NDT", -9052},
	{"NPT", -9000}, {"NST", -12600}, {"NWT", -9000}, {"NZDT", 46800}, {"NZMT", 41400},
	{"NZST", 43200}, {"PDDT", -21600}, {"PDT", -25200}, {"PKST", 21600}, {"PKT", 18000},
	{"PLMT", 25590}, {"PMT", -13236}, {"PPMT", -17340}, {"PPT", -25200}, {"PST", -28800},
	{"PWT", -25200}, {"QMT", -18840}, {"RMT", 5794}, {"SAST", 7200}, {"SDMT", -16800},
	{"SJMT", -20173}, {"SMT", -13884}, {"SST", -39600}, {"TBMT", 10751}, {"TMT", 12344},
	{"UCT", 0}, {"WAST", 7200}, {"WAT", 3600}, {"WEMT", 7200}, {"WEST", 3600}, {"WET", 0},
	{"WIB", 25200}, {"WITA", 28800}, {"WIT", 32400}, {"WMT", 5040}, {"YDDT", -25200},
	{"YDT", -28800}, {"YPT", -28800}, {"YST", -32400}, {"YWT", -28800}, {"A", 3600},
	{"B", 7200}, {"C", 10800}, {"D", 14400}, {"E", 18000}, {"F", 21600}, {"G", 25200},
	{"H", 28800}, {"I", 32400}, {"K", 36000}, {"L", 39600}, {"M", 43200}, {"N", -3600},
	{"O", -7200}, {"P", -10800}, {"Q", -14400}, {"R", -18000}, {"S", -21600}, {"T", -25200},
	{"U", -28800}, {"V", -32400}, {"W", -36000}, {"X", -39600}, {"Y", -43200}, {"Z", 0}};

static const Abbreviation *find_abbreviation(const char *name)
{
	for (size_t i = 0; i < G_N_ELEMENTS(ABBREVIATIONS); i++) {
		if (g_ascii_strcasecmp(name, ABBREVIATIONS[i].name) == 0)
			return &ABBREVIATIONS[i];
	}
	return NULL;
}

PhpZone *php_zone_new_fixed(int offset_secs)
{
	PhpZone *zone = g_new0(PhpZone, 1);
	bool glib_knows = offset_secs > -24 * SECS_PER_HOUR && offset_secs < 24 * SECS_PER_HOUR;

	zone->is_fixed = true;
	zone->offset_secs = offset_secs;
	zone->glib = glib_knows ? g_time_zone_new_offset(offset_secs) : g_time_zone_new_utc();
	return zone;
}

static int glib_offset_secs(GTimeZone *zone, int64_t utc)
{
	return g_time_zone_get_offset(
		zone, g_time_zone_find_interval(zone, G_TIME_TYPE_UNIVERSAL, utc));
}

static bool has_negative_saving(GTimeZone *zone)
{
	int january = g_time_zone_find_interval(zone, G_TIME_TYPE_UNIVERSAL, JANUARY_2037_SECS);
	int july = g_time_zone_find_interval(zone, G_TIME_TYPE_UNIVERSAL, JULY_2037_SECS);
	int saved = g_time_zone_get_offset(zone, july) - g_time_zone_get_offset(zone, january);

	return (g_time_zone_is_dst(zone, july) && saved < 0) ||
	       (g_time_zone_is_dst(zone, january) && saved > 0);
}

/* The spelling in `folder` of a component of a zone name, which PHP looks up in any case; NULL:
 * none. */
static char *find_spelling(const char *folder, const char *component)
{
	g_autoptr(GDir) entries = g_dir_open(folder, 0, NULL);
	const char *entry;

	if (entries == NULL)
		return NULL;
	while ((entry = g_dir_read_name(entries)) != NULL) {
		if (g_ascii_strcasecmp(entry, component) == 0)
			return g_strdup(entry);
	}
	return NULL;
}

static bool is_zone_file(const char *path)
{
	char magic[4];
	FILE *file = g_file_test(path, G_FILE_TEST_IS_REGULAR) ? fopen(path, "rbe") : NULL;
	bool is_zone = false;

	if (file == NULL)
		return false;
	is_zone = fread(magic, 1, sizeof magic, file) == sizeof magic &&
		  memcmp(magic, "TZif", 4) == 0;
	fclose(file);
	return is_zone;
}

/* The name as the zone database spells it, or NULL. */
static char *find_zone_file(const char *name)
{
	const char *root = g_getenv("TZDIR") != NULL ? g_getenv("TZDIR") : "/usr/share/zoneinfo";
	g_autofree char *path = g_strdup(root);
	g_auto(GStrv) components = g_strsplit(name, "/", -1);

	for (char **component = components; *component != NULL; component++) {
		g_autofree char *spelling = NULL;
		char *longer = NULL;

		/* "Asia//Tokyo" is a path to PHP; "UTC/" is none. */
		if (**component == '\0' && component[1] != NULL)
			continue;
		spelling = find_spelling(path, *component);
		if (spelling == NULL)
			return NULL;
		longer = g_build_filename(path, spelling, NULL);
		g_free(path);
		path = longer;
	}
	if (!is_zone_file(path))
		return NULL;
	return g_strdup(path + strlen(root) + 1);
}

/* A PHP that has the zone database built in knows the old names, whether this machine does or not.
 */
static PhpZone *new_named(const char *name)
{
	g_autofree char *spelling = find_zone_file(name);
	GTimeZone *glib = spelling != NULL ? g_time_zone_new_identifier(spelling)
					   : time_zone_find_renamed(name);
	PhpZone *zone;

	if (glib == NULL)
		return NULL;
	zone = g_new0(PhpZone, 1);
	zone->glib = glib;
	zone->has_negative_saving = has_negative_saving(glib);
	return zone;
}

/* The leading digits of `text`, of which there are at most eight. */
static int leading_number(const char *text)
{
	int number = 0;

	for (; g_ascii_isdigit(*text); text++)
		number = number * 10 + (*text - '0');
	return number;
}

/* timelib_parse_tz_cor(): what the digits and colons of an offset mean depends on how many they
 * are. */
static bool read_offset(const char *text, size_t length, int *ret_secs)
{
	int number = length <= 8 ? leading_number(text) : 0;
	int hours = 0;
	int minutes = 0;
	int seconds = 0;

	if (length == 1 || length == 2) {
		hours = number;
	} else if ((length == 3 || length == 4) && text[1] == ':') {
		hours = number;
		minutes = leading_number(text + 2);
	} else if (length >= 3 && length <= 5 && text[2] == ':') {
		hours = number;
		minutes = leading_number(text + 3);
	} else if (length == 3 || length == 4) {
		hours = number / 100;
		minutes = number % 100;
	} else if (length == 6) {
		hours = number / 10000;
		minutes = number / 100 % 100;
		seconds = number % 100;
	} else if (length == 8 && text[2] == ':' && text[5] == ':') {
		hours = number;
		minutes = leading_number(text + 3);
		seconds = leading_number(text + 6);
	} else {
		return false;
	}
	*ret_secs = hours * SECS_PER_HOUR + minutes * SECS_PER_MINUTE + seconds;
	return true;
}

static PhpZone *scan_offset(const char **text)
{
	int sign = **text == '-' ? -1 : 1;
	size_t length = strspn(*text + 1, "0123456789:");
	int secs;

	if (!read_offset(*text + 1, length, &secs) || secs >= OFFSET_LIMIT_SECS)
		return NULL;
	*text += 1 + length;
	return php_zone_new_fixed(sign * secs);
}

static PhpZone *scan_name(const char **text)
{
	size_t length = 0;
	const Abbreviation *abbreviation;
	g_autofree char *name = NULL;
	PhpZone *zone;

	while (g_ascii_isalnum((*text)[length]) ||
		((*text)[length] != '\0' && strchr("/_-+", (*text)[length]) != NULL))
		length++;
	if (length == 0 || length > ZONE_MAX_BYTES)
		return NULL;
	name = g_strndup(*text, length);
	abbreviation = find_abbreviation(name);
	zone = abbreviation != NULL ? php_zone_new_fixed(abbreviation->offset_secs)
				    : new_named(name);
	if (zone != NULL)
		*text += length;
	return zone;
}

PhpZone *php_zone_scan(const char **text)
{
	const char *at = *text + strspn(*text, " \t(");
	PhpZone *zone;

	if (g_str_has_prefix(at, "GMT+") || g_str_has_prefix(at, "GMT-"))
		at += 3;
	zone = *at == '+' || *at == '-' ? scan_offset(&at) : scan_name(&at);
	if (zone != NULL)
		*text = at + strspn(at, ")");
	return zone;
}

PhpZone *php_zone_new(const char *name)
{
	g_autoptr(PhpZone) zone = php_zone_scan(&name);

	if (zone == NULL || *name != '\0')
		return NULL;
	return g_steal_pointer(&zone);
}

void php_zone_free(PhpZone *zone)
{
	if (zone == NULL)
		return;
	g_time_zone_unref(zone->glib);
	g_free(zone);
}

static bool is_leap_year(int year)
{
	return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

/* The same day and time in a year before 2038 that has the same calendar. */
static int64_t same_before_2038(int64_t utc)
{
	time_t seconds = utc;
	struct tm then;

	gmtime_r(&seconds, &then);
	for (int year = 2010; year < 2038; year++) {
		struct tm now = then;
		int64_t now_secs;

		now.tm_year = year - 1900;
		now_secs = timegm(&now);
		if (now.tm_wday == then.tm_wday &&
			is_leap_year(year) == is_leap_year(then.tm_year + 1900))
			return now_secs;
	}
	g_assert_not_reached();
}

int php_zone_offset_secs(const PhpZone *zone, int64_t utc)
{
	if (zone->is_fixed)
		return zone->offset_secs;
	/* GLib 2.74 loses a zone's last rule some centuries ahead, and misreads one with a negative
	 * saving sooner. The calendar repeats after 400 years, and with it the rule. */
	if (utc >= JANUARY_2038_SECS) {
		utc = JANUARY_2038_SECS + (utc - JANUARY_2038_SECS) % SECS_PER_400_YEARS;
		if (zone->has_negative_saving)
			utc = same_before_2038(utc);
	}
	return glib_offset_secs(zone->glib, utc);
}

GTimeZone *php_zone_glib(const PhpZone *zone)
{
	return zone->glib;
}
