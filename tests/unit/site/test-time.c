/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <glib.h>

#include "site/time.h"

typedef struct {
	const char *name;
	const char *timezone_string;
	const char *gmt_offset;
	const char *zone; /* NULL: refused */
} ZoneCase;

static const ZoneCase ZONE_CASES[] = {
	{"named", "Europe/Amsterdam", "", "Europe/Amsterdam"},
	{"name-wins", "Europe/Amsterdam", "2", "Europe/Amsterdam"},
	{"any-case", "europe/AMSTERDAM", NULL, "europe/AMSTERDAM"},
	{"space-before", " Europe/Amsterdam", "0", " Europe/Amsterdam"},
	{"space-behind", "Europe/Amsterdam ", "0", NULL},
	{"zero-is-empty", "0", "1", "+01:00"},
	{"quarter-hours", "", "5.75", "+05:45"},
	{"minus-half", NULL, "-0.5", "-00:30"},
	{"minus-zero", "", "-0", "+00:00"},
	{"exponent", "", "1e1", "+10:00"},
	{"words", "", "abc", "+00:00"},
	{"hexadecimal-is-zero", "", "0x10", "+00:00"},
	{"missing", NULL, NULL, "+00:00"},
	{"beyond-a-day", "", "-99", "-99:00"},
	{"too-far", "", "100", NULL},
	{"infinite", "", "1e999", NULL},
	{"offset-as-name", "+02:00", "", "+02:00"},
	{"abbreviation", "CEST", "", "CEST"},
	{"unknown", "Mars/Phobos", "", NULL},
	{"folder", "Europe", "", NULL},
	{"slash-behind", "UTC/", "", NULL},
	{"outside", "../../etc/passwd", "", NULL},
	{"no-zone-file", "leapseconds", "", NULL},
	{"invalid-utf-8", "\xff\xfe", "", NULL},
};

static void test_zone(gconstpointer data)
{
	const ZoneCase *test = data;
	g_autoptr(GError) error = NULL;
	g_autoptr(SiteZone) zone = site_zone_new(test->timezone_string, test->gmt_offset, &error);

	if (test->zone == NULL) {
		g_assert_null(zone);
		g_assert_error(error, SITE_TIME_ERROR, SITE_TIME_ERROR_ZONE);
		return;
	}
	g_assert_no_error(error);
	g_assert_cmpstr(site_zone_name(zone), ==, test->zone);
}

typedef struct {
	const char *name;
	const char *zone;
	const char *local;
	const char *utc; /* NULL: no time */
} ParseCase;

static const ParseCase PARSE_CASES[] = {
	{"winter", "Europe/Amsterdam", "2026-01-15 09:00:00", "2026-01-15 08:00:00"},
	{"summer", "Europe/Amsterdam", "2026-07-15 09:00:00", "2026-07-15 07:00:00"},
	{"1965", "Europe/Amsterdam", "1965-07-15 09:00:00", "1965-07-15 08:00:00"},
	{"2101", "America/New_York", "2101-07-15 09:00:00", "2101-07-15 13:00:00"},
	{"9999", "Australia/Sydney", "9999-12-31 23:59:59", "9999-12-31 12:59:59"},
	{"dublin-in-2070", "Europe/Dublin", "2070-02-18 09:00:00", "2070-02-18 09:00:00"},
	{"twice-ahead-of-utc-is-the-later", "Europe/Amsterdam", "2025-10-26 02:30:00",
		"2025-10-26 01:30:00"},
	{"twice-behind-utc-is-the-earlier", "America/New_York", "2025-11-02 01:30:00",
		"2025-11-02 05:30:00"},
	{"never-moves-forward", "Europe/Amsterdam", "2025-03-30 02:30:00", "2025-03-30 01:30:00"},
	{"fixed-abbreviation", "CET", "2026-07-15 09:00:00", "2026-07-15 08:00:00"},
	{"name-with-rules", "EST5EDT", "2026-07-15 09:00:00", "2026-07-15 13:00:00"},
	{"30-february-runs-over", "UTC", "2025-02-30 10:00:00", "2025-03-02 10:00:00"},
	{"24-hours", "UTC", "2025-06-15 24:00:00", "2025-06-16 00:00:00"},
	{"zero-date", "UTC", "0000-00-00 00:00:00", "-0001-11-30 00:00:00"},
	{"own-zone-wins", "Europe/Amsterdam", "2025-06-15T12:00:00+09:00", "2025-06-15 03:00:00"},
	{"own-zone-by-name", "Europe/Amsterdam", "2025-06-15 12:00:00 America/New_York",
		"2025-06-15 16:00:00"},
	{"week", "UTC", "2025-W24-7", "2025-06-15 00:00:00"},
	{"compact", "UTC", "20250615T120000Z", "2025-06-15 12:00:00"},
	{"afternoon", "UTC", "2025-06-15 09:30:00 PM", "2025-06-15 21:30:00"},
	{"seconds", "Europe/Amsterdam", "@1750000000", "2025-06-15 15:06:40"},
	{"25-hours", "UTC", "2025-06-15 25:00:00", NULL},
	{"60-minutes", "UTC", "2025-06-15 12:60:00", NULL},
	{"month-13", "UTC", "2025-13-15 12:00:00", NULL},
	{"empty", "UTC", "", NULL},
	{"word", "UTC", "tomorrow", NULL},
	{"rubbish-behind", "UTC", "2025-06-15 12:00:00 junk", NULL},
	{"many-digits", "UTC", "20250615999999999999999999", NULL},
};

static void test_parse(gconstpointer data)
{
	const ParseCase *test = data;
	g_autoptr(SiteZone) zone = site_zone_new(test->zone, NULL, NULL);
	int64_t utc = -1;

	if (test->utc == NULL) {
		g_assert_false(site_zone_parse(zone, test->local, &utc));
		g_assert_cmpint(utc, ==, -1);
	} else {
		g_autofree char *written = NULL;

		g_assert_true(site_zone_parse(zone, test->local, &utc));
		written = site_zone_format_utc(utc);
		g_assert_cmpstr(written, ==, test->utc);
	}
}

static void test_formats(void)
{
	g_autoptr(SiteZone) zone = site_zone_new("Asia/Kathmandu", NULL, NULL);
	g_autofree char *plain = site_zone_format(zone, 1768467600);
	g_autofree char *iso = site_zone_format_iso(zone, 1768467600);
	g_autofree char *behind = site_time_format_iso(1768467600, -12600);

	g_assert_cmpstr(plain, ==, "2026-01-15 14:45:00");
	g_assert_cmpstr(iso, ==, "2026-01-15T14:45:00+05:45");
	g_assert_cmpstr(behind, ==, "2026-01-15T05:30:00-03:30");
	g_assert_cmpint(site_zone_offset_secs(zone, 1768467600), ==, 20700);
}

static void test_extreme_instants_are_written(void)
{
	g_autoptr(SiteZone) zone = site_zone_new("Europe/Dublin", NULL, NULL);
	const int64_t instants[] = {INT64_MIN, INT64_MAX};

	for (size_t i = 0; i < G_N_ELEMENTS(instants); i++) {
		g_autofree char *plain = site_zone_format(zone, instants[i]);
		g_autofree char *iso = site_zone_format_iso(zone, instants[i]);

		g_assert_cmpuint(strlen(plain), >, 10);
		g_assert_cmpuint(strlen(iso), >, 10);
	}
}

static void test_iso_is_read_as_it_is_written(void)
{
	int64_t utc = -1;

	g_assert_true(site_time_parse_iso("2026-01-15T11:00:00+01:00", &utc));
	g_assert_cmpint(utc, ==, 1768471200);
	g_assert_true(site_time_parse_iso("2026-01-15T10:00:00Z", &utc));
	g_assert_cmpint(utc, ==, 1768471200);
	g_assert_false(site_time_parse_iso("2026-01-15 10:00:00", &utc));
	g_assert_false(site_time_parse_iso("2026-01-15T10:00:00", &utc));
	g_assert_false(site_time_parse_iso("2026-01-15T10:00:00Z\n", &utc));
	g_assert_false(site_time_parse_iso("2026-01-15T25:00:00Z", &utc));
	g_assert_false(site_time_parse_iso("", &utc));
}

/* Amsterdam set its clocks back at 2025-10-26 01:00 UTC. */
static void test_the_hour_that_comes_twice_is_known(void)
{
	const int64_t change = 1761440400;
	static const struct {
		int64_t since_change_secs;
		bool repeats;
		const char *latest;
	} cases[] = {
		{-3601, false, "2025-10-26 01:59:59"},
		{-3600, true, "2025-10-26 02:00:00"},
		{-1, true, "2025-10-26 02:59:59"},
		{0, true, "2025-10-26 03:00:00"},
		{3599, true, "2025-10-26 03:59:59"},
		{3600, false, "2025-10-26 04:00:00"},
		{13 * 3600, false, "2025-10-26 15:00:00"},
	};
	g_autoptr(SiteZone) zone = site_zone_new("Europe/Amsterdam", NULL, NULL);

	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		int64_t utc = change + cases[i].since_change_secs;
		g_autofree char *latest = site_zone_format_latest(zone, utc);

		g_assert_cmpint(site_zone_repeats(zone, utc), ==, cases[i].repeats);
		g_assert_cmpstr(latest, ==, cases[i].latest);
	}
	/* In spring an hour is left out, and none comes twice. */
	g_assert_false(site_zone_repeats(zone, 1774746000 - 1));
	g_assert_false(site_zone_repeats(zone, 1774746000));
}

static void test_glib_zone_agrees(void)
{
	g_autoptr(SiteZone) zone = site_zone_new("", "5.5", NULL);
	GTimeZone *glib = site_zone_glib(zone);
	int interval = g_time_zone_find_interval(glib, G_TIME_TYPE_UNIVERSAL, 1768467600);

	g_assert_cmpint(g_time_zone_get_offset(glib, interval), ==, 19800);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	for (size_t i = 0; i < G_N_ELEMENTS(ZONE_CASES); i++) {
		g_autofree char *path = g_strdup_printf("/site/time/zone/%s", ZONE_CASES[i].name);

		g_test_add_data_func(path, &ZONE_CASES[i], test_zone);
	}
	for (size_t i = 0; i < G_N_ELEMENTS(PARSE_CASES); i++) {
		g_autofree char *path = g_strdup_printf("/site/time/parse/%s", PARSE_CASES[i].name);

		g_test_add_data_func(path, &PARSE_CASES[i], test_parse);
	}
	g_test_add_func("/site/time/formats", test_formats);
	g_test_add_func(
		"/site/time/extreme-instants-are-written", test_extreme_instants_are_written);
	g_test_add_func(
		"/site/time/iso-is-read-as-it-is-written", test_iso_is_read_as_it_is_written);
	g_test_add_func("/site/time/the-hour-that-comes-twice-is-known",
		test_the_hour_that_comes_twice_is_known);
	g_test_add_func("/site/time/glib-zone-agrees", test_glib_zone_agrees);
	return g_test_run();
}
