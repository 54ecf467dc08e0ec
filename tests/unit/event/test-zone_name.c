/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Names of zones, as calendar programs write them. */
#include "event/zone_name.h"

#include "event/zone.h"

static void test_names(void)
{
	static const struct {
		const char *name;
		const char *zone; /* NULL: means nothing */
	} cases[] = {
		{"Europe/Amsterdam", "Europe/Amsterdam"},
		{"europe/AMSTERDAM", "Europe/Amsterdam"},
		{" UTC ", "UTC"},
		{"/mozilla.org/20050126_1/Europe/Vienna", "Europe/Vienna"},
		{"/citadel.org/20190914_1/America/Argentina/Salta", "America/Argentina/Salta"},
		{"W. Europe Standard Time", "Europe/Berlin"},
		{"W. Europe Daylight Time", "Europe/Berlin"},
		{"Eastern Standard Time 1", "America/New_York"},
		{"(UTC+01:00) Amsterdam, Berlin, Bern", "Europe/Amsterdam"},
		{"(UTC-05:00) Eastern Time (US & Canada)", "America/New_York"},
		{"Eastern Time (US & Canada)", "America/New_York"},
		{"Amsterdam, Berlin, Bern, Rome, Stockholm, Vienna", "Europe/Amsterdam"},
		{"(GMT) Greenwich Mean Time : Dublin, Edinburgh", "Europe/Dublin"},
		{"(UTC-06:00) Guadalajara, Mexico City, Monterrey", "America/Mexico_City"},
		{"(UTC-03:00) Brasilia", "America/Sao_Paulo"},
		{"Romance (standaardtijd)", "Europe/Paris"},
		{"CEST", "Europe/Berlin"},
		{"MEZ", "Europe/Berlin"},
		{"BST", "Europe/London"},
		{"PST", "America/Los_Angeles"},
		{"Mitteleuropäische Zeit", "Europe/Berlin"},
		{"tzone://Microsoft/Utc", "Etc/UTC"},
		{"GMT+05:30", "+05:30:00"},
		{"UTC-3", "-03:00:00"},
		{"Customized Time Zone", NULL},
		{"West", NULL},
		{"Office, upstairs", NULL},
		{"../../../etc/passwd", NULL},
		{"zone.tab", NULL},
		{"Middle-earth/Shire", NULL},
		{"", NULL},
	};

	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autoptr(GTimeZone) zone = zone_name_find(cases[i].name);

		g_test_message("%s", cases[i].name);
		g_assert_cmpstr(
			zone != NULL ? g_time_zone_get_identifier(zone) : NULL, ==, cases[i].zone);
	}
}

/* 2026-03-29T02:30 does not exist in Amsterdam, 2026-10-25T02:30 exists twice; Samoa had no 30
 * December 2011. */
static void test_gaps_and_overlaps(void)
{
	static const struct {
		const char *zone;
		int64_t local, utc;
	} cases[] = {
		{"Europe/Amsterdam", 1774751400, 1774747800},
		{"Europe/Amsterdam", 1792895400, 1792888200},
		{"Europe/Amsterdam", 1792899000, 1792895400},
		{"Pacific/Apia", 1325246400, 1325282400},
	};

	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autoptr(GTimeZone) glib = g_time_zone_new_identifier(cases[i].zone);
		g_autoptr(Zone) zone = zone_new(glib);

		g_assert_cmpint(zone_to_utc(zone, cases[i].local), ==, cases[i].utc);
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/event/zone-name/names", test_names);
	g_test_add_func("/event/zone/gaps-and-overlaps", test_gaps_and_overlaps);
	return g_test_run();
}
